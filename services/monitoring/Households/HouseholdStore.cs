using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A line of a list: the household without its members.</summary>
sealed record HouseholdSummary(Household Household, string Householder, int MemberCount, DateTimeOffset Created, DateTimeOffset Updated)
{
    public DateOnly? Closed { get; init; }
}

/// <summary>Somebody who is registered: in scope, as which member of which household; elsewhere, nothing of that.</summary>
sealed record RegisteredPerson(Guid? Member, Guid? Household, string? Number);

/// <summary>What a list is narrowed to; what is null or empty narrows nothing.</summary>
sealed record HouseholdFilter(
    string Division, Guid? Settlement, Guid? Grid, int Category, int LowIncome, int Kind, bool Monitored, string Number, bool IdentityOverdue);

/// <summary>The SQL of the registry.</summary>
static class HouseholdStore
{
    /// <summary>What <see cref="ReadHousehold"/> reads.</summary>
    internal const string Columns =
        """
        id, number, division, settlement_id, building, unit, room, grid_id, category, origin_division, low_income_categories, dwelling_grade,
        water_safety, monitored_kind, monitored_date, version, create_time, update_time
        """;

    /// <summary>What <see cref="ReadMember"/> reads.</summary>
    internal const string MemberColumns =
        """
        id, name, identity_sealed, identity_hash, birth_date, gender, relation, education, health_conditions, disability_grade, labour_ability,
        insurance, school_status, employed, identity_due_date, identity_due_citation::text
        """;

    /// <summary>The household, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<Household?> FindHousehold(this Transaction transaction, Guid id)
    {
        var household = await transaction.First(
            $"select {Columns} from households where id = $1 for update", ReadHousehold, id);
        return household is null ? null : household with { Members = await transaction.MembersOf(id) };
    }

    /// <inheritdoc cref="FindHousehold"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<Household> Household(this Transaction transaction, Guid id) =>
        await transaction.FindHousehold(id) ?? throw new NotFoundException("household", id.ToString());

    /// <summary>Those of <paramref name="ids"/> that are in scope, in the order of their ids. They stay locked until the transaction ends.</summary>
    public static async Task<List<Household>> Households(this Transaction transaction, Guid[] ids)
    {
        var households = await transaction.Query($"select {Columns} from households where id = any($1) order by id for update", ReadHousehold, ids);
        var members = (await transaction.Query(
            $"select household_id, {MemberColumns} from members where household_id = any($1) order by relation, birth_date, id",
            row => (Household: row.GetGuid(0), Member: ReadMember(row, 1)), ids)).ToLookup(row => row.Household, row => row.Member);
        return households.ConvertAll(household => household with { Members = [.. members[household.Id]] });
    }

    /// <summary>Throws unless the household exists in scope.</summary>
    /// <exception cref="NotFoundException">It does not.</exception>
    public static async Task RequireHousehold(this Transaction transaction, Guid id)
    {
        if (!await transaction.First("select exists (select from households where id = $1)", row => row.GetBoolean(0), id))
            throw new NotFoundException("household", id.ToString());
    }

    /// <summary>The household as it is answered, with its times; it is not locked.</summary>
    public static async Task<HouseholdSummary> HouseholdToShow(this Transaction transaction, Guid id)
    {
        var shown = await transaction.First(
            $"select {Columns} from households where id = $1",
            row => (Household: ReadHousehold(row), Created: row.GetFieldValue<DateTimeOffset>(16),
                Updated: row.GetFieldValue<DateTimeOffset>(17)), id);
        if (shown.Household is null)
        {
            // A closed household is in its history alone.
            return await transaction.HouseholdAsOf(id, DateTimeOffset.MaxValue) is { } closed ? closed.Summary() : throw new NotFoundException("household", id.ToString());
        }
        var household = shown.Household with { Members = await transaction.MembersOf(id) };
        return new HouseholdSummary(household, household.Householder.Name, household.Members.Count, shown.Created, shown.Updated);
    }

