using System.Buffers;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Platform.Identity;
using Grpc.Core;

namespace Governance.Platform.Imports;

/// <summary>Hands out lists as files.</summary>
public static class Table
{
    /// <summary>
    /// Streams a table to the caller as a file that spreadsheets open rightly and an import reads back unchanged: headings in the caller's
    /// language, then the rows, each with a cell for every column.
    /// <code>
    /// Table.Write(request.Format, _columns, transaction.RowsToExport(…).Select(Cells), responses, context)
    /// </code>
    /// </summary>
    public static async Task Write(TableFormat format, IReadOnlyList<ImportColumn> columns, IAsyncEnumerable<IEnumerable<string>> rows,
        IServerStreamWriter<HttpBody> responses, ServerCallContext context)
    {
        var headed = columns.Select(column => column with { Zh = column.Heading(context.Locale()) });
        using var table = await TableWriter.Begin(format, [.. headed], responses, context.CancellationToken);
        await foreach (var row in rows.WithCancellation(context.CancellationToken))
            await table.Row(row);
        await table.Finish();
    }
}

/// <summary>Sends a file piece by piece while it is being written.</summary>
abstract class TableWriter(string contentType, IServerStreamWriter<HttpBody> responses, CancellationToken cancellation) : IDisposable
{
    const int PieceSize = 64 * 1024;

    /// <summary>What is to be sent next.</summary>
    protected ArrayBufferWriter<byte> Unsent { get; } = new(PieceSize * 2);

    /// <summary>Begins a table whose columns are headed by what they are called in Chinese.</summary>
    public static async Task<TableWriter> Begin(TableFormat format, IReadOnlyList<ImportColumn> columns, IServerStreamWriter<HttpBody> responses,
        CancellationToken cancellation)
    {
        TableWriter table = format == TableFormat.Xlsx ? new XlsxWriter(columns, responses, cancellation) : new CsvWriter(responses, cancellation);
        await table.Row(columns.Select(column => column.Zh));
        return table;
    }

    public Task Row(IEnumerable<string> cells)
    {
        Append(cells);
        return Unsent.WrittenCount < PieceSize ? Task.CompletedTask : Send();
    }

    /// <summary>Writes a row as it came in a CSV file, and a note behind it.</summary>
    public virtual Task Row(string raw, string note) => Row([.. CsvReader.Cells(raw), note]);

    /// <summary>Ends the file and sends what is left. Without it the file is cut off.</summary>
    public Task Finish()
    {
        End();
        return Send();
    }

    protected abstract void Append(IEnumerable<string> cells);

    protected virtual void End()
    {
    }

    public virtual void Dispose()
    {
    }

    protected async Task Send()
    {
        await responses.WriteAsync(new HttpBody { ContentType = contentType, Data = ByteString.CopyFrom(Unsent.WrittenSpan) }, cancellation);
        Unsent.ResetWrittenCount();
    }
}
