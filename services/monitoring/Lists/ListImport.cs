using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The file of one list: one row per person and asset.</summary>
sealed class ListImport(PersonalData personal) : Import<ListImport.Row>("lists")
{
    /// <summary>A row as read, already unreadable: most rows match nobody and are none of our business.</summary>
    internal readonly record struct Row(byte[] Identity, byte[] Asset, byte[] Facts, byte[] Sealed, string Name);

    static readonly ImportColumn _identity = new("身份证号码", "identity_number");
    static readonly ImportColumn _name = new("姓名", "name", Required: false);
    static readonly ImportColumn _asset = new("资产标识", "asset", Required: false);
    static readonly ImportColumn _date = new("发生日期", "date", Required: false);
    static readonly ImportColumn _amount = new("金额", "amount", Required: false);
    static readonly ImportColumn _description = new("说明", "description", Required: false);

    DepartmentList? _list;

    /// <summary>The id of the list that the file belongs to, as the first message of the upload says.</summary>
    public Guid? ListId { get; set; }

    /// <summary>With its list, so that it is erased with it.</summary>
    public override string Kind => KindOf(ListId!.Value);

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_identity, _name, _asset, _date, _amount, _description];

    /// <summary>What the imports of a list's files are called.</summary>
    public static string KindOf(Guid list) => $"lists/{list}";

    protected override Row Read(ImportRow row)
    {
        var identity = row.IdentityNumber(_identity);
        var listed = new ListedRow(row.Text(_name, 50), row.Text(_asset), row.Date(_date), row.Fen(_amount), row.Text(_description, 500));
        return identity is { } number
            ? new Row(personal.Hash(number), listed.AssetHash(personal), listed.FactsHash(personal), listed.Seal(personal), listed.Name)
            : default;
    }

    protected override async Task CreateStaged(Transaction transaction)
    {
        _list = (await transaction.List(ListId!.Value)).List;
        _list.RequireKept();
        await transaction.CreateStagedList();
    }

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedList();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        copy.Write(row.Identity);
        copy.Write(row.Asset);
        copy.Write(row.Facts);
        copy.Write(row.Sealed);
        copy.Write(row.Name);
    }

    protected override Task Check(Transaction transaction) => transaction.MatchStagedList(_list!);

    protected override Task<ImportCounts> Merge(Transaction transaction) => transaction.MergeStagedList(_list!);
}
