using System.Buffers;

namespace Grpc.Wire;

/// <summary>Bytes being collected, in one array borrowed from the shared pool until disposal.</summary>
sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    byte[] _array = [];
    int _written;

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _written);

    public void Clear() => _written = 0;

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written);
    }

    /// <summary>Makes room, so that a message of known size is never copied while it grows.</summary>
    public void Reserve(int size)
    {
        var needed = checked(_written + Math.Max(size, 1));
        if (needed <= _array.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * _array.Length, Array.MaxLength)));
        _array.AsSpan(0, _written).CopyTo(larger);
        Dispose(larger);
    }

    public void Dispose()
    {
        _written = 0;
        Dispose([]);
    }

    void Dispose(byte[] replacement)
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = replacement;
    }
}
