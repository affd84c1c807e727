using System.Globalization;
using System.Xml;

namespace Governance.Platform.Imports;

/// <summary>
/// The cells of a sheet that are merged downwards. Only the first of them holds the text, but all of them mean it: a household's number is
/// often merged over the rows of its members.
/// </summary>
sealed class XlsxMerges(List<XlsxMerges.Merge> merges)
{
    const int MostMerges = 1_000_000;

    internal sealed class Merge(int column, int from, int to)
    {
        public int Column { get; } = column;

        public int From { get; } = from;

        public int To { get; } = to;

        public string Value { get; set; } = "";

        public CellKind Kind { get; set; }
    }

    readonly List<Merge> _open = [];
    int _next;

    /// <summary>The merged cells that <paramref name="line"/> runs through; lines are asked for in their order.</summary>
    public List<Merge> At(int line)
    {
        _open.RemoveAll(merge => merge.To < line);
        for (; _next < merges.Count && merges[_next].From <= line; _next++)
        {
            if (merges[_next].To >= line)
                _open.Add(merges[_next]);
        }
        // Merged cells do not overlap, so there is one in a column at most.
        return _open.Count <= TableReader.MostCells ? _open : throw new InvalidDataException("Merged cells overlap.");
    }

    /// <summary>Reads them from behind the rows of a sheet.</summary>
    public static XlsxMerges Read(XmlReader sheet)
    {
        var merges = new List<Merge>();
        while (XlsxPackage.Next(sheet))
        {
            if (sheet.NodeType != XmlNodeType.Element || sheet.LocalName != "mergeCell" || sheet.GetAttribute("ref") is not { } reference)
                continue;
            var ends = reference.Split(':');
            var (from, to) = (Row(ends[0]), Row(ends[^1]));
            var column = XlsxReader.Column(ends[0]);
            if (to > from && column < TableReader.MostCells)
                merges.Add(new Merge(column, from, to));
            if (merges.Count > MostMerges)
                throw new InvalidDataException("There are too many merged cells.");
        }
        merges.Sort((one, other) => one.From.CompareTo(other.From));
        return new XlsxMerges(merges);
    }

    static int Row(string reference) => int.Parse(reference.AsSpan().TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), NumberStyles.None, CultureInfo.InvariantCulture);
}
