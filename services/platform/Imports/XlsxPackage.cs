using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Governance.Platform.Imports;

/// <summary>The parts of a workbook that its sheets need: which sheets there are, shared texts, and which styles are dates.</summary>
sealed partial class XlsxPackage : IDisposable
{
    const int MostParts = 1_000;
    const long LargestSheet = 512L * 1024 * 1024;
    const long LargestTexts = 96L * 1024 * 1024;
    const long LargestOther = 8L * 1024 * 1024;
    const int DeepestElement = 32;
    // Excel writes no longer text.
    const int LongestText = 32_767;

    readonly ZipArchive _zip;
    readonly List<string> _texts = [];
    readonly List<bool> _dates = [];

    public XlsxPackage(MemoryStream file)
    {
        _zip = new ZipArchive(file);
        if (_zip.Entries.Count > MostParts)
            throw new InvalidDataException("A workbook does not have so many parts.");
        var workbook = Related("", "/officeDocument").FirstOrDefault().Part ?? throw new InvalidDataException("There is no workbook in it.");
        var related = Related(workbook, "").ToLookup(part => part.Type[(part.Type.LastIndexOf('/') + 1)..], StringComparer.Ordinal);
        var root = Load(workbook);
        CountsFrom1904 = Named(root, "workbookPr").Any(properties => (string?)properties.Attribute("date1904") is "1" or "true");
        Sheets =
        [
            .. from sheet in Named(root, "sheet")
               where (string?)sheet.Attribute("state") is null or "visible"
               let id = sheet.Attributes().First(attribute => attribute.Name.LocalName == "id" && attribute.Name.NamespaceName.Length > 0).Value
               from part in related["worksheet"]
               where part.Id == id
               select part.Part,
        ];
        foreach (var (part, _, _) in related["styles"])
            ReadStyles(Load(part));
        foreach (var (part, _, _) in related["sharedStrings"])
            ReadTexts(part);
    }

    /// <summary>The sheets that can be seen, in their order.</summary>
    public IReadOnlyList<string> Sheets { get; }

    /// <summary>Days are counted from 1904, as Excel for Mac once did.</summary>
    public bool CountsFrom1904 { get; }

    public string SharedText(int index) => index < _texts.Count ? _texts[index] : throw new InvalidDataException("A cell refers to a text that is not there.");

    /// <summary>Whether numbers of this style are shown as dates.</summary>
    public bool IsDate(string? style) => style is not null && int.Parse(style, NumberStyles.None, CultureInfo.InvariantCulture) is var index
        && index < _dates.Count && _dates[index];

    public XmlReader Read(string sheet) => Open(sheet, LargestSheet);

    /// <summary>Goes on by one node. Elements that lie too deep within others to be a workbook's would fill the memory.</summary>
    public static bool Next(XmlReader xml) =>
        xml.Read() && (xml.Depth <= DeepestElement ? true : throw new InvalidDataException("Elements lie too deep within others."));

    /// <summary>
    /// The text of the cell or shared text that <paramref name="xml"/> stands on, without what only says how to pronounce it, and whether
    /// there is a formula in it. What one tag or text may have is bounded by <see cref="XlsxPart"/>.
    /// </summary>
    public static string Text(XmlReader xml, out bool formula)
    {
        formula = false;
        if (xml.IsEmptyElement)
            return "";
        var depth = xml.Depth;
        var (text, take, phonetic) = ("", false, false);
        // Most texts come in one piece.
        StringBuilder? more = null;
        while (Next(xml) && xml.Depth > depth)
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    formula |= xml.LocalName == "f";
                    phonetic |= xml.LocalName == "rPh" && !xml.IsEmptyElement;
                    take = xml.LocalName is "v" or "t" && !phonetic && !xml.IsEmptyElement;
                    break;
                case XmlNodeType.EndElement:
                    phonetic &= xml.LocalName != "rPh";
                    take = false;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when take:
                    if (text.Length > 0)
                        (more ??= new StringBuilder(text)).Append(xml.Value);
                    else
                        text = xml.Value;
                    if (text.Length > LongestText || more?.Length > LongestText)
                        throw new InvalidDataException("A text is too long.");
                    break;
            }
        }
        text = more?.ToString() ?? text;
        // Excel writes control characters as _x000D_ and the like.
        return text.Contains("_x", StringComparison.Ordinal) ? Escape().Replace(text, match =>
            ((char)int.Parse(match.ValueSpan[2..6], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()) : text;
    }

    public void Dispose() => _zip.Dispose();

    void ReadTexts(string part)
    {
        using var xml = Open(part, LargestTexts);
        while (Next(xml))
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "si")
                _texts.Add(Text(xml, out _));
        }
    }

    void ReadStyles(XElement styles)
    {
        var custom = Named(styles, "numFmt").Where(format => format.Attribute("numFmtId") is not null)
            .ToLookup(format => (int)format.Attribute("numFmtId")!, format => (string?)format.Attribute("formatCode") ?? "");
        foreach (var style in Named(styles, "cellXfs").Elements())
        {
            var format = (int?)style.Attribute("numFmtId") ?? 0;
            _dates.Add(custom[format].FirstOrDefault() is { } code ? IsDateFormat(code) : format is >= 14 and <= 22 or >= 27 and <= 36 or >= 45 and <= 47 or >= 50 and <= 58);
        }
    }

    /// <summary>A format is a date's when letters of dates are left without what is quoted, escaped or bracketed.</summary>
    static bool IsDateFormat(string code) => Literal().Replace(code, "").Any(letter => letter is 'y' or 'm' or 'd' or 'h' or 'Y' or 'M' or 'D' or 'H');

    /// <summary>The parts that <paramref name="part"/> relates to, or the package itself when it is empty.</summary>
    IEnumerable<(string Part, string Id, string Type)> Related(string part, string type)
    {
        var folder = part[..(part.LastIndexOf('/') + 1)];
        var path = $"{folder}_rels/{part[folder.Length..]}.rels";
        return _zip.GetEntry(path) is null ? [] :
            from relation in Load(path).Elements()
            let ofType = (string?)relation.Attribute("Type") ?? ""
            let target = (string?)relation.Attribute("Target") ?? ""
            where ofType.EndsWith(type, StringComparison.Ordinal) && (string?)relation.Attribute("TargetMode") != "External"
            select (target.StartsWith('/') ? target[1..] : folder + target, (string?)relation.Attribute("Id") ?? "", ofType);
    }

    static IEnumerable<XElement> Named(XElement root, string name) => root.Descendants().Where(element => element.Name.LocalName == name);

    XElement Load(string part)
    {
        using var xml = Open(part, LargestOther);
        return XElement.Load(xml);
    }

    XmlReader Open(string part, long largest) => XmlReader.Create(
        new XlsxPart((_zip.GetEntry(part) ?? throw new InvalidDataException($"There is no {part}.")).Open(), largest),
        new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true });

    [GeneratedRegex("""_x[0-9A-Fa-f]{4}_""", RegexOptions.NonBacktracking)]
    private static partial Regex Escape();

    [GeneratedRegex("""
        "[^"]*"|\\.|_.|\*.|\[[^\]]*\]
        """, RegexOptions.NonBacktracking)]
    private static partial Regex Literal();
}
