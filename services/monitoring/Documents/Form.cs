namespace Governance.Monitoring;

/// <summary>
/// An official form, described once and written as a page (<see cref="FormPage"/>) or as a Word file (<see cref="FormFile"/>). Its
/// texts are plain: what they hold is shown and never interpreted.
/// </summary>
sealed record Form(string Title, params IReadOnlyList<Block> Blocks)
{
    /// <summary>What stands above the title, e.g. 附件 1.</summary>
    public string Label { get; init; } = "";
}

/// <summary>A part of a form.</summary>
abstract record Block;

/// <summary>A paragraph.</summary>
sealed record FormLine(string Text, FormLineStyle Style = FormLineStyle.Body) : Block;

enum FormLineStyle
{
    /// <summary>Indented by two characters.</summary>
    Body,

    /// <summary>The heading of a part, indented by two characters.</summary>
    Heading,

    /// <summary>From the margin on: whom it is to, what is filled in by hand.</summary>
    Flush,

    /// <summary>At the right: signature, seal and date.</summary>
    Right,
}

/// <summary>A table with a border around every cell. It has a head when its columns have.</summary>
sealed record FormTable(IReadOnlyList<FormColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : Block
{
    public bool HasHead => Columns.Any(column => column.Head.Length > 0);
}

/// <summary>A column that takes <paramref name="Width"/> hundredths of the table's; running text stands at its left.</summary>
sealed record FormColumn(string Head, int Width, bool Running = false);
