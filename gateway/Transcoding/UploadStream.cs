using Governance.Platform;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Governance.Gateway.Transcoding;

/// <summary>
/// The body of an upload as gRPC messages, made while it is read: the first carries the parameters and the content type,
/// each at most 64 KiB of the file. What has arrived goes on at once.
/// </summary>
sealed class UploadStream(HttpRequest request, ReadOnlyMemory<byte> parameters, RestCall call, long limit) : Stream
{
    const int ChunkSize = 64 * 1024;

    readonly Stream _body = request.Body;
    readonly string _contentType = request.ContentType ?? "application/octet-stream";
    readonly WireWriter _message = new();
    MultipartReader? _multipart;
    Stream? _file;
    long _total;
    int _sent;
    bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_sent == _message.Length && !await NextMessage(cancellationToken))
                return 0;
            var part = _message.Written[_sent..];
            var count = Math.Min(part.Length, buffer.Length);
            part.Span[..count].CopyTo(buffer.Span);
            _sent += count;
            return count;
        }
        catch (FailureException e)
        {
            call.Failure = e.Failure;
            throw;
        }
    }

    async ValueTask<bool> NextMessage(CancellationToken cancellationToken)
    {
        if (_ended)
            return false;
        var first = _file is null;
        var contentType = _contentType;
        if (first)
            (_file, contentType) = await OpenFile(cancellationToken);
        _message.Clear();
        _sent = 0;
        var frame = _message.BeginFrame();
        if (first)
            _message.Raw(parameters.Span);
        var file = 0;
        if (call.Binding.BodyField is { } field)
        {
            _message.Tag(field.Number, WireType.LengthDelimited);
            file = _message.Begin();
        }
        if (first)
        {
            _message.Tag(1, WireType.LengthDelimited);
            _message.Bytes(System.Text.Encoding.UTF8.GetBytes(contentType));
        }
        _message.Tag(2, WireType.LengthDelimited);
        var data = _message.Begin();
        var count = await InForm(_file!.ReadAsync(_message.Room(ChunkSize)[..ChunkSize], cancellationToken));
        _total += count;
        if (_total > limit)
            throw new FailureException(Failure.TooLarge(limit));
        _message.Advance(count);
        _message.End(data);
        if (file > 0)
            _message.End(file);
        _message.EndFrame(frame);
        if (count > 0)
            return true;
        _ended = true;
        await ExpectEnd(cancellationToken);
        if (first)
            return true; // An empty file is still a file.
        _message.Clear();
        return false;
    }

    /// <summary>The file itself: the body, or the one part of a form that a browser or <c>curl -F</c> sends.</summary>
    async ValueTask<(Stream File, string ContentType)> OpenFile(CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(_contentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return (_body, _contentType);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > 200)
            throw OneFile();
        _multipart = new(boundary, _body);
        var part = await NextPart(cancellationToken) ?? throw OneFile();
        return part.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition()
            ? (part.Body, part.ContentType ?? "application/octet-stream")
            : throw OneFile();
    }

    async ValueTask ExpectEnd(CancellationToken cancellationToken)
    {
        if (_multipart is not null && await NextPart(cancellationToken) is not null)
            throw OneFile();
    }

    async ValueTask<MultipartSection?> NextPart(CancellationToken cancellationToken) =>
        await InForm(new ValueTask<MultipartSection?>(_multipart!.ReadNextSectionAsync(cancellationToken)));

    /// <summary>Awaits a read; what is wrong with a form is told as the form's fault.</summary>
    async ValueTask<T> InForm<T>(ValueTask<T> read)
    {
        try
        {
            return await read;
        }
        catch (Exception e) when (_multipart is not null && (e is IOException and not BadHttpRequestException || e is InvalidDataException))
        {
            throw OneFile();
        }
    }

    static FailureException OneFile() => new(Failure.BadField("", new(
        "multipart/form-data 须完整且只含一个文件；其他参数放在查询字符串中。",
        "multipart/form-data must be whole and hold one file and nothing else; put other parameters in the query.")));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _message.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
