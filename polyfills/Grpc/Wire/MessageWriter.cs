using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Writes messages, each a flag, a length and that many bytes. An uncompressed message of known length goes straight to the
/// output. One a call, for both sides.</summary>
sealed class MessageWriter(int? maxSize) : SerializationContext
{
    enum Step
    {
        Start,
        Direct,
        Buffered,
        Done,
    }

    IBufferWriter<byte> _output = null!;
    string? _encoding;
    PooledBuffer? _buffer;
    int _length;
    Step _step;

    /// <summary>The last message broke off after its head was written, so that nothing can follow it.</summary>
    public bool Torn => _step is Step.Direct;

    /// <param name="encoding">What to compress with; null to leave the message as it is.</param>
    public void Write<T>(T message, Marshaller<T> marshaller, IBufferWriter<byte> output, string? encoding)
    {
        (_output, _encoding, _length, _step) = (output, encoding, -1, Step.Start);
        try
        {
            marshaller.ContextualSerializer(message, this);
            if (_step is not Step.Done)
                throw new InvalidOperationException("The serializer did not complete the message.");
        }
        finally
        {
            _buffer?.Dispose();
        }
    }

    public override void SetPayloadLength(int payloadLength) => _length = Checked(payloadLength);

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_step is Step.Start)
        {
            if (_length >= 0 && _encoding is null)
            {
                _step = Step.Direct;
                WriteHead(compressed: false, _length);
            }
            else
            {
                _step = Step.Buffered;
                _buffer ??= new PooledBuffer();
            }
        }
        return _step is Step.Direct ? _output : _buffer!;
    }

    public override void Complete()
    {
        if (_step is Step.Buffered)
            WriteWhole(_buffer!.Written.Span);
        _step = Step.Done;
    }

    public override void Complete(byte[] payload)
    {
        WriteWhole(payload);
        _step = Step.Done;
    }

    void WriteWhole(ReadOnlySpan<byte> message)
    {
        Checked(message.Length);
        if (_encoding is null)
        {
            WriteHead(compressed: false, message.Length);
            _output.Write(message);
            return;
        }
        using var compressed = new PooledBuffer();
        Compression.Compress(_encoding, message, compressed);
        WriteHead(compressed: true, compressed.Written.Length);
        _output.Write(compressed.Written.Span);
    }

    void WriteHead(bool compressed, int length)
    {
        // Only our own buffer gains from knowing the size; Kestrel's pipe would give up its pooled blocks for it.
        (_output as PooledBuffer)?.Reserve(5 + length);
        var head = _output.GetSpan(5);
        head[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], length);
        _output.Advance(5);
    }

    int Checked(int length) => length <= (maxSize ?? int.MaxValue)
        ? length
        : throw new RpcException(new Status(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
}
