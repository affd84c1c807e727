using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A school's or an education office's register, one row per pupil and term.</summary>
sealed class EnrolmentImport(PersonalData personal) : Import<EnrolmentImport.Row>("enrolments")
{
    internal readonly record struct Row(byte[] Hash, Term Term, string School, string Grade);

    static readonly ImportColumn _identity = new("身份证号码", "identity_number");
    static readonly ImportColumn _year = new("学年", "school_year");
    static readonly ImportColumn _term = new("学期", "term") { Choices = Words.Terms.Written };
    static readonly ImportColumn _school = new("学校", "school");
    static readonly ImportColumn _grade = new("年级", "grade", Required: false);

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_identity, _year, _term, _school, _grade];

    protected override Row Read(ImportRow row) => new(
        row.IdentityNumber(_identity) is { } number ? personal.Hash(number) : [],
        new Term((int)(row.Number(_year, 2000, 2100) ?? 2000), row.Choice(_term, Words.Terms.Values) ?? 1),
        row.Text(_school, 100),
        row.Text(_grade, 50));

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedEnrolments();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedEnrolments();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        copy.Write(row.Hash);
        copy.Write(row.Term.Period);
        copy.Write(row.School);
        copy.Write(row.Grade);
    }

    protected override Task Check(Transaction transaction) => transaction.CheckStagedEnrolments();

    protected override Task<ImportCounts> Merge(Transaction transaction) => transaction.MergeStagedEnrolments();
}
