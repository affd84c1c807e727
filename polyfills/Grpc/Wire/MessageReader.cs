using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Reads messages, each a flag, a length and that many bytes, in place from a pipe. One a call, for both sides.</summary>
/// <param name="encoding">What messages whose flag says "compressed" are compressed with.</param>
sealed class MessageReader(PipeReader input, int? maxSize, string? encoding) : DeserializationContext
{
    readonly int _maxSize = maxSize ?? int.MaxValue;
    readonly string? _encoding = Compression.Normalize(encoding);
    ReadOnlySequence<byte> _payload;
    bool _ended;

    /// <summary>Whether the last message was compressed.</summary>
    public bool Compressed { get; private set; }

    /// <summary>The other side went away in the middle.</summary>
    public bool Broken { get; private set; }

    public override int PayloadLength => (int)_payload.Length;
    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;
    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public static RpcException TooLarge() =>
        new(new Status(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."));

    /// <summary>The next message, or null at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken) where T : class
    {
        try
        {
            while (!_ended)
            {
                var result = await input.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                if (TryCut(ref buffer, out var payload))
                {
                    try
                    {
                        return Deserialize(payload, marshaller);
                    }
                    finally
                    {
                        _ended = result.IsCompleted && buffer.IsEmpty;
                        input.AdvanceTo(buffer.Start);
                    }
                }
                if (result.IsCompleted)
                {
                    if (!buffer.IsEmpty)
                        throw Malformed("Incomplete message.");
                    _ended = true;
                }
                input.AdvanceTo(buffer.Start, buffer.End);
            }
            return null;
        }
        catch (IOException)
        {
            Broken = true;
            throw;
        }
    }

    /// <summary>The only message of the stream: none or a second one is an error.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> ReadOnlyAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken) where T : class
    {
        var message = await ReadAsync(marshaller, cancellationToken) ?? throw Malformed("Incomplete message.");
        if (!_ended)
            await ReadEndAsync(cancellationToken);
        return message;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask ReadEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_ended)
            {
                var result = await input.ReadAsync(cancellationToken);
                if (!result.Buffer.IsEmpty)
                    throw Malformed("Additional data after the message received.");
                _ended = result.IsCompleted;
                input.AdvanceTo(result.Buffer.End);
            }
        }
        catch (IOException)
        {
            Broken = true;
            throw;
        }
    }

    /// <summary>Cuts one whole message off the front. Its head is judged as soon as it is there, before the rest is waited for.</summary>
    bool TryCut(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (buffer.Length < 5)
            return false;
        Span<byte> copy = stackalloc byte[5];
        scoped var head = buffer.FirstSpan;
        if (head.Length < 5)
        {
            buffer.Slice(0, 5).CopyTo(copy);
            head = copy;
        }
        var length = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        if (length > (uint)_maxSize)
            throw TooLarge();
        Compressed = head[0] switch
        {
            0 => false,
            1 when _encoding is null => throw Malformed("The message is compressed, but the call names no grpc-encoding."),
            1 when !Compression.IsKnown(_encoding) => throw new RpcException(new Status(StatusCode.Unimplemented,
                $"Unsupported grpc-encoding value '{_encoding}'. Supported encodings: {Compression.Accepted}.")),
            1 => true,
            _ => throw Malformed("The message's compressed flag is neither 0 nor 1."),
        };
        if (buffer.Length - 5 < length)
            return false;
        payload = buffer.Slice(5, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    T Deserialize<T>(ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        using var inflated = Compressed ? Compression.Inflate(_encoding!, payload, _maxSize) : null;
        _payload = inflated is null ? payload : new ReadOnlySequence<byte>(inflated.Written);
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        catch (Exception exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message could not be parsed.", exception));
        }
        finally
        {
            _payload = default;
        }
    }

    static RpcException Malformed(string detail) => new(new Status(StatusCode.Internal, detail));
}