    /// <summary>Those of <paramref name="ids"/> that are in scope and not closed, as they are answered; they are not locked.</summary>
    public static async Task<List<HouseholdSummary>> HouseholdsToShow(this Transaction transaction, Guid[] ids)
    {
        var rows = await transaction.Query(
            $"""
            select household.*, member.*
            from (select {Columns} from households where id = any($1)) as household
            join (select household_id, {MemberColumns} from members where household_id = any($1)) as member on member.household_id = household.id
            order by household.id, member.relation, member.birth_date, member.id
            """,
            row => (Household: ReadHousehold(row), Created: row.GetFieldValue<DateTimeOffset>(16), Updated: row.GetFieldValue<DateTimeOffset>(17),
                Member: ReadMember(row, 19)), ids);
        return
        [
            .. rows.GroupBy(row => row.Household.Id).Select(rows =>
            {
                var first = rows.First();
                var household = first.Household with { Members = [.. rows.Select(row => row.Member)] };
                return new HouseholdSummary(household, household.Householder.Name, household.Members.Count, first.Created, first.Updated);
            }),
        ];
    }

    public static Task<List<HouseholdSummary>> Households(this Transaction transaction, HouseholdFilter filter,
        Page page) => transaction.Query(
        $"""
        select {Columns},
               (select name from members where household_id = households.id and relation = 1),
               (select count(*)::int from members where household_id = households.id)
        from households
        where id > $1
          and division >= $2 and division < $2 || ':'
          and ($3::uuid is null or settlement_id = $3)
          and ($4::uuid is null or grid_id = $4)
          and ($5 = 0 or category = $5)
          and ($6 = 0 or $6 = any(low_income_categories))
          and ($7 = 0 or monitored_kind = $7)
          and (not $8 or monitored_kind <> 0)
          and ($9 = '' or number = $9)
          and (not $10 or exists (select from members where household_id = households.id and identity_due_date < $11))
        order by id limit $12
        """,
        row => new HouseholdSummary(ReadHousehold(row), row.GetString(18), row.GetInt32(19), row.GetFieldValue<DateTimeOffset>(16),
            row.GetFieldValue<DateTimeOffset>(17)),
        page.AfterId, filter.Division, filter.Settlement, filter.Grid, filter.Category, filter.LowIncome, filter.Kind, filter.Monitored, filter.Number,
        filter.IdentityOverdue, transaction.Today, page.Limit);

    public static async Task Insert(this Transaction transaction, Household household)
    {
        await transaction.InsertWithoutMembers(household);
        foreach (var member in household.Members)
            await transaction.InsertMember(household, member);
    }

    internal static Task<int> InsertWithoutMembers(this Transaction transaction, Household household) => transaction.Execute(
        """
        insert into households (id, number, division, settlement_id, building, unit, room, grid_id, category, origin_division,
                                low_income_categories, dwelling_grade, water_safety, monitored_kind, monitored_date, version, create_time, update_time)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
        """, [.. Values(household), household.Version, transaction.Now]);

    /// <summary>Saves what a move made of <paramref name="before"/>.</summary>
    public static async Task Save(this Transaction transaction, Household before, Household after)
    {
        await transaction.Execute(
            """
            update households
            set number = $2, division = $3, settlement_id = $4, building = $5, unit = $6, room = $7, grid_id = $8, category = $9, origin_division = $10,
                low_income_categories = $11, dwelling_grade = $12, water_safety = $13, monitored_kind = $14, monitored_date = $15, version = $16, update_time = $17
            where id = $1
            """, [.. Values(after), after.Version, transaction.Now]);

        if (after.Division != before.Division)
        {
            await transaction.Execute("update members set division = $2 where household_id = $1", after.Id, after.Division);
            await transaction.Execute("update incomes set division = $2 where household_id = $1", after.Id, after.Division);
        }
        foreach (var gone in before.Members.Where(member => after.Members.All(other => other.Id != member.Id)))
            await transaction.Execute("delete from members where id = $1", gone.Id);
        // A householder who steps back comes before the one who takes over: there is never more than one.
        foreach (var member in after.Members.OrderBy(member => member.Relation == Relation.Householder))
        {
            var known = before.Members.FirstOrDefault(other => other.Id == member.Id);
            if (known is null)
                await transaction.InsertMember(after, member);
            else if (!ReferenceEquals(known, member))
                await transaction.UpdateMember(member);
        }
    }

    /// <summary>Marks the newborns whose day for the identity number went by as told and answers with them.</summary>
    public static Task<List<(Guid Household, Guid Member, string Division, DateOnly Due)>> TellOverdueIdentities(this Transaction transaction) => transaction.Query(
        """
        update members set identity_overdue_told = true where identity_due_date < $1 and not identity_overdue_told
        returning household_id, id, division, identity_due_date
        """, row => (row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetFieldValue<DateOnly>(3)), transaction.Today);

