using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Governance.Monitoring;

/// <summary>Writes forms as one page of HTML that prints on A4, with the measures of GB/T 9704. It runs nothing and loads nothing.</summary>
static class FormPage
{
    public const string ContentType = "text/html; charset=utf-8";

    static readonly HtmlEncoder _encoder = HtmlEncoder.Create(UnicodeRanges.All);

    const string Style =
        """
        @page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-center { content: "— " counter(page) " —"; font: 14pt SimSun, serif } }
        body { margin: 0; background: #eee; color: #000; font: 16pt/28pt 仿宋_GB2312, 仿宋, FangSong, STFangsong, serif }
        article { box-sizing: border-box; width: 210mm; min-height: 297mm; margin: 8mm auto; padding: 37mm 26mm 35mm 28mm; background: #fff }
        h1 { margin: 14pt 0 28pt; font: 22pt/32pt 方正小标宋简体, FZXiaoBiaoSong-B05S, 宋体, SimSun, serif; text-align: center }
        p { min-height: 28pt; margin: 0; text-indent: 2em; text-align: justify; white-space: pre-line }
        p.label { font-family: 黑体, SimHei, sans-serif; text-indent: 0 }
        p.heading { font-family: 黑体, SimHei, sans-serif; break-after: avoid }
        p.flush { text-indent: 0; white-space: pre-wrap }
        p.right { text-indent: 0; text-align: right; white-space: pre-wrap }
        table { width: 100%; margin: 14pt 0; border-collapse: collapse; table-layout: fixed; font-size: 12pt; line-height: 20pt }
        th, td { padding: 3pt 4pt; border: 0.75pt solid #000; font-weight: normal; text-align: center; white-space: pre-line; overflow-wrap: anywhere }
        th { font-family: 黑体, SimHei, sans-serif } td.running { text-align: left } tr { break-inside: avoid }
        @media print { body { background: none } article { width: auto; min-height: 0; margin: 0; padding: 0 } article + article { break-before: page } }
        @media screen and (max-width: 210mm) { article { width: auto; min-height: 0; margin: 0 0 4mm; padding: 8mm 5mm } }
        """;

    public static byte[] Write(string title, params IReadOnlyList<Form> forms)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{_encoder.Encode(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        foreach (var form in forms)
        {
            html.Append("<article>\n");
            if (form.Label.Length > 0)
                Element(html, "p", "label", form.Label);
            Element(html, "h1", "", form.Title);
            foreach (var block in form.Blocks)
            {
                if (block is FormTable table)
                    Write(html, table);
                else if (block is FormLine line)
                    Element(html, "p", line.Style switch { FormLineStyle.Heading => "heading", FormLineStyle.Flush => "flush", FormLineStyle.Right => "right", _ => "" }, line.Text);
            }
            html.Append("</article>\n");
        }
        return Encoding.UTF8.GetBytes(html.Append("</body>\n</html>\n").ToString());
    }

    static void Write(StringBuilder html, FormTable table)
    {
        html.Append("<table>\n<colgroup>");
        foreach (var column in table.Columns)
            html.Append(CultureInfo.InvariantCulture, $"<col style=\"width: {column.Width}%\">");
        html.Append("</colgroup>\n");
        if (table.HasHead)
        {
            html.Append("<thead><tr>\n");
            foreach (var column in table.Columns)
                Element(html, "th", "", column.Head);
            html.Append("</tr></thead>\n");
        }
        html.Append("<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>\n");
            foreach (var (cell, column) in row.Zip(table.Columns))
                Element(html, "td", column.Running ? "running" : "", cell);
            html.Append("</tr>\n");
        }
        html.Append("</tbody>\n</table>\n");
    }

    static void Element(StringBuilder html, string name, string style, string text) => html.Append(CultureInfo.InvariantCulture,
        $"<{name}{(style.Length > 0 ? $" class=\"{style}\"" : "")}>{_encoder.Encode(text).Replace("&#xA;", "\n", StringComparison.Ordinal)}</{name}>\n");
}
