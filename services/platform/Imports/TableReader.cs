using System.Text;
using Governance.Common.V1;
using Governance.Platform.Rpc;

namespace Governance.Platform.Imports;

/// <summary>Reads an uploaded table row by row, holding one row at a time, whatever kind of file it came in.</summary>
abstract class TableReader : IDisposable
{
    public const int MostCells = 200;

    /// <summary>The kind of file that it comes from.</summary>
    public abstract TableFormat Format { get; }

    /// <summary>The line of the file, or the row of the sheet, on which the row begins, counting from 1.</summary>
    public abstract int Line { get; }

    /// <summary>The last line of a heading that begins with this row: merged cells may make it higher than one.</summary>
    public virtual int HeadingEnd => Line;

    /// <summary>How many cells the row has.</summary>
    public abstract int Count { get; }

    /// <summary>What is wrong with the row as such, whatever its cells hold.</summary>
    public abstract Violation? Wrong { get; }

    /// <summary>The text of a cell as a CSV file has it.</summary>
    public abstract ReadOnlySpan<char> this[int cell] { get; }

    /// <summary>The whole row as it stands in a CSV file; empty when it does not come from one.</summary>
    public virtual ReadOnlySpan<char> Raw => default;

    /// <summary>The text that is meant by a cell.</summary>
    public abstract ReadOnlySpan<char> Value(int cell);

    /// <summary>What a spreadsheet did to the cell before it came here, so that its text is not what was written; usually nothing.</summary>
    public virtual Violation? Spoiled(int cell) => null;

    /// <summary>What the spreadsheet takes the cell for.</summary>
    public virtual CellKind Kind(int cell) => CellKind.Text;

    /// <summary>Reads the next row; <c>false</c> at the end of the sheet.</summary>
    /// <exception cref="InvalidException">The file cannot be read, or a row or its number of cells is beyond all bounds.</exception>
    public abstract ValueTask<bool> Read(CancellationToken cancellation);

    /// <summary>Goes to the next sheet that can be seen, if there is one.</summary>
    public virtual bool NextSheet() => false;

    public virtual void Dispose()
    {
    }

    /// <summary>What <paramref name="upload"/> is, is seen by its first bytes: names and declared types are often wrong.</summary>
    public static async Task<TableReader> Open<TRequest>(ImportUpload<TRequest> upload, CancellationToken cancellation)
    {
        var start = await upload.Peek(4, cancellation);
        if (start.Span.StartsWith("PK\u0003\u0004"u8))
            return new XlsxReader(await upload.Hold(cancellation));
        if (start.Span.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
            throw new InvalidException("file", "OLD_WORKBOOK",
                "文件是旧版 Excel 工作簿（.xls）或设有密码。请去掉密码，另存为“Excel 工作簿（.xlsx）”后重新上传。",
                "The file is an old workbook (.xls) or has a password. Remove the password, save it as .xlsx and upload it again.");
        return new CsvReader(upload);
    }

    protected static InvalidException TooManyColumns(int line) => new("file", "TOO_MANY_COLUMNS",
        $"第 {line} 行超过 {MostCells} 列。请使用导入模板。", $"Line {line} has more than {MostCells} columns. Use the template.");
}

/// <summary>What a spreadsheet takes a cell for.</summary>
enum CellKind : byte
{
    Text,
    Number,
    Date,
    LongNumber,
    Error,
    Formula,
}
