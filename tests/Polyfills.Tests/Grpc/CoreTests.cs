using Grpc.Core;
using Grpc.Wire;
using Xunit;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>Metadata, statuses and timeouts, without a network.</summary>
public sealed class CoreTests
{
    [Fact]
    public void Metadata_keys_are_lower_case_and_the_last_value_counts()
    {
        Metadata metadata = [new("X-One", "1"), new("x-one", "2"), new("x-two-bin", [3])];

        Assert.Equal("2", metadata.GetValue("X-ONE"));
        Assert.Equal(["1", "2"], metadata.GetAll("x-one").Select(entry => entry.Value));
        Assert.Equal([3], metadata.GetValueBytes("x-two-bin"));
        Assert.Null(metadata.Get("x-three"));
        Assert.Throws<InvalidOperationException>(() => metadata.GetValue("x-two-bin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("名")]
    [InlineData("text-bin")]
    public void A_key_that_does_not_fit_a_text_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Fact]
    public void A_binary_value_needs_the_suffix() => Assert.Throws<ArgumentException>(() => new Metadata.Entry("plain", [1]));

    [Fact]
    public void The_empty_metadata_stays_empty() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    [InlineData("100% of 中文")]
    public void A_status_message_survives_its_way(string message)
    {
        var text = Headers.FormatStatusMessage(message);

        Assert.All(text, character => Assert.InRange(character, ' ', '~'));
        Assert.Equal(message, Headers.ParseStatusMessage(text));
    }

    [Fact]
    public void A_lone_surrogate_does_not_break_a_status_message() => Assert.Equal("%EF%BF%BD", Headers.FormatStatusMessage("\ud800"));

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3_000)]
    [InlineData("4m", 4)]
    [InlineData("5000u", 5)]
    [InlineData("6000000n", 6)]
    public void A_timeout_is_read_in_every_unit(string text, double milliseconds) =>
        Assert.Equal(milliseconds, Headers.ParseTimeout(text)!.Value.TotalMilliseconds);

    [Fact]
    public void The_shortest_timeout_is_not_none() => Assert.Equal(1, Headers.ParseTimeout("1n")!.Value.Ticks);

    [Theory]
    [InlineData(1, "1m")]
    [InlineData(10_000, "1m")]
    [InlineData(10_001, "2m")]
    [InlineData(999_999_990_000, "99999999m")]
    [InlineData(1_000_000_000_000, "100000S")]
    [InlineData(long.MaxValue, "256204779H")]
    public void A_timeout_is_written_rounded_up_in_eight_digits(long ticks, string text) =>
        Assert.Equal(text, Headers.FormatTimeout(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void A_status_reads_as_people_know_it()
    {
        Assert.Equal("Status(StatusCode=\"NotFound\", Detail=\"x\")", new Status(StatusCode.NotFound, "x").ToString());
        Assert.Equal("OK", default(Status).StatusCode.ToString());
        Assert.Equal("", default(Status).Detail);
        Assert.Equal(
            "Status(StatusCode=\"Internal\", Detail=\"x\", DebugException=\"System.IO.IOException: y\")",
            new RpcException(new Status(StatusCode.Internal, "x", new IOException("y"))).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void Deflate_and_gzip_return_what_they_were_given(int length)
    {
        byte[] message = [.. Enumerable.Range(0, length).Select(index => (byte)(index * index % 251))];
        foreach (var encoding in new[] { "gzip", "deflate" })
        {
            using var compressed = new PooledBuffer();
            Compression.Compress(encoding, message, compressed);
            using var inflated = Compression.Inflate(encoding, new(compressed.Written), length);

            Assert.Equal(message, inflated.Written.ToArray());
            var failure = Assert.Throws<RpcException>(() => Compression.Inflate(encoding, new(compressed.Written), length - 1));
            Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        }
    }
}
