using Governance.Platform.Data;
using Governance.Platform.Imports;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the income import.</summary>
static class IncomeImportStore
{
    public static Task CreateStagedIncomes(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (
            line int not null, number text collate "C", period int, wage_fen bigint, business_fen bigint, property_fen bigint, transfer_fen bigint,
            production_cost_fen bigint, rigid_spending_fen bigint, medical_fen bigint)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedIncomes(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    public static async Task CheckStagedIncomes(this Transaction transaction)
    {
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '季度', $1, replace(replace($2, '{0}', (period / 4)::text), '{1}', (period % 4 + 1)::text),
                   replace(replace($3, '{0}', (period / 4)::text), '{1}', (period % 4 + 1)::text)
            from staged where period > $4
            """, Rules.QuarterOver.Code, Rules.QuarterOver.Zh, Rules.QuarterOver.En, Quarter.LastOver(transaction.Today).Period);
        await transaction.Execute(
            "insert into import_faults (line, column_name, rule, zh, en) select line, '医疗自付支出', $1, $2, $3 from staged where medical_fen > rigid_spending_fen",
            Rules.MedicalIsRigid.Code, Rules.MedicalIsRigid.Zh, Rules.MedicalIsRigid.En);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '户编号', $1, replace($2, '{0}', number), replace($3, '{0}', number)
            from staged where not exists (select from households where households.number = staged.number)
            """, Rules.UnknownHousehold.Code, Rules.UnknownHousehold.Zh, Rules.UnknownHousehold.En);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '季度', $1, $2, $3 from staged where (number, period) in (select number, period from staged group by number, period having count(*) > 1)
            """, Rules.QuarterTwice.Code, Rules.QuarterTwice.Zh, Rules.QuarterTwice.En);
    }

    /// <summary>Records what is new and corrects what differs, and tells of each.</summary>
    public static async Task<ImportCounts> MergeStagedIncomes(this Transaction transaction) => await transaction.First(
        """
        with wanted as (
            select household.id, household.division, staged.*, people.member_count
            from staged
            join households as household on household.number = staged.number
            join (select household_id, count(*)::int as member_count from members
                  where household_id in (select id from households where number in (select number from staged)) group by household_id) as people on people.household_id = household.id
        ), saved as (
            insert into incomes (household_id, division, period, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen,
                                 rigid_spending_fen, medical_fen, member_count, update_time)
            select id, division, period, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen, rigid_spending_fen, medical_fen, member_count, $1
            from wanted order by line
            on conflict (household_id, period) do update
            set wage_fen = excluded.wage_fen, business_fen = excluded.business_fen, property_fen = excluded.property_fen,
                transfer_fen = excluded.transfer_fen, production_cost_fen = excluded.production_cost_fen, rigid_spending_fen = excluded.rigid_spending_fen,
                medical_fen = excluded.medical_fen, member_count = excluded.member_count, version = incomes.version + 1, update_time = excluded.update_time
            where (incomes.wage_fen, incomes.business_fen, incomes.property_fen, incomes.transfer_fen, incomes.production_cost_fen,
                   incomes.rigid_spending_fen, incomes.medical_fen)
               is distinct from (excluded.wage_fen, excluded.business_fen, excluded.property_fen, excluded.transfer_fen, excluded.production_cost_fen,
                   excluded.rigid_spending_fen, excluded.medical_fen)
            returning household_id, division, period, version
        ), told as (
            insert into outbox (type, subject, division, version, data)
            select 'governance.monitoring.v1.IncomeRecorded', household_id || '/' || (period / 4) || 'Q' || (period % 4 + 1), division, version,
                   json_build_object('householdId', household_id, 'year', period / 4, 'quarter', period % 4 + 1)
            from saved
        )
        select (count(*) filter (where version = 1))::int, (count(*) filter (where version > 1))::int, (select count(*)::int from staged) - count(*)::int
        from saved
        """, row => new ImportCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)), transaction.Now) ?? new ImportCounts(0, 0, 0);
}
