using Governance.Monitoring.V1;
using Governance.Platform.Data;

namespace Governance.Monitoring;

/// <summary>The SQL of households that are split and merged: what goes from one to the other.</summary>
static class HouseholdMergeStore
{
    /// <summary>Makes people members of another household; triggers take along what belongs to each.</summary>
    public static Task Transfer(this Transaction transaction, Household to, IEnumerable<Member> members)
    {
        var people = members.ToList();
        return transaction.Execute(
            """
            update members set household_id = $1, relation = moved.relation
            from unnest($2::uuid[], $3::smallint[]) as moved (id, relation) where members.id = moved.id
            """, to.Id, people.ConvertAll(member => member.Id), people.ConvertAll(member => (short)member.Relation));
    }

    /// <summary>Who came into a household when another ended in it, and as what; nobody when that one did not.</summary>
    public static async Task<Dictionary<Guid, Relation>> MergedInto(this Transaction transaction, Guid household, Guid absorbed) => (await transaction.Query(
        """
        select came.id, came.relation
        from household_history as ended
        join member_history as gone on gone.household_id = ended.household_id and gone.until_transaction_id = ended.transaction_id
        join (select id, household_id, transaction_id, relation from members
              union all
              select member_id, household_id, transaction_id, (content ->> 'relation')::smallint from member_history) as came
            on came.id = gone.member_id and came.household_id = $1 and came.transaction_id = ended.transaction_id
        where ended.household_id = $2 and ended.until = 'infinity'
        """, row => (Member: row.GetGuid(0), Relation: (Relation)row.GetInt16(1)), household, absorbed)).ToDictionary(came => came.Member, came => came.Relation);

    /// <summary>
    /// Adds the quarters of a household that ends to those of another, with the members who shared them; answers with the quarters and their versions.
    /// </summary>
    public static async Task<List<(Quarter Quarter, long Version)>> AddUpIncomes(this Transaction transaction, Guid household, Guid absorbed)
    {
        var added = await transaction.Query(
            """
            insert into incomes (household_id, division, period, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen,
                                 rigid_spending_fen, medical_fen, member_count, update_time)
            select $1, division, period, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen, rigid_spending_fen, medical_fen, member_count, $3
            from incomes where household_id = $2 order by period
            on conflict (household_id, period) do update
            set wage_fen = incomes.wage_fen + excluded.wage_fen, business_fen = incomes.business_fen + excluded.business_fen,
                property_fen = incomes.property_fen + excluded.property_fen, transfer_fen = incomes.transfer_fen + excluded.transfer_fen,
                production_cost_fen = incomes.production_cost_fen + excluded.production_cost_fen,
                rigid_spending_fen = incomes.rigid_spending_fen + excluded.rigid_spending_fen, medical_fen = incomes.medical_fen + excluded.medical_fen,
                member_count = incomes.member_count + excluded.member_count, version = incomes.version + 1, update_time = excluded.update_time
            returning period, version
            """, row => (new Quarter(row.GetInt32(0)), row.GetInt64(1)), household, absorbed, transaction.Now);
        await transaction.Execute("delete from incomes where household_id = $1", absorbed);
        return added;
    }

    /// <summary>
    /// Takes along what waits about a household that ends: clues unless the same waits already, the plan or else its running measures, the day
    /// for a plan, and low-income standings of the household as a whole.
    /// </summary>
    public static async Task TakeAlong(this Transaction transaction, Guid household, Guid absorbed)
    {
        await transaction.Execute(
            """
            update clues set household_id = $1, version = version + 1, update_time = $3
            where household_id = $2 and state = 1
              and (rule = '' or not exists (select from clues as same where same.household_id = $1 and same.rule = clues.rule and same.state in (1, 2)))
            """, household, absorbed, transaction.Now);
        await transaction.Execute(
            """
            update measures set plan_id = here.id
            from plans as here, plans as there
            where here.household_id = $1 and here.closed_date is null and there.household_id = $2 and there.closed_date is null
              and measures.plan_id = there.id and measures.end_date is null
            """, household, absorbed);
        await transaction.Execute(
            """
            update plans set household_id = $1, version = version + 1
            where household_id = $2 and closed_date is null and not exists (select from plans as here where here.household_id = $1 and here.closed_date is null)
            """, household, absorbed);
        await transaction.Execute(
            """
            update households set plan_due_date = there.plan_due_date, plan_due_citation = there.plan_due_citation, plan_overdue_told = there.plan_overdue_told
            from households as there
            where households.id = $1 and there.id = $2 and there.plan_due_date is not null and households.plan_due_date is null
              and not exists (select from plans where household_id = $1 and closed_date is null)
            """, household, absorbed);
        await transaction.Execute(
            """
            update recognitions set household_id = $1
            where household_id = $2 and member_id is null and until_date is null
              and not exists (select from recognitions as same
                              where same.household_id = $1 and same.member_id is null and same.layer = recognitions.layer and same.until_date is null)
            """, household, absorbed);
    }
}