    /// <summary>Adds to what is kept of a member who has just been removed why and when that was.</summary>
    public static Task SaveRemoval(this Transaction transaction, Guid member, RemovalReason reason, DateOnly day) => transaction.Execute(
        "update member_history set removal_reason = $2, removal_date = $3 where member_id = $1 and until_transaction_id = pg_current_xact_id()",
        member, (short)reason, day);

    /// <summary>Closes a household that has nobody left: what waits about it lapses, its plan ends. Answers with its last version.</summary>
    public static async Task<long> Close(this Transaction transaction, Household household)
    {
        await transaction.Execute("delete from members where household_id = $1", household.Id);
        await transaction.Execute(
            "update clues set state = 5, version = version + 1, update_time = $2 where household_id = $1 and state = 1", household.Id, transaction.Now);
        await transaction.ClosePlan(household.Id);
        return await transaction.First("select close_household($1, $2, $3)", row => row.GetInt64(0), household.Id, transaction.Today, transaction.Now);
    }

    /// <summary>
    /// Who of the people with these hashes is registered in the province, in the order of the hashes; in scope, with household and number. It is
    /// one statement that does the same for everybody, so that neither what an answer says nor how long it takes tells more of another
    /// division than that somebody is registered there.
    /// </summary>
    public static Task<List<RegisteredPerson>> RegisteredPeople(this Transaction transaction, byte[][] hashes) => transaction.Query(
        """
        select members.id, households.id, number
        from unnest($1::bytea[]) with ordinality as asked (identity_hash, place)
        join registered_people as person on person.identity_hash = asked.identity_hash
        left join members on members.identity_hash = asked.identity_hash
        left join households on households.id = members.household_id
        order by place
        """,
        row => new RegisteredPerson(row.IsDBNull(0) ? null : row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.IsDBNull(2) ? null : row.GetString(2)), [hashes]);

    /// <summary>Whether the household that has a number is in scope; <c>null</c> when nobody has it.</summary>
    public static Task<bool?> NumberIsHere(this Transaction transaction, string number) => transaction.First(
        "select exists (select from households where id = household_id) from registered_numbers where number = $1", row => (bool?)row.GetBoolean(0), number);

    /// <summary>Whether an identification, clearance or exit of the household is being decided.</summary>
    public static Task<bool> IsBeingDecided(this Transaction transaction, Guid household) => transaction.First(
        """
        select exists (select from clues where household_id = $1 and state = 2)
            or exists (select from clearances where household_id = $1 and state = 1)
            or exists (select from exit_households where household_id = $1 and state = 1)
            or exists (select from verifications where household_id = $1 and state = 3)
        """, row => row.GetBoolean(0), household);

    /// <summary>Whether the household is on a list that its village is deciding on: of exits, or of verifications it has submitted.</summary>
    public static Task<bool> IsOnVillageList(this Transaction transaction, Guid household) => transaction.First(
        "select exists (select from households_on_village_lists where household_id = $1)", row => row.GetBoolean(0), household);

    /// <summary>The procedures, running or ended, that go along with the household.</summary>
    public static Task<List<Guid>> ProceduresOf(this Transaction transaction, Guid household) => transaction.Query(
        "select procedure_id from household_procedures where household_id = $1 order by procedure_id", row => row.GetGuid(0), household);

    static Task<List<Member>> MembersOf(this Transaction transaction, Guid household) => transaction.Query(
        $"select {MemberColumns} from members where household_id = $1 order by relation, birth_date, id", row => ReadMember(row, 0), household);

    /// <summary>Every member in scope with its household, household by household.</summary>
    public static IAsyncEnumerable<(Household Household, Member Member)> MembersToExport(this Transaction transaction, string division,
        Guid? settlement) => transaction.Stream(
        """
        select households.id, number, households.division, settlement_id, building, unit, room, grid_id, category, origin_division, low_income_categories,
               dwelling_grade, water_safety, monitored_kind, monitored_date, version,
               members.id, name, identity_sealed, identity_hash, birth_date, gender, relation, education, health_conditions, disability_grade,
               labour_ability, insurance, school_status, employed, identity_due_date, identity_due_citation::text
        from households join members on members.household_id = households.id
        where households.division >= $1 and households.division < $1 || ':' and ($2::uuid is null or settlement_id = $2)
        order by number, relation, birth_date, members.id
        """, row => (ReadHousehold(row), ReadMember(row, 16)), division, settlement);

