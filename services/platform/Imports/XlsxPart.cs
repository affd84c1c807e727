namespace Governance.Platform.Imports;

/// <summary>
/// A part of a workbook as it is unpacked. It ends in an error where it grows beyond <paramref name="largest"/> bytes, whatever its
/// directory says, and where a tag or text is longer than any that a spreadsheet writes: XML readers hold those whole.
/// </summary>
sealed class XlsxPart(Stream unpacked, long largest) : Stream
{
    // A cell holds 32,767 characters; each may be written in six.
    const int LongestToken = 256 * 1024;

    long _read;
    int _token;

    public override int Read(Span<byte> buffer)
    {
        var count = unpacked.Read(buffer);
        _read += count;
        var end = buffer[..count].LastIndexOf((byte)'>');
        _token = end < 0 ? _token + count : count - end;
        return _read <= largest && _token <= LongestToken ? count : throw new InvalidDataException("A part of the workbook is too large.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            unpacked.Dispose();
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

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
