using System.Globalization;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Word = DocumentFormat.OpenXml.Wordprocessing;

namespace Governance.Monitoring;

/// <summary>Writes a form as a Word file (DOCX) on A4, with the measures of GB/T 9704: what <see cref="FormPage"/> shows, to be edited and printed.</summary>
static class FormFile
{
    public const string ContentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    // In twentieths of a point: A4 less margins of 28 and 26 mm.
    const int PageWidth = 11906;
    const int PageHeight = 16838;
    const int Left = 1587;
    const int Right = 1474;
    const int TextWidth = PageWidth - Left - Right;

    const string Song = "宋体";
    const string Title = "方正小标宋简体";
    const string FangSong = "仿宋_GB2312";
    const string Hei = "黑体";

    public static byte[] Write(Form form)
    {
        using var stream = new MemoryStream();
        using (var file = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            var main = file.AddMainDocumentPart();
            main.AddNewPart<StyleDefinitionsPart>().Styles = Styles();
            var footer = main.AddNewPart<FooterPart>();
            footer.Footer = new Footer(new Word.Paragraph(
                new ParagraphProperties(new ParagraphStyleId { Val = "PageNumber" }),
                Run("— "), new SimpleField(Run("1")) { Instruction = " PAGE " }, Run(" —")));

            var body = new Body();
            if (form.Label.Length > 0)
                body.Append(Paragraph("Label", form.Label));
            body.Append(Paragraph("FormTitle", form.Title));
            body.Append(form.Blocks.Select(block => block switch
            {
                FormTable table => Write(table),
                // The styles of the file are called as those of the form.
                FormLine line => (OpenXmlElement)Paragraph(line.Style.ToString(), line.Text),
                _ => throw new InvalidOperationException($"A form holds no {block.GetType().Name}."),
            }));
            body.Append(new SectionProperties(
                new FooterReference { Type = HeaderFooterValues.Default, Id = main.GetIdOfPart(footer) },
                new PageSize { Width = PageWidth, Height = PageHeight },
                new PageMargin { Top = 2098, Right = Right, Bottom = 1984, Left = Left, Header = 851, Footer = 1400, Gutter = 0 }));
            main.Document = new Document(body);
            file.PackageProperties.Title = Writable(form.Title);
        }
        return stream.ToArray();
    }

    static Table Write(FormTable table)
    {
        var widths = table.Columns.Select(column => TextWidth * column.Width / 100).ToList();
        var written = new Table(
            new TableProperties(
                new TableWidth { Width = Text(TextWidth), Type = TableWidthUnitValues.Dxa },
                new TableBorders(
                    Border(new TopBorder()), Border(new LeftBorder()), Border(new BottomBorder()), Border(new RightBorder()),
                    Border(new InsideHorizontalBorder()), Border(new InsideVerticalBorder())),
                new TableLayout { Type = TableLayoutValues.Fixed }),
            new TableGrid(widths.Select(width => new GridColumn { Width = Text(width) })));
        if (table.HasHead)
            written.Append(Row([.. table.Columns.Select(column => ("CellHead", column.Head))], new TableRowProperties(new CantSplit(), new TableHeader())));
        written.Append(table.Rows.Select(row =>
            Row([.. row.Zip(table.Columns, (cell, column) => (column.Running ? "CellRunning" : "Cell", cell))], new TableRowProperties(new CantSplit()))));
        return written;

        TableRow Row(IReadOnlyList<(string Style, string Text)> cells, TableRowProperties properties) => new(
            [properties, .. cells.Select((cell, index) => new TableCell(
                new TableCellProperties(
                    new TableCellWidth { Width = Text(widths[index]), Type = TableWidthUnitValues.Dxa },
                    new TableCellVerticalAlignment { Val = TableVerticalAlignmentValues.Center }),
                Paragraph(cell.Style, cell.Text)))]);
    }

    static T Border<T>(T border) where T : BorderType
    {
        (border.Val, border.Size, border.Space, border.Color) = (BorderValues.Single, 6, 0, "000000");
        return border;
    }

    static Word.Paragraph Paragraph(string style, string text) =>
        new(new ParagraphProperties(new ParagraphStyleId { Val = style }), Run(text));

    /// <summary>The text without what XML cannot hold.</summary>
    static string Writable(string text) => string.Concat(text.Where(character => XmlConvert.IsXmlChar(character) || char.IsSurrogate(character)));

    /// <summary>The text as it is, with its line breaks.</summary>
    static Run Run(string text)
    {
        var run = new Run();
        var lines = Writable(text).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0)
                run.Append(new Break());
            run.Append(new Word.Text(lines[i]) { Space = SpaceProcessingModeValues.Preserve });
        }
        return run;
    }

    static Styles Styles() => new(
        new DocDefaults(
            new RunPropertiesDefault(new RunPropertiesBaseStyle(
                new RunFonts { Ascii = "Times New Roman", HighAnsi = "Times New Roman", EastAsia = FangSong },
                new FontSize { Val = "32" }, new FontSizeComplexScript { Val = "32" }, new Languages { Val = "en-US", EastAsia = "zh-CN" })),
            new ParagraphPropertiesDefault(new ParagraphPropertiesBaseStyle(new SpacingBetweenLines { Line = "560", LineRule = LineSpacingRuleValues.Exact }))),
        Style("Label", Hei, 32),
        Style("FormTitle", Title, 44, new SpacingBetweenLines { Before = "280", After = "560", Line = "640", LineRule = LineSpacingRuleValues.Exact }, JustificationValues.Center),
        Style("Body", FangSong, 32, new Indentation { FirstLine = "640", FirstLineChars = 200 }, JustificationValues.Both),
        Style("Heading", Hei, 32, new Indentation { FirstLine = "640", FirstLineChars = 200 }),
        Style("Flush", FangSong, 32),
        Style("Right", FangSong, 32, null, JustificationValues.Right),
        Style("Cell", FangSong, 24, new SpacingBetweenLines { Before = "60", After = "60", Line = "400", LineRule = LineSpacingRuleValues.AtLeast }, JustificationValues.Center),
        Style("CellRunning", FangSong, 24, new SpacingBetweenLines { Before = "60", After = "60", Line = "400", LineRule = LineSpacingRuleValues.AtLeast }),
        Style("CellHead", Hei, 24, new SpacingBetweenLines { Before = "60", After = "60", Line = "400", LineRule = LineSpacingRuleValues.AtLeast }, JustificationValues.Center),
        Style("PageNumber", Song, 28, null, JustificationValues.Center));

    static Style Style(string id, string font, int halfPoints, OpenXmlElement? layout = null, JustificationValues? justification = null)
    {
        var paragraph = new StyleParagraphProperties();
        if (layout is not null)
            paragraph.Append(layout);
        if (justification is { } sides)
            paragraph.Append(new Justification { Val = sides });
        return new Style(
            new StyleName { Val = id },
            paragraph,
            new StyleRunProperties(new RunFonts { EastAsia = font }, new FontSize { Val = Text(halfPoints) }, new FontSizeComplexScript { Val = Text(halfPoints) }))
        {
            Type = StyleValues.Paragraph,
            StyleId = id,
            CustomStyle = true,
        };
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
