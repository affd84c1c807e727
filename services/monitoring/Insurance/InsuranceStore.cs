using Governance.Common.V1;
using Governance.Funds.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of medical insurance and its subsidies.</summary>
static class InsuranceStore
{
    // $1 the division's prefix, $2 the year, $3 the current year, $4 to $7 the rates, $8 until which age one is a child, $9 today.
    const string Entitled =
        """
        with rate as (
            select * from unnest($4::text[], $5::smallint[], $6::bigint[], $7::text[]) as rate (prefix, category, amount_fen, citation)
        ), standing as (
            select household_id, member_id, bool_or(layer in (2, 3, 4)) as destitute, bool_or(layer = 1) as dibao
            from recognitions
            where division >= $1 and division < $1 || ':' and since_date <= $9 and (until_date is null or until_date >= $9)
            group by household_id, member_id
        ), person as (
            select member.id as member_id, member.household_id, member.division, household.number,
                   -- The registry speaks for the current year where no list does.
                   coalesce(insurance.insurance, case when $2 = $3 then member.insurance else 0 end) as insurance,
                   coalesce(own.destitute, false) or coalesce(shared.destitute, false) or household.low_income_categories @> '{2}'
                       -- Of a household in which there are orphans or unattended children, the children.
                       or household.low_income_categories && '{3,4}' and member.birth_date > make_date($2 - $8, 1, 1) as destitute,
                   coalesce(own.dibao, false) or coalesce(shared.dibao, false) or household.low_income_categories @> '{1}' as dibao,
                   household.monitored_kind <> 0 as monitored,
                   household.category = 1 as out_of_poverty
            from members as member
            join households as household on household.id = member.household_id
            left join insurances as insurance on insurance.member_id = member.id and insurance.year = $2
            left join standing as own on own.member_id = member.id
            left join standing as shared on shared.household_id = household.id and shared.member_id is null
            where member.division >= $1 and member.division < $1 || ':'
        ), entitled as (
            -- Of each category the rate of the longest division that fits, and of the categories the one that gives most.
            select person.*, best.category, best.amount_fen, best.citation
            from person left join lateral (
                select category, amount_fen, citation from rate
                where (category = 1 and destitute or category = 2 and dibao or category = 3 and monitored) and starts_with(person.division, prefix)
                  and not exists (select from rate as nearer
                                  where nearer.category = rate.category and length(nearer.prefix) > length(rate.prefix) and starts_with(person.division, nearer.prefix))
                order by amount_fen desc, category limit 1) as best on true
            where destitute or dibao or monitored or out_of_poverty
        )
        """;

