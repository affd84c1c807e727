using System.Text;
using Governance.Platform.Imports;
using Xunit;

namespace Governance.Platform.Tests.Imports;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b\n", "a|b")]
    [InlineData("a,b", "a|b")]
    [InlineData("a,b\r\nc\r\n", "a|b/c")]
    [InlineData("a,\n,\n", "a|/|")]
    [InlineData("\n\na\n", "//a")]
    [InlineData("\"a,b\",\"c\"\"d\"\n", "a,b|c\"d")]
    [InlineData("\"a\"", "a")]
    [InlineData("\"\",\"\"\r\n", "|")]
    [InlineData("\"a\nb\",c\nd\n", "a\nb|c/d")]
    [InlineData("a\"b,c\n", "a\"b|c")]
    [InlineData("a,\"b\"\"\"", "a|b\"")]
    public async Task Rows_are_cut_into_cells(string text, string expected)
    {
        var rows = new List<string>();
        foreach (var (_, cells) in await Read(text))
            rows.Add(string.Join('|', cells));
        Assert.Equal(expected, string.Join('/', rows));
    }

    [Fact]
    public async Task Lines_count_the_breaks_within_quotes()
    {
        var rows = await Read("h\n\"a\r\nb\nc\"\nd\n");
        Assert.Equal([1, 2, 5], rows.ConvertAll(row => row.Line));
    }

    [Fact]
    public async Task A_cell_reads_the_same_wherever_the_stream_is_cut()
    {
        var row = $"\"{new string('字', 300)}\"\"甲,\n乙\",x\r\n";
        var text = string.Concat(Enumerable.Repeat(row, 500));
        var rows = await Read(text);
        Assert.Equal(500, rows.Count);
        Assert.All(rows, read => Assert.Equal([$"{new string('字', 300)}\"甲,\n乙", "x"], read.Cells));
    }

    static async Task<List<(int Line, string[] Cells)>> Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var csv = new CsvReader(stream);
        var rows = new List<(int, string[])>();
        while (await csv.Read(CancellationToken.None))
            rows.Add((csv.Line, [.. Enumerable.Range(0, csv.Count).Select(cell => csv[cell].ToString())]));
        return rows;
    }
}
