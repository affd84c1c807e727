using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>
/// The month's list of disasters from emergency management, one row per household and disaster (MON-07). The household goes by its
/// number, or by the identity number of any member.
/// </summary>
sealed class DisasterImport(PersonalData personal, PolicyBook policies) : Import<DisasterImport.Row>("disasters")
{
    internal readonly record struct Row(string Number, byte[]? Person, DisasterKind Kind, DateOnly Date, long Loss, int Casualties, bool DwellingDamaged,
        bool WaterAffected);

    static readonly ImportColumn _number = new("户编号", "number", Required: false);
    static readonly ImportColumn _identity = new("身份证号码", "identity_number", Required: false);
    static readonly ImportColumn _kind = new("灾害种类", "disaster");
    static readonly ImportColumn _date = new("受灾日期", "date");
    static readonly ImportColumn _loss = new("经济损失", "loss", Required: false);
    static readonly ImportColumn _casualties = new("人员伤亡", "casualties", Required: false);
    static readonly ImportColumn _dwelling = new("住房受损", "dwelling_damaged", Required: false);
    static readonly ImportColumn _water = new("饮水受影响", "water_affected", Required: false);

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_number, _identity, _kind, _date, _loss, _casualties, _dwelling, _water];

    protected override Row Read(ImportRow row)
    {
        var number = row.Code(_number, 32);
        var person = row.IdentityNumber(_identity);
        var kind = row.Choice(_kind, Words.Disasters.Values) ?? default;
        if (number.Length == 0 && person is null)
            row.Wrong(_number, Rules.DisasterOfWhom.Code, Rules.DisasterOfWhom.Zh, Rules.DisasterOfWhom.En);
        return new Row(number, person is { } known ? personal.Hash(known) : null, kind, row.Date(_date) ?? default, row.Fen(_loss) ?? 0,
            (int)(row.Number(_casualties, 0, 100) ?? 0), row.Flag(_dwelling) ?? false, row.Flag(_water) ?? false);
    }

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedDisasters();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedDisasters();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        copy.Write(row.Number);
        if (row.Person is null)
            copy.WriteNull();
        else
            copy.Write(row.Person);
        copy.Write((short)row.Kind);
        copy.Write(row.Date);
        copy.Write(row.Loss);
        copy.Write(row.Casualties);
        copy.Write(row.DwellingDamaged);
        copy.Write(row.WaterAffected);
    }

    protected override Task Check(Transaction transaction) => transaction.CheckStagedDisasters();

    protected override async Task<ImportCounts> Merge(Transaction transaction)
    {
        var counts = await transaction.MergeStagedDisasters();
        await transaction.FindDisasters();
        await transaction.RaiseClues(ClueSource.Disaster, policies);
        return counts;
    }
}
