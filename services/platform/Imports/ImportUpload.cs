using System.Security.Cryptography;
using Google.Api;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Imports;

/// <summary>
/// What one message of an upload carries. The first one says which import it is; every one may carry a piece of the file.
/// </summary>
public readonly record struct ImportPart(string ImportId, bool DryRun, HttpBody? File);

/// <summary>An upload as a stream that holds one message at a time.</summary>
sealed class ImportUpload<TRequest>(IAsyncStreamReader<TRequest> requests, Func<TRequest, ImportPart> part) : Stream
{
    const long LargestFile = 512L * 1024 * 1024;
    const int LargestHeld = 64 * 1024 * 1024;

    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    ReadOnlyMemory<byte> _rest;
    long _size;

    /// <summary>The first message; it has to be there.</summary>
    /// <exception cref="InvalidException">The upload is empty.</exception>
    public async Task<ImportPart> Open(CancellationToken cancellation) => await Next(cancellation)
        ?? throw new InvalidException("file", "REQUIRED", "没有收到文件。请选择要导入的文件。", "No file came. Choose one to import.");

    /// <summary>The first bytes, as many as asked for unless the file has fewer; they are still to be read.</summary>
    public async Task<ReadOnlyMemory<byte>> Peek(int count, CancellationToken cancellation)
    {
        while (_rest.Length < count)
        {
            var begun = _rest;
            if (await Next(cancellation) is null)
            {
                _rest = begun;
                break;
            }
            if (!begun.IsEmpty)
                _rest = (byte[])[.. begun.Span, .. _rest.Span];
        }
        return _rest[..Math.Min(count, _rest.Length)];
    }

    /// <summary>The whole file in memory: a workbook has its directory at its end, and names and numbers do not go to a disk in clear.</summary>
    public async Task<MemoryStream> Hold(CancellationToken cancellation)
    {
        var held = new MemoryStream();
        do
        {
            if (held.Length + _rest.Length > LargestHeld)
                throw new InvalidException("file", "WORKBOOK_TOO_LARGE", "Excel 工作簿超过 64 MiB。请另存为“CSV UTF-8”，或按县、乡镇拆分后分别导入。",
                    "The workbook is larger than 64 MiB. Save it as \"CSV UTF-8\", or split it, e.g. by township.");
            held.Write(_rest.Span);
            _rest = default;
        }
        while (await Next(cancellation) is not null);
        held.Position = 0;
        return held;
    }

    /// <summary>Takes the rest of the file unread and answers with the SHA-256 of all of it.</summary>
    public async Task<byte[]> Drain(CancellationToken cancellation)
    {
        do
            _rest = default;
        while (await Next(cancellation) is not null);
        return _hash.GetCurrentHash();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await Next(cancellationToken) is null)
                return 0;
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    async Task<ImportPart?> Next(CancellationToken cancellation)
    {
        if (!await requests.MoveNext(cancellation))
            return null;
        var next = part(requests.Current);
        _rest = next.File?.Data.Memory ?? default;
        _hash.AppendData(_rest.Span);
        _size += _rest.Length;
        if (_size > LargestFile)
            throw new InvalidException("file", "FILE_TOO_LARGE", "文件超过 512 MiB。请按县或乡镇拆分后分别导入。",
                "The file is larger than 512 MiB. Split it, e.g. by township.");
        return next;
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Uploads are read asynchronously.");

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
