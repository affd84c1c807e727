using Governance.Platform.Data;
using Governance.Platform.Imports;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the list of disasters.</summary>
static class DisasterImportStore
{
    public static Task CreateStagedDisasters(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (
            line int not null, number text collate "C", identity_hash bytea, kind smallint, date date, loss_fen bigint, casualties int,
            dwelling_damaged boolean, water_affected boolean)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedDisasters(this Transaction transaction) =>
        transaction.Copy("copy staged (line, number, identity_hash, kind, date, loss_fen, casualties, dwelling_damaged, water_affected) from stdin (format binary)");

    /// <summary>Finds whose disaster each row is; a household in another division is not told from one that is nowhere.</summary>
    public static async Task CheckStagedDisasters(this Transaction transaction)
    {
        await transaction.Execute(
            """
            alter table staged add column household_id uuid, add column division text, add column person_household_id uuid;
            update staged set person_household_id = members.household_id from members where members.identity_hash = staged.identity_hash;
            update staged set household_id = households.id, division = households.division from households where households.number = staged.number;
            update staged set household_id = households.id, division = households.division from households
            where staged.number = '' and households.id = staged.person_household_id
            """);
        await transaction.Execute(
            "insert into import_faults (line, column_name, rule, zh, en) select line, '受灾日期', 'IN_THE_FUTURE', '不能晚于今天。', 'Must not be in the future.' from staged where date > $1",
            transaction.Today);
        await transaction.Fault(Rules.DisasterUnknown,
            "insert into import_faults (line, rule, zh, en) select line, $1, $2, $3 from staged where household_id is null or identity_hash is not null and person_household_id is null");
        await transaction.Fault(Rules.DisasterOfWhom,
            "insert into import_faults (line, rule, zh, en) select line, $1, $2, $3 from staged where household_id <> person_household_id");
    }

    /// <summary>Keeps what is new and corrects what differs. Several rows of one household, kind and day are one disaster.</summary>
    public static async Task<ImportCounts> MergeStagedDisasters(this Transaction transaction) => await transaction.First(
        """
        with wanted as (
            select household_id, division, kind, date, max(loss_fen) as loss_fen, max(casualties) as casualties, bool_or(dwelling_damaged) as dwelling_damaged,
                   bool_or(water_affected) as water_affected
            from staged group by household_id, division, kind, date
        ), saved as (
            insert into disasters (household_id, division, kind, date, loss_fen, casualties, dwelling_damaged, water_affected)
            select household_id, division, kind, date, loss_fen, casualties, dwelling_damaged, water_affected from wanted
            on conflict (household_id, date, kind) do update
            set loss_fen = excluded.loss_fen, casualties = excluded.casualties, dwelling_damaged = excluded.dwelling_damaged, water_affected = excluded.water_affected
            where (disasters.loss_fen, disasters.casualties, disasters.dwelling_damaged, disasters.water_affected)
                  <> (excluded.loss_fen, excluded.casualties, excluded.dwelling_damaged, excluded.water_affected)
            returning xmax = 0 as created
        )
        select (count(*) filter (where created))::int, (count(*) filter (where not created))::int, (select count(*)::int from wanted) - count(*)::int
        from saved
        """, row => new ImportCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2))) ?? new ImportCounts(0, 0, 0);

    /// <summary>
    /// Keeps the year's disasters of the households on the list as findings. Whom and what they struck is evidence; the loss, which is
    /// reckoned anew every month, is only shown.
    /// </summary>
    public static Task FindDisasters(this Transaction transaction) => transaction.Execute(
        """
        create temporary table findings on commit drop as
        select household_id, $1 as rule, null::jsonb as citation, jsonb_build_object(
                   'disasters', jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', kind, 'date', date, 'casualties', nullif(casualties, 0),
                       'dwelling', nullif(dwelling_damaged, false), 'water', nullif(water_affected, false))) order by date, kind),
                   'figures', jsonb_build_object('loss_fen', sum(loss_fen)::bigint)) as evidence
        from disasters
        where household_id in (select household_id from staged) and date > $2
        group by household_id
        """, Rules.Disaster.Code, transaction.Today.AddYears(-1));
}
