using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Governance.Gateway.Transcoding;

/// <summary>A growing, pooled buffer of bytes, with what the protobuf encoding needs. Dispose gives the buffer back.</summary>
sealed class WireWriter : IBufferWriter<byte>, IDisposable
{
    byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes the first <paramref name="count"/> bytes off.</summary>
    public void Consume(int count)
    {
        _buffer.AsSpan(count, Length - count).CopyTo(_buffer);
        Length -= count;
    }

    /// <summary>Room for at least <paramref name="size"/> bytes, to be confirmed with <see cref="Advance"/>.</summary>
    public Memory<byte> Room(int size)
    {
        if (_buffer.Length - Length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + size), _buffer.Length * 2));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        return _buffer.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Room(Math.Max(sizeHint, 256));

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Room(Math.Max(sizeHint, 256)).Span;

    public void Tag(int number, WireType type) => Varint((uint)(number << 3 | (int)type));

    public void Varint(ulong value) => Length += PutVarint(Room(10).Span, value);

    static int PutVarint(Span<byte> place, ulong value)
    {
        var count = 0;
        for (; value >= 0x80; value >>= 7)
            place[count++] = (byte)(value | 0x80);
        place[count++] = (byte)value;
        return count;
    }

    public void Fixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4).Span, value);
        Length += 4;
    }

    public void Fixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8).Span, value);
        Length += 8;
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length).Span);
        Length += bytes.Length;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Varint((uint)bytes.Length);
        Raw(bytes);
    }

    /// <summary>Begins a length-delimited value; what <see cref="End"/> needs to finish it is returned.</summary>
    public int Begin()
    {
        Room(1);
        return ++Length;
    }

    /// <summary>
    /// Puts the length before what was written since <see cref="Begin"/>. One byte was left for it, which nearly always is
    /// enough; otherwise the value moves up.
    /// </summary>
    public void End(int start)
    {
        var length = Length - start;
        var more = BitOperations.Log2((uint)length | 1) / 7;
        if (more > 0)
        {
            Room(more);
            _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + more));
            Length += more;
        }
        PutVarint(_buffer.AsSpan(start - 1), (uint)length);
    }

    /// <summary>Leaves room for a gRPC frame's head and returns its place.</summary>
    public int BeginFrame()
    {
        Room(5);
        Length += 5;
        return Length;
    }

    /// <summary>Writes the head of the frame that began at <paramref name="start"/>: uncompressed, big-endian length.</summary>
    public void EndFrame(int start)
    {
        _buffer[start - 5] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(start - 4), (uint)(Length - start));
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}

/// <summary>Walks protobuf wire bytes. Bytes that are not a message throw <see cref="InvalidDataException"/>.</summary>
ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; set; }

    public readonly bool AtEnd => Position >= _bytes.Length;

    public (int Number, WireType Type) Tag()
    {
        var tag = Varint();
        if (tag is 0 or > uint.MaxValue || tag >> 3 == 0)
            throw Malformed();
        return ((int)(tag >> 3), (WireType)(tag & 7));
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (AtEnd)
                throw Malformed();
            var next = _bytes[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Malformed();
    }

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        return length <= int.MaxValue ? Take((int)length) : throw Malformed();
    }

    public void Skip(WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Fixed64:
                Take(8);
                break;
            case WireType.LengthDelimited:
                Bytes();
                break;
            case WireType.Fixed32:
                Take(4);
                break;
            default:
                throw Malformed();
        }
    }

    ReadOnlySpan<byte> Take(int count)
    {
        if (_bytes.Length - Position < count)
            throw Malformed();
        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    static InvalidDataException Malformed() => new("The bytes are not a protobuf message.");
}
