using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A sweep with the time of its making.</summary>
sealed record SweepShown(Sweep Sweep, DateTimeOffset Created);

/// <summary>What a list of visits is narrowed to; what is null or empty narrows nothing.</summary>
sealed record VisitFilter(string Division, Guid? Grid, string Worker, int State, bool AtRisk);

/// <summary>The SQL of sweeps and their visits.</summary>
static class SweepStore
{
    /// <summary>The sweep, or <c>null</c> when there is none of the caller's division, below it or above it.</summary>
    // Not locked: who works below the sweep's division may see it and not change it.
    public static Task<SweepShown?> FindSweep(this Transaction transaction, Guid id) => transaction.First(
        """
        select id, division, title, opened_date, until_date, closed_date, next_due_date, next_due_citation::text, version, create_time
        from sweeps where id = $1
        """, Read, id);

    /// <inheritdoc cref="FindSweep"/>
    /// <exception cref="NotFoundException">There is none.</exception>
    public static async Task<SweepShown> Sweep(this Transaction transaction, Guid id) =>
        await transaction.FindSweep(id) ?? throw new NotFoundException("sweep", id.ToString());

    public static Task<List<SweepShown>> Sweeps(this Transaction transaction, bool on, Page page) => transaction.Query(
        """
        select id, division, title, opened_date, until_date, closed_date, next_due_date, next_due_citation::text, version, create_time
        from sweeps where id > $1 and (not $2 or closed_date is null) order by id limit $3
        """, Read, page.AfterId, on, page.Limit);

    /// <summary>Whether a sweep that is on covers some of the division, below it or above it.</summary>
    public static async Task<bool> IsBeingSwept(this Transaction transaction, string division)
    {
        // Two that open one over the other at once would not see each other.
        await transaction.Execute("select pg_advisory_xact_lock(hashtextextended('open sweep', 0))");
        return await transaction.First(
            "select exists (select from sweeps where closed_date is null and (starts_with(division, $1) or starts_with($1, division)))",
            row => row.GetBoolean(0), division);
    }

    /// <summary>Opens the sweep with a visit for every household there is; answers with how many.</summary>
    public static async Task<int> Insert(this Transaction transaction, Sweep sweep)
    {
        await transaction.Execute(
            "insert into sweeps (id, division, title, opened_date, until_date, create_time) values ($1, $2, $3, $4, $5, $6)",
            sweep.Id, sweep.Division, sweep.Title, sweep.Opened, sweep.Until, transaction.Now);
        return await transaction.Execute(
            """
            insert into sweep_visits (sweep_id, household_id, division, grid_id)
            select $1, id, division, grid_id from households where division >= $2 and division < $2 || ':'
            """, sweep.Id, sweep.Division);
    }

    /// <summary>Closes the sweep, unless somebody else has in the meantime.</summary>
    public static async Task Close(this Transaction transaction, Sweep sweep)
    {
        var closed = await transaction.Execute(
            "update sweeps set closed_date = $2, next_due_date = $3, next_due_citation = $4::jsonb, version = $5 where id = $1 and closed_date is null",
            sweep.Id, sweep.Closed, sweep.Next!.Due, sweep.Next.Citation.ToJson(), sweep.Version);
        Rules.SweepOn.Require(closed == 1);
    }

    /// <summary>Gives the visits still to be made to a worker; answers with how many.</summary>
    public static Task<int> Assign(this Transaction transaction, Guid sweep, string worker, Guid? grid, string division) => transaction.Execute(
        """
        update sweep_visits set worker = $2
        where sweep_id = $1 and state in (1, 3) and division >= $3 and division < $3 || ':' and ($4::uuid is null or grid_id = $4)
        """, sweep, worker, division, grid);

    /// <summary>The visit of a household in a sweep. It stays locked until the transaction ends.</summary>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<Visit> Visit(this Transaction transaction, Guid sweep, Guid household) => await transaction.First(
        """
        select sweep_id, household_id, division, grid_id, worker, state, visit_date, note, at_risk, clue_id
        from sweep_visits where sweep_id = $1 and household_id = $2 for update
        """, ReadVisit, sweep, household) ?? throw new NotFoundException("visit", household.ToString());

    public static Task<List<Visit>> Visits(this Transaction transaction, Guid sweep, VisitFilter filter, Page page) => transaction.Query(
        """
        select sweep_id, household_id, division, grid_id, worker, state, visit_date, note, at_risk, clue_id
        from sweep_visits
        where sweep_id = $1 and household_id > $2
          and division >= $3 and division < $3 || ':'
          and ($4::uuid is null or grid_id = $4)
          and ($5 = '' or worker = $5)
          and ($6 = 0 or state = $6)
          and (not $7 or at_risk)
        order by household_id limit $8
        """, ReadVisit, sweep, page.AfterId, filter.Division, filter.Grid, filter.Worker, filter.State, filter.AtRisk, page.Limit);

    public static Task Save(this Transaction transaction, Visit visit) => transaction.Execute(
        """
        update sweep_visits set state = $3, visit_date = $4, note = $5, at_risk = $6, clue_id = $7 where sweep_id = $1 and household_id = $2
        """, visit.Sweep, visit.Household, (short)visit.State, visit.Date, visit.Note, visit.AtRisk, visit.Clue);

    /// <summary>What was made of a sweep's visits so far, by village and grid. A household that was closed since needs no visit.</summary>
    public static Task<List<SweepCount>> SweepCounts(this Transaction transaction, Guid sweep) => transaction.Query(
        """
        select visit.division, visit.grid_id, count(*)::int, (count(*) filter (where state = 1))::int, (count(*) filter (where state = 2))::int,
               (count(*) filter (where state = 3))::int, (count(*) filter (where state = 4))::int, (count(*) filter (where at_risk))::int
        from sweep_visits as visit join households on households.id = visit.household_id
        where sweep_id = $1
        group by visit.division, visit.grid_id order by visit.division, visit.grid_id nulls first
        """,
        row => new SweepCount(row.GetString(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4),
            row.GetInt32(5), row.GetInt32(6), row.GetInt32(7)), sweep);

    static SweepShown Read(NpgsqlDataReader row) => new(
        new Sweep(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateOnly>(3), row.GetFieldValue<DateOnly>(4))
        {
            Closed = row.IsDBNull(5) ? null : row.GetFieldValue<DateOnly>(5),
            Next = row.IsDBNull(6) ? null : new NextSweep(row.GetFieldValue<DateOnly>(6), row.GetString(7).ToCitation()),
            Version = row.GetInt64(8),
        },
        row.GetFieldValue<DateTimeOffset>(9));

    static Visit ReadVisit(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetGuid(3),
        row.GetString(4), (VisitState)row.GetInt16(5))
    {
        Date = row.IsDBNull(6) ? null : row.GetFieldValue<DateOnly>(6),
        Note = row.GetString(7),
        AtRisk = row.GetBoolean(8),
        Clue = row.IsDBNull(9) ? null : row.GetGuid(9),
    };
}
