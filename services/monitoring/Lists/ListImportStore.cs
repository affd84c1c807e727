using Governance.Platform.Data;
using Governance.Platform.Imports;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the import of lists: one join with the registry, and what it makes of the hits.</summary>
static class ListImportStore
{
    public static Task CreateStagedList(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (line int not null, identity_hash bytea, asset bytea, facts bytea, sealed bytea, name text);
        create temp table hits (
            line int not null, member_id uuid, household_id uuid, division text, asset bytea, facts bytea, sealed bytea, name_differs boolean,
            verification_id uuid, known_facts bytea)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedList(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    /// <summary>
    /// Finds the rows that match a member in scope. One that says of a person's asset what another row says otherwise is a fault; said
    /// twice it counts once.
    /// </summary>
    public static async Task MatchStagedList(this Transaction transaction, DepartmentList list)
    {
        // The registry is scoped, so that another county's people are no match.
        await transaction.Execute(
            """
            insert into hits
            select staged.line, member.id, member.household_id, member.division, staged.asset, staged.facts, staged.sealed,
                   staged.name <> '' and staged.name <> member.name, coalesce(known.id, gen_random_uuid()), known.facts
            from staged
            join members as member on member.identity_hash = staged.identity_hash
            left join verifications as known on known.member_id = member.id and known.kind = $1 and known.asset = staged.asset
            """, (short)list.Kind);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '资产标识', $1, $2, $3
            from (select line, facts, first_value(facts) over same as first_facts from hits window same as (partition by member_id, asset order by line)) as hit
            where facts <> first_facts
            """, Rules.AssetTwice.Code, Rules.AssetTwice.Zh, Rules.AssetTwice.En);
    }

    /// <summary>Makes verifications of hits that are new, and asks again about those of which something new is said.</summary>
    public static async Task<ImportCounts> MergeStagedList(this Transaction transaction, DepartmentList list)
    {
        await transaction.Execute(
            """
            delete from hits using (select line, row_number() over (partition by member_id, asset order by line) as place from hits) as numbered
            where numbered.line = hits.line and numbered.place > 1;
            analyze hits
            """);
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
        if (created + updated > 0)
            transaction.Publish(new V1.ListMatched { DepartmentListId = list.Id.ToString(), Created = created, Updated = updated },
                list.Id.ToString(), list.Division, await transaction.NextListVersion(list.Id));
        return new ImportCounts(created, updated, await transaction.First("select count(*)::int from hits", row => row.GetInt32(0)) - created - updated);
    }

    static Task<long> NextListVersion(this Transaction transaction, Guid list) => transaction.First(
        "update department_lists set version = version + 1 where id = $1 returning version", row => row.GetInt64(0), list);
}
