using Governance.Platform.Data;
using Governance.Platform.Imports;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the insurance bureau's lists.</summary>
static class InsuranceImportStore
{
    public static Task CreateStagedInsurances(this Transaction transaction) => transaction.Execute(
        "create temp table staged (line int not null, identity_hash bytea, year int, insurance smallint)");

    public static Task<NpgsqlBinaryImporter> CopyStagedInsurances(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    public static async Task CheckStagedInsurances(this Transaction transaction)
    {
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '身份证号码', $1, $2, $3 from staged
            where not exists (select from members where members.identity_hash = staged.identity_hash)
            """, Rules.UnknownPerson.Code, Rules.UnknownPerson.Zh, Rules.UnknownPerson.En);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '年度', $1, replace($2, '{0}', $4::text), replace($3, '{0}', $4::text) from staged where year > $4
            """, Rules.InsuranceYear.Code, Rules.InsuranceYear.Zh, Rules.InsuranceYear.En, transaction.Today.Year + 1);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '年度', $1, $2, $3 from staged
            where (identity_hash, year) in (select identity_hash, year from staged group by identity_hash, year having count(*) > 1)
            """, Rules.InsuranceTwice.Code, Rules.InsuranceTwice.Zh, Rules.InsuranceTwice.En);
    }

    /// <summary>Records what is new and corrects what differs; what holds for the current year goes into the registry as well.</summary>
    public static async Task<ImportCounts> MergeStagedInsurances(this Transaction transaction)
    {
        await transaction.Execute(
            """
            with changed as (
                update members as member set insurance = staged.insurance from staged
                where member.identity_hash = staged.identity_hash and staged.year = $1 and member.insurance <> staged.insurance
                returning member.household_id
            )
            update households set version = version + 1, update_time = $2 where id in (select household_id from changed)
            """, transaction.Today.Year, transaction.Now);
        return (await transaction.First(
            """
            with saved as (
                insert into insurances as known (member_id, year, household_id, division, insurance, update_time)
                select member.id, staged.year, member.household_id, member.division, staged.insurance, $1
                from staged join members as member on member.identity_hash = staged.identity_hash
                order by member.id, staged.year
                on conflict (member_id, year) do update
                set insurance = excluded.insurance, household_id = excluded.household_id, update_time = excluded.update_time
                where known.insurance <> excluded.insurance
                -- A row that was inserted was never locked or updated by anybody.
                returning xmax = 0 as created
            )
            select (count(*) filter (where created))::int, (count(*) filter (where not created))::int, (select count(*)::int from staged) - count(*)::int
            from saved
            """, row => new ImportCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)), transaction.Now))!;
    }
}