    /// <summary>The members who should be insured, in the order of their ids.</summary>
    public static Task<List<Insured>> Insured(this Transaction transaction, string division, Rates rates, Guid? household, bool uninsured,
        Page page) => transaction.Query(
        Entitled +
        """

        select entitled.member_id, entitled.household_id, entitled.division, number, insurance::int,
               coalesce(subsidy.category, entitled.category, 0)::int, coalesce(subsidy.amount_fen, entitled.amount_fen, 0),
               coalesce(subsidy.citation::text, entitled.citation), coalesce(subsidy.state, 0)::int
        from entitled left join subsidies as subsidy on subsidy.member_id = entitled.member_id and subsidy.year = $2
        where entitled.member_id > $10 and ($11::uuid is null or entitled.household_id = $11) and (not $12 or insurance not in (2, 3))
        order by entitled.member_id limit $13
        """,
        row => new Insured(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), (Insurance)row.GetInt32(4),
            (SubsidyCategory)row.GetInt32(5), row.GetInt64(6), row.IsDBNull(7) ? null : row.GetString(7).ToCitation(), (SubsidyState)row.GetInt32(8)),
        [.. Values(division, rates), page.AfterId, household, uninsured, page.Limit]);

    public static Task<Confirmation?> FindConfirmation(this Transaction transaction, Guid id) => transaction.First(
        "select id, division, year, confirmed_date, subsidies, amount_fen from confirmations where id = $1",
        row => new Confirmation(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<DateOnly>(3), row.GetInt32(4), row.GetInt64(5)), id);

    public static Task Insert(this Transaction transaction, Confirmation confirmation) => transaction.Execute(
        "insert into confirmations (id, division, year, confirmed_date) values ($1, $2, $3, $4)",
        confirmation.Id, confirmation.Division, confirmation.Year, confirmation.Confirmed);

    /// <summary>
    /// Confirms everybody who is entitled, has residents' insurance and was not confirmed for the year, wherever that was, and tells of each.
    /// </summary>
    public static async Task<Confirmation> Confirm(this Transaction transaction, Confirmation confirmation, Rates rates)
    {
        var (subsidies, amount) = await transaction.First(
            Entitled +
            """
            , added as (
                insert into subsidies (id, confirmation_id, member_id, household_id, division, year, category, amount_fen, citation)
                select gen_random_uuid(), $10, member_id, household_id, division, $2, category, amount_fen, citation::jsonb
                from entitled where insurance = 2 and amount_fen > 0
                order by member_id
                on conflict (member_id, year) do nothing
                returning *
            ), told as (
                insert into outbox (type, subject, division, version, data)
                select 'governance.monitoring.v1.InsuranceSubsidyDue', id::text, division, version, json_build_object(
                           'subsidyId', id, 'householdId', household_id, 'memberId', member_id, 'year', year, 'amountFen', amount_fen::text, 'category',
                           (array['SUBSIDY_CATEGORY_DESTITUTE', 'SUBSIDY_CATEGORY_DIBAO', 'SUBSIDY_CATEGORY_MONITORED'])[category])
                from added
            ), summed as (
                select count(*)::int as subsidies, coalesce(sum(amount_fen), 0)::bigint as amount_fen from added
            )
            update confirmations set subsidies = summed.subsidies, amount_fen = summed.amount_fen from summed where id = $10
            returning confirmations.subsidies, confirmations.amount_fen
            """, row => (row.GetInt32(0), row.GetInt64(1)), [.. Values(confirmation.Division, rates), confirmation.Id]);
        return confirmation with { Subsidies = subsidies, Amount = amount };
    }

    public static Task<List<Subsidy>> Subsidies(this Transaction transaction, string division, Guid? household, Guid? confirmation, int year,
        SubsidyState state, Page page) => transaction.Query(
        """
        select id, member_id, household_id, division, year, category, amount_fen, citation::text, state, state_date, failure
        from subsidies
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3)
          and ($4::uuid is null or confirmation_id = $4) and ($5 = 0 or year = $5) and ($6 = 0 or state = $6)
        order by id limit $7
        """, Read, page.AfterId, division, household, confirmation, year, (int)state, page.Limit);

    /// <summary>
    /// Notes what became of a subsidy unless a later event said so before; answers with it and its version, or with nothing.
    /// </summary>
    public static async Task<(Subsidy Subsidy, long Version)?> Mark(this Transaction transaction, Guid id, SubsidyState state, DateOnly date,
        PaymentFailure failure, long sequence)
    {
        var marked = await transaction.Query(
            """
            update subsidies set state = $2, state_date = $3, failure = $4, payment_version = $5, version = version + 1
            where id = $1 and payment_version < $5
            returning id, member_id, household_id, division, year, category, amount_fen, citation::text, state, state_date, failure, version
            """, row => (Read(row), row.GetInt64(11)), id, (short)state, date, (short)failure, sequence);
        return marked is [var one] ? one : null;
    }

    static object?[] Values(string division, Rates rates) =>
    [
        division, rates.Year, rates.CurrentYear, rates.Prefixes, rates.Categories, rates.Amounts, rates.Citations, rates.ChildAge, rates.Today,
    ];

    static Subsidy Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetInt32(4),
        (SubsidyCategory)row.GetInt16(5), row.GetInt64(6), row.GetString(7).ToCitation(), (SubsidyState)row.GetInt16(8),
        row.IsDBNull(9) ? null : row.GetFieldValue<DateOnly>(9), (PaymentFailure)row.GetInt16(10));
}
