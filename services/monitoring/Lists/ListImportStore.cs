using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Policies;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the import of lists: one join with the registry, and what it makes of the hits.</summary>
static class ListImportStore
{
    public static Task CreateStagedList(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (line int not null, identity_hash bytea, asset bytea, facts bytea, sealed bytea, name text, amount_fen bigint);
        -- A glance at it is enough to see that hashes differ; no need to sort a large sample of them.
        alter table staged alter identity_hash set statistics 10;
        create temp table hits (
            line int not null, member_id uuid, household_id uuid, division text, asset bytea, facts bytea, sealed bytea, name_differs boolean,
            amount_fen bigint, verification_id uuid, known_facts bytea)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedList(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    /// <summary>
    /// Finds the rows that match a member in scope. One that says of a person's asset what another row says otherwise is a fault; said
    /// twice it counts once.
    /// </summary>
    public static async Task MatchStagedList(this Transaction transaction, DepartmentList list)
    {
        // The registry is scoped, so that another county's people are no match. Matched is by number alone: most rows match nobody, and
        // with all that they say they would not fit into memory.
        await transaction.Execute(
            """
            analyze staged (identity_hash);
            create temp table matched on commit drop as
            select staged.line, member.id as member_id, member.household_id, member.division, member.name
            from staged join members as member on member.identity_hash = staged.identity_hash;
            analyze matched (line)
            """);
        await transaction.Execute(
            """
            insert into hits
            select line, matched.member_id, matched.household_id, matched.division, staged.asset, staged.facts, staged.sealed,
                   staged.name <> '' and staged.name <> matched.name, staged.amount_fen, coalesce(known.id, gen_random_uuid()), known.facts
            from matched
            join staged using (line)
            left join verifications as known on known.member_id = matched.member_id and known.kind = $1 and known.asset = staged.asset
            """, (short)list.Kind);
        // A person has one vehicle of a plate, and any number of bills.
        if (!DepartmentList.IsOfAssets(list.Kind))
            return;
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '资产标识', $1, $2, $3
            from (select line, facts, first_value(facts) over same as first_facts from hits window same as (partition by member_id, asset order by line)) as hit
            where facts <> first_facts
            """, Rules.AssetTwice.Code, Rules.AssetTwice.Zh, Rules.AssetTwice.En);
    }

    /// <summary>Leaves of what is said twice one hit, and none of what is rejected.</summary>
    public static Task CountHitsOnce(this Transaction transaction) => transaction.Execute(
        """
        delete from hits using (select line, row_number() over (partition by member_id, asset, facts order by line) as place from hits) as numbered
        where numbered.line = hits.line and (numbered.place > 1 or hits.line in (select line from import_faults));
        analyze hits
        """);

    /// <summary>Makes verifications of hits that are new, and asks again about those of which something new is said.</summary>
    public static async Task<ImportCounts> MergeVerifications(this Transaction transaction, DepartmentList list)
    {
        var created = await transaction.Execute(
            """
            insert into verifications (id, list_id, household_id, member_id, division, kind, asset, facts, name_differs, create_time, update_time)
            select verification_id, $1, household_id, member_id, division, $2, asset, facts, name_differs, $3, $3
            from hits where known_facts is null order by line
            """, list.Id, (short)list.Kind, transaction.Now);
        var updated = await transaction.Execute(
            """
            update verifications set list_id = $1, facts = hits.facts, name_differs = hits.name_differs, state = 1, outcome = 0, occurred_date = null,
                veto = 0, figure = 0, reason = '', cut_off_citation = null, veto_citation = null, submission_id = null, version = version + 1, update_time = $2
            from hits where verifications.id = hits.verification_id and hits.known_facts <> hits.facts
            """, list.Id, transaction.Now);
        await transaction.Execute(
            """
            insert into verification_facts (verification_id, division, list_id, row, create_time)
            select verification_id, division, $1, sealed, $2 from hits where known_facts is distinct from facts
            """, list.Id, transaction.Now);
        return new ImportCounts(created, updated, await transaction.First("select count(*)::int from hits", row => row.GetInt32(0)) - created - updated);
    }

    /// <summary>
    /// Makes clues of the households that are hit (MON-03): whose bills come to more than the limit, whose children are missing in school.
    /// Counted are households.
    /// </summary>
    public static async Task<ImportCounts> MergeClues(this Transaction transaction, DepartmentList list, PolicyBook policies)
    {
        await transaction.PrepareFindings();
        var found = list.Kind == ListKind.MedicalBill
            ? await transaction.FindHighBills(policies)
            : await transaction.Execute(
                """
                insert into findings (household_id, rule, evidence)
                select household_id, $1, jsonb_build_object('drop_outs', jsonb_agg(distinct member_id order by member_id)) from hits group by household_id
                """, Rules.ListedDropOut.Code);
        var raised = (await transaction.RaiseClues(ClueSource.Department, policies)).Sum(rule => rule.Count);
        return new ImportCounts(raised, 0, found - raised);
    }

    static Task<int> FindHighBills(this Transaction transaction, PolicyBook policies)
    {
        var places = policies.Places(transaction.Today, MonitoringPolicies.MedicalSpending);
        var limits = places.ConvertAll(place => policies.Get(MonitoringPolicies.MedicalSpending, place, transaction.Today));
        return transaction.Execute(
            """
            insert into findings (household_id, rule, evidence, citation)
            select bill.household_id, $1, jsonb_build_object('medical_fen', bill.medical_fen), most.citation
            from (select household_id, division, sum(amount_fen)::bigint as medical_fen from hits group by household_id, division) as bill
            cross join lateral (
                select value, citation from unnest($2::text[], $3::bigint[], $4::jsonb[]) as most (prefix, value, citation)
                where starts_with(bill.division, prefix) order by length(prefix) desc limit 1) as most
            where bill.medical_fen > most.value
            """,
            Rules.ListedMedicalBills.Code, places, limits.ConvertAll(limit => limit.Value), limits.ConvertAll(limit => limit.Citation.ToJson()));
    }

    /// <summary>The list as it is after this change to what it caused.</summary>
    public static async Task<DepartmentList> NextVersion(this Transaction transaction, DepartmentList list) => list with
    {
        Version = await transaction.First(
            "update department_lists set version = version + 1 where id = $1 returning version", row => row.GetInt64(0), list.Id),
    };
}
