using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The insurance bureau's list of a year, one row per person.</summary>
sealed class InsuranceImport(PersonalData personal) : Import<InsuranceImport.Row>("insurances")
{
    internal readonly record struct Row(byte[] Hash, int Year, Insurance Insurance);

    static readonly ImportColumn _identity = new("身份证号码", "identity_number");
    static readonly ImportColumn _year = new("年度", "year");
    static readonly ImportColumn _insurance = new("医疗保险", "insurance");

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_identity, _year, _insurance];

    protected override Row Read(ImportRow row) => new(
        row.IdentityNumber(_identity) is { } number ? personal.Hash(number) : [],
        (int)(row.Number(_year, 2000, 2100) ?? 2000),
        row.Choice(_insurance, Words.Insurances.Values) ?? default);

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedInsurances();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedInsurances();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        copy.Write(row.Hash);
        copy.Write(row.Year);
        copy.Write((short)row.Insurance);
    }

    protected override Task Check(Transaction transaction) => transaction.CheckStagedInsurances();

    protected override Task<ImportCounts> Merge(Transaction transaction) => transaction.MergeStagedInsurances();
}
