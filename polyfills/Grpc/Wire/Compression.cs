using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The message encodings: gzip, and deflate, which is zlib's format.</summary>
static class Compression
{
    /// <summary>The metadata key by which a caller asks for an encoding of what it sends. It never travels.</summary>
    public const string RequestKey = "grpc-internal-encoding-request";

    public const string Accepted = "identity,gzip,deflate";

    public static bool IsKnown(string encoding) => encoding is "identity" or "gzip" or "deflate";

    /// <summary>"identity" is no encoding.</summary>
    public static string? Normalize(string? encoding) => encoding is "identity" or "" ? null : encoding;

    public static void Compress(string encoding, ReadOnlySpan<byte> message, PooledBuffer output)
    {
        using var target = new BufferStream(output);
        using Stream compressor = encoding is "gzip"
            ? new GZipStream(target, CompressionLevel.Fastest)
            : new ZLibStream(target, CompressionLevel.Fastest);
        compressor.Write(message);
    }

    /// <summary>Inflates a message and stops as soon as it outgrows <paramref name="limit"/>: a few kilobytes can hold gigabytes.</summary>
    public static PooledBuffer Inflate(string encoding, ReadOnlySequence<byte> message, int limit)
    {
        var output = new PooledBuffer();
        try
        {
            using var source = message.IsSingleSegment && MemoryMarshal.TryGetArray(message.First, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count)
                : new MemoryStream(message.ToArray());
            using Stream inflater = encoding is "gzip"
                ? new GZipStream(source, CompressionMode.Decompress)
                : new ZLibStream(source, CompressionMode.Decompress);
            for (int read; (read = inflater.Read(output.GetSpan(4096))) > 0;)
            {
                output.Advance(read);
                if (output.Written.Length > limit)
                    throw MessageReader.TooLarge();
            }
            return output;
        }
        catch (Exception exception)
        {
            output.Dispose();
            throw exception is RpcException
                ? exception
                : new RpcException(new Status(StatusCode.Internal, $"Failed to inflate the {encoding} message.", exception));
        }
    }

    /// <summary>Lets a compressor write into a buffer.</summary>
    sealed class BufferStream(PooledBuffer buffer) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] array, int offset, int count) => Write(array.AsSpan(offset, count));
        public override void Write(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);
    }
}
