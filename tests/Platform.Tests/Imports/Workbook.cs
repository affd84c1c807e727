using System.IO.Compression;
using System.Text;

namespace Governance.Platform.Tests.Imports;

/// <summary>Workbooks part by part, so that a test can write what Excel, WPS and LibreOffice write, and what none of them would.</summary>
static class Workbook
{
    public const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>One sheet, or several; the state of a sheet may stand before its rows, as in "hidden:&lt;sheetData&gt;…".</summary>
    public static byte[] Of(string[] sheets, string[]? texts = null, string styles = "", string properties = "")
    {
        var parts = new List<(string, string)>
        {
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
            ("_rels/.rels", Rels(("rId1", "officeDocument", "xl/workbook.xml"), ("rId2", "extended-properties", "docProps/app.xml"))),
            ("xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relations}\">{properties}<sheets>{string.Concat(sheets.Select((sheet, index) =>
                $"<sheet name=\"表{index + 1}\" sheetId=\"{index + 1}\" {(sheet.StartsWith("hidden:", StringComparison.Ordinal) ? "state=\"hidden\" " : "")}r:id=\"rId{index + 1}\"/>"))}</sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", Rels([
                .. sheets.Select((_, index) => ($"rId{index + 1}", "worksheet", $"worksheets/sheet{index + 1}.xml")),
                ("rId90", "sharedStrings", "/xl/sharedStrings.xml"), ("rId91", "styles", "styles.xml")])),
            ("xl/sharedStrings.xml", $"<sst xmlns=\"{Main}\">{string.Concat(texts ?? [])}</sst>"),
            ("xl/styles.xml", $"<styleSheet xmlns=\"{Main}\">{styles}</styleSheet>"),
        };
        parts.AddRange(sheets.Select((sheet, index) => ($"xl/worksheets/sheet{index + 1}.xml", $"<worksheet xmlns=\"{Main}\">{sheet.Replace("hidden:", "", StringComparison.Ordinal)}</worksheet>")));
        return Zip([.. parts.Select(part => (part.Item1, Encoding.UTF8.GetBytes(part.Item2)))]);
    }

    /// <summary>Rows of texts as the simplest writer writes them; an empty text is no cell.</summary>
    public static string Rows(params string[][] rows) => $"<sheetData>{string.Concat(rows.Select((cells, row) =>
        $"<row r=\"{row + 1}\">{string.Concat(cells.Select((cell, column) => cell.Length == 0 ? "" : cell[0] == '<' ? cell
            : $"<c r=\"{(char)('A' + column)}{row + 1}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"))}</row>"))}</sheetData>";

    public static byte[] Zip(params (string Name, byte[] Content)[] parts)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in parts)
            {
                using var part = zip.CreateEntry(name).Open();
                part.Write(content);
            }
        }
        return file.ToArray();
    }

    /// <summary>The same workbook with one text replaced in a sheet, as if somebody had mended a cell.</summary>
    public static byte[] Mend(byte[] workbook, string from, string to)
    {
        using var file = new MemoryStream();
        file.Write(workbook);
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            var sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!;
            string xml;
            using (var reader = new StreamReader(sheet.Open()))
                xml = reader.ReadToEnd();
            sheet.Delete();
            using var writer = new StreamWriter(zip.CreateEntry("xl/worksheets/sheet1.xml").Open());
            writer.Write(xml.Replace(from, to, StringComparison.Ordinal));
        }
        return file.ToArray();
    }

    static string Rels(params (string Id, string Type, string Target)[] relations) =>
        $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{string.Concat(relations.Select(relation =>
            $"<Relationship Id=\"{relation.Id}\" Type=\"{Relations}/{relation.Type}\" Target=\"{relation.Target}\"/>"))}</Relationships>";
}
