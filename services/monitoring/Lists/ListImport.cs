using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The file of one list: one row per person and asset.</summary>
sealed class ListImport(PersonalData personal, PolicyBook policies) : Import<ListImport.Row>("lists")
{
    /// <summary>A row as read, its text already unreadable: most rows match nobody and are none of our business.</summary>
    internal readonly record struct Row(byte[] Identity, byte[] Asset, byte[] Facts, byte[] Sealed, string Name, long? AmountFen);

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
        var kind = _list!.Kind;
        if (kind == ListKind.MedicalBill && listed.AmountFen is null)
            row.Wrong(_amount, "REQUIRED", "医疗费用名单的每一行都要填写金额。", "Every row of a list of medical bills has its amount.");
        if (identity is not { } number)
            return default;
        // Nobody looks at the rows of which clues are made: what counts is in the clue.
        var @sealed = DepartmentList.IsOfAssets(kind) ? listed.Seal(personal) : [];
        return new Row(personal.Hash(number), listed.AssetHash(personal), listed.FactsHash(personal), @sealed, listed.Name, listed.AmountFen);
    }

    protected override async Task CreateStaged(Transaction transaction)
    {
        await Load(transaction);
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
        if (row.AmountFen is { } amount)
            copy.Write(amount);
        else
            copy.WriteNull();
    }

    protected override async Task Check(Transaction transaction)
    {
        // Once more, to lock it: what is uploaded to one list is merged one after the other, and nothing after its end.
        await Load(transaction);
        await transaction.MatchStagedList(_list!);
    }

    protected override async Task<ImportCounts> Merge(Transaction transaction)
    {
        await transaction.CountHitsOnce();
        var counts = DepartmentList.IsOfAssets(_list!.Kind)
            ? await transaction.MergeVerifications(_list)
            : await transaction.MergeClues(_list, policies);
        if (counts.Created + counts.Updated > 0)
        {
            var matched = await transaction.NextVersion(_list);
            transaction.Publish(matched.Matched(counts), matched.Id.ToString(), matched.Division, matched.Version);
        }
        return counts;
    }

    async Task Load(Transaction transaction)
    {
        _list = (await transaction.List(ListId!.Value)).List;
        _list.RequireKept();
    }
}
