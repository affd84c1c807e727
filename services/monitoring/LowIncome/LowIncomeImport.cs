using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Npgsql;
using NpgsqlTypes;

namespace Governance.Monitoring;

/// <summary>A list of civil affairs: people by identity number, one row per layer. It recognizes, and ends what has a last day.</summary>
sealed class LowIncomeImport(PersonalData personal) : Import<LowIncomeImport.Row>("low_income")
{
    internal readonly record struct Row(Guid Id, byte[] Hash, LowIncomeLayer Layer, DateOnly Since, DateOnly? Until, string Document);

    static readonly ImportColumn _identity = new("身份证号码", "identity_number");
    static readonly ImportColumn _layer = new("低收入类别", "layer");
    static readonly ImportColumn _since = new("认定日期", "since_date");
    static readonly ImportColumn _until = new("终止日期", "until_date", Required: false);
    static readonly ImportColumn _document = new("文书编号", "document", Required: false);

    static readonly Vocabulary<LowIncomeLayer> _layers = new(
    [
        ("低保对象", LowIncomeLayer.Dibao), ("特困人员", LowIncomeLayer.Destitute), ("孤儿", LowIncomeLayer.Orphan),
        ("事实无人抚养儿童", LowIncomeLayer.UnattendedChild), ("低保边缘家庭成员", LowIncomeLayer.DibaoMargin),
        ("刚性支出困难家庭成员", LowIncomeLayer.RigidSpending),
        ("DIBAO", LowIncomeLayer.Dibao), ("DESTITUTE", LowIncomeLayer.Destitute), ("ORPHAN", LowIncomeLayer.Orphan),
        ("UNATTENDED_CHILD", LowIncomeLayer.UnattendedChild), ("DIBAO_MARGIN", LowIncomeLayer.DibaoMargin),
        ("RIGID_SPENDING", LowIncomeLayer.RigidSpending),
    ]);

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_identity, _layer, _since, _until, _document];

    protected override Row Read(ImportRow row)
    {
        var hash = row.IdentityNumber(_identity) is { } number ? personal.Hash(number) : [];
        var layer = row.Choice(_layer, _layers.Values) ?? default;
        var since = row.Date(_since) ?? default;
        var until = row.Date(_until);
        if (until < since)
            row.Wrong(_until, Rules.RecognitionEnds.Code, $"不能早于认定日期 {Calendar.Format(since)}。", $"Must not come before {Calendar.Format(since)}.");
        return new Row(Guid.CreateVersion7(), hash, layer, since, until, row.Text(_document, 100));
    }

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedLowIncome();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedLowIncome();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        copy.Write(row.Id);
        copy.Write(row.Hash);
        copy.Write((short)row.Layer);
        copy.Write(row.Since, NpgsqlDbType.Date);
        if (row.Until is { } until)
            copy.Write(until, NpgsqlDbType.Date);
        else
            copy.WriteNull();
        copy.Write(row.Document);
    }

    protected override Task Check(Transaction transaction) => transaction.CheckStagedLowIncome();

    protected override Task<ImportCounts> Merge(Transaction transaction) => transaction.MergeStagedLowIncome();

    /// <summary>A recognized person as a row of an export, in the order of the columns.</summary>
    public static IEnumerable<string> Cells(string identityNumber, Recognition recognition) =>
    [
        identityNumber, _layers[recognition.Layer], Calendar.Format(recognition.Since), Calendar.Format(recognition.Until), recognition.Document,
    ];
}