    static Task<int> InsertMember(this Transaction transaction, Household household, Member member) => transaction.Execute(
        """
        insert into members (id, household_id, division, identity_sealed, identity_hash, birth_date, gender, name, relation, education,
                             health_conditions, disability_grade, labour_ability, insurance, school_status, employed, identity_due_date, identity_due_citation)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18::jsonb)
        """,
        [member.Id, household.Id, household.Division, member.Number.Sealed, member.Number.Hash, member.Birth, (short)member.Gender,
            .. Changeable(member)]);

    static Task<int> UpdateMember(this Transaction transaction, Member member) => transaction.Execute(
        """
        update members set name = $2, relation = $3, education = $4, health_conditions = $5, disability_grade = $6, labour_ability = $7,
                           insurance = $8, school_status = $9, employed = $10, identity_due_date = $11, identity_due_citation = $12::jsonb,
                           identity_sealed = $13, identity_hash = $14
        where id = $1
        """, [member.Id, .. Changeable(member), member.Number.Sealed, member.Number.Hash]);

    static object?[] Changeable(Member member) =>
    [
        member.Name, (short)member.Relation, (short)member.Education, Numbers(member.Health), (short)member.DisabilityGrade,
        (short)member.Labour, (short)member.Insurance, (short)member.School, member.Employed,
        member.IdentityDue?.Date, member.IdentityDue?.Citation.ToJson(),
    ];

    static object?[] Values(Household household) =>
    [
        household.Id, household.Number, household.Division, household.Home.Settlement, household.Home.Building, household.Home.Unit,
        household.Home.Room, household.Home.Grid, (short)household.Category, household.Origin, Numbers(household.LowIncome),
        (short)household.Dwelling, (short)household.Water, (short)(household.Monitored?.Kind ?? MonitoredKind.Unspecified), household.Monitored?.Since,
    ];

    /// <summary>Enumerations as the numbers that the contract gives them.</summary>
    internal static short[] Numbers<T>(IEnumerable<T> values) where T : struct, Enum =>
        [.. values.Select(value => Convert.ToInt16(value, System.Globalization.CultureInfo.InvariantCulture))];

    internal static Member ReadMember(NpgsqlDataReader row, int first) => new(
        row.GetGuid(first), row.GetString(first + 1), new ProtectedNumber(row.GetFieldValue<byte[]>(first + 2),
            row.GetFieldValue<byte[]>(first + 3)),
        row.GetFieldValue<DateOnly>(first + 4), (V1.Gender)row.GetInt16(first + 5), (Relation)row.GetInt16(first + 6))
    {
        Education = (Education)row.GetInt16(first + 7),
        Health = Array.ConvertAll(row.GetFieldValue<short[]>(first + 8), number => (HealthCondition)number),
        DisabilityGrade = row.GetInt16(first + 9),
        Labour = (LabourAbility)row.GetInt16(first + 10),
        Insurance = (Insurance)row.GetInt16(first + 11),
        School = (SchoolStatus)row.GetInt16(first + 12),
        Employed = row.GetBoolean(first + 13),
        IdentityDue = row.IsDBNull(first + 14) ? null : new IdentityDue(row.GetFieldValue<DateOnly>(first + 14), row.GetString(first + 15).ToCitation()),
    };

    internal static Household ReadHousehold(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1),
        new Home(row.GetString(2), row.IsDBNull(3) ? null : row.GetGuid(3), row.GetString(4), row.GetString(5), row.GetString(6),
            row.IsDBNull(7) ? null : row.GetGuid(7)),
        (HouseholdCategory)row.GetInt16(8), [])
    {
        Origin = row.GetString(9),
        LowIncome = Array.ConvertAll(row.GetFieldValue<short[]>(10), number => (LowIncomeCategory)number),
        Dwelling = (DwellingGrade)row.GetInt16(11),
        Water = (WaterSafety)row.GetInt16(12),
        Monitored = row.GetInt16(13) == 0 ? null : new Monitored((MonitoredKind)row.GetInt16(13), row.GetFieldValue<DateOnly>(14)),
        Version = row.GetInt64(15),
    };
}
