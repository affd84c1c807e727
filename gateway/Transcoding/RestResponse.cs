using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Gateway.Transcoding;

/// <summary>
/// What a service's gRPC response is written to. Streams go to the caller message by message as they come: JSON lines, or
/// the bytes of a file. A single message waits for its status.
/// </summary>
sealed class RestResponse(Binding binding, HttpResponse response, IHttpResponseBodyFeature caller)
    : Stream, IHttpResponseBodyFeature, IHttpResponseTrailersFeature
{
    const int FrameHead = 5;

    static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly WireWriter _received = new();
    Utf8JsonWriter? _lines;

    /// <summary>The gRPC trailers; YARP puts them here.</summary>
    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _received.Raw(buffer.Span);
        if (!binding.Rpc.IsServerStreaming)
            return;
        var used = 0;
        while (TryFrame(used, out var message))
        {
            used += FrameHead + message.Length;
            if (binding.IsDownload)
                WriteChunk(message.Span);
            else
                WriteLine(message.Span);
        }
        _received.Consume(used);
        if (used > 0)
            await caller.Writer.FlushAsync(cancellationToken);
    }

    /// <summary>Ends a call that succeeded.</summary>
    /// <exception cref="InvalidDataException">The service's answer is not a whole message of the contract.</exception>
    public async Task Finish(CancellationToken cancellationToken)
    {
        if (binding.Rpc.IsServerStreaming)
        {
            if (_received.Length > 0)
                throw Malformed();
            if (!response.HasStarted)
                Start(binding.IsDownload ? "application/octet-stream" : "application/x-ndjson");
            return;
        }
        if (!TryFrame(0, out var message) || FrameHead + message.Length != _received.Length)
            throw Malformed();
        if (binding.IsDownload)
        {
            var data = Body(message.Span, out var contentType);
            Start(contentType);
            response.ContentLength = data.Length;
            caller.Writer.Write(data);
        }
        else
        {
            using var body = new WireWriter();
            await using (var json = new Utf8JsonWriter(body, Json))
                Encode(message.Span, json);
            Start("application/json");
            response.ContentLength = body.Length;
            caller.Writer.Write(body.Written.Span);
        }
        await caller.Writer.FlushAsync(cancellationToken);
    }

    /// <summary>Ends a stream of lines that failed after it had begun: the last line is the status.</summary>
    public async Task FinishLines(int code, Errors errors, CancellationToken cancellationToken)
    {
        using var line = new WireWriter();
        errors.AppendStatus(line, code, Trailers);
        caller.Writer.Write(line.Written.Span);
        caller.Writer.Write("\n"u8);
        await caller.Writer.FlushAsync(cancellationToken);
    }

    bool TryFrame(int start, out ReadOnlyMemory<byte> message)
    {
        message = default;
        var rest = _received.Written[start..];
        if (rest.Length < FrameHead)
            return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest.Span[1..]);
        // The gateway asked for no compression.
        if (rest.Span[0] != 0 || length > int.MaxValue)
            throw Malformed();
        if (rest.Length < FrameHead + length)
            return false;
        message = rest.Slice(FrameHead, (int)length);
        return true;
    }

    void WriteLine(ReadOnlySpan<byte> message)
    {
        if (!response.HasStarted)
            Start("application/x-ndjson");
        if (_lines is null)
            _lines = new(caller.Writer, Json);
        else
            _lines.Reset(caller.Writer);
        Encode(message, _lines);
        _lines.Flush();
        caller.Writer.Write("\n"u8);
    }

    void WriteChunk(ReadOnlySpan<byte> message)
    {
        var data = Body(message, out var contentType);
        if (!response.HasStarted)
            Start(contentType);
        caller.Writer.Write(data);
    }

    void Encode(ReadOnlySpan<byte> message, Utf8JsonWriter json)
    {
        if (binding.ResponseField is { } field)
            JsonEncoder.Encode(message, binding.Response, field, json);
        else
            JsonEncoder.Encode(message, binding.Response, json);
    }

    /// <summary>The HttpBody in a message: content_type = 1, data = 2.</summary>
    ReadOnlySpan<byte> Body(ReadOnlySpan<byte> message, out string contentType)
    {
        var body = binding.ResponseField is { } field ? Bytes(message, field.Number) : message;
        contentType = Bytes(body, 1) is { IsEmpty: false } type ? Encoding.UTF8.GetString(type) : "application/octet-stream";
        return Bytes(body, 2);
    }

    static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> message, int field)
    {
        ReadOnlySpan<byte> found = default;
        for (var reader = new WireReader(message); !reader.AtEnd;)
        {
            if (reader.Tag() is var (number, type) && (number, type) == (field, WireType.LengthDelimited))
                found = reader.Bytes();
            else
                reader.Skip(type);
        }
        return found;
    }

    void Start(string contentType)
    {
        DropGrpcHeaders();
        response.ContentType = contentType;
    }

    /// <summary>Takes off what only a gRPC caller understands. Other metadata stays, such as content-disposition.</summary>
    public void DropGrpcHeaders()
    {
        var headers = response.Headers;
        foreach (var name in headers.Keys.Where(IsGrpc).Concat(["Content-Length", "Content-Type", "Trailer"]).ToList())
            headers.Remove(name);
    }

    public static bool IsGrpc(string header) =>
        header.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) || header.EndsWith("-bin", StringComparison.OrdinalIgnoreCase);

    static InvalidDataException Malformed() => new("The service's answer is not whole gRPC messages.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _received.Dispose();
            _lines?.Dispose();
        }
        base.Dispose(disposing);
    }

    // The caller's response starts and completes when its content is known, not when the gRPC response does.
    Stream IHttpResponseBodyFeature.Stream => this;
    PipeWriter IHttpResponseBodyFeature.Writer => PipeWriter.Create(this, new(leaveOpen: true));
    void IHttpResponseBodyFeature.DisableBuffering() => caller.DisableBuffering();
    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHttpResponseBodyFeature.CompleteAsync() => Task.CompletedTask;
    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
