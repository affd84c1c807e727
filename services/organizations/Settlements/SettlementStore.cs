using Google.Protobuf;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Indicators;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Organizations;

static class SettlementStore
{
    const string Standing =
        """
        select id, name, division, urban, households, population, built_date, qualified, party_covered_by, committee_covered_by,
               scale, scale_citation, management_unit, management_unit_citation, create_time, update_time, version,
               own_party, own_committee, one_shoulder, covered
        from settlement_standing
        """;

    const string Fits =
        """
        ($1 = '' or division >= $1 and division < $1 || ':') and ($2 = 'Unspecified' or scale = $2)
            and (not $3 or not covered) and position($4 in name) > 0
        """;

    /// <summary>Saves a new settlement; false when its id is taken.</summary>
    public static async Task<bool> Insert(this Transaction transaction, Settlement settlement) => await transaction.Execute(
        """
        insert into settlements (id, name, division, urban, households, population, built_date, qualified,
                                 party_covered_by, committee_covered_by, scale, scale_citation, management_unit,
                                 management_unit_citation, create_time, update_time, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14::jsonb, $15, $16, $17)
        on conflict (id) do nothing
        """,
        Values(settlement)) == 1;

    public static Task Update(this Transaction transaction, Settlement settlement) => transaction.Execute(
        """
        update settlements set name = $2, division = $3, urban = $4, households = $5, population = $6, built_date = $7, qualified = $8,
               party_covered_by = $9, committee_covered_by = $10, scale = $11, scale_citation = $12::jsonb, management_unit = $13,
               management_unit_citation = $14::jsonb, create_time = $15, update_time = $16, version = $17
        where id = $1
        """,
        Values(settlement));

    public static Task<Standing?> FindSettlement(this Transaction transaction, Guid id) =>
        transaction.First(Standing + " where id = $1", Read, id);

    public static async Task<Standing> GetSettlement(this Transaction transaction, Guid id) =>
        await transaction.FindSettlement(id) ?? throw new NotFoundException("settlement", id.ToString());

    /// <summary>The settlement, which nobody else changes before this transaction ends.</summary>
    public static async Task<Standing> LockSettlement(this Transaction transaction, Guid id)
    {
        await transaction.Query("select id from settlements where id = $1 for update", row => row.GetGuid(0), id);
        return await transaction.GetSettlement(id);
    }

    public static Task<List<Standing>> ListSettlements(this Transaction transaction, SettlementFilter filter, Page page) =>
        transaction.Query(
            Standing + " where " + Fits + " and id > $5 order by id limit $6",
            Read, filter.Division, filter.Scale.ToString(), filter.Uncovered, filter.Name, page.AfterId, page.Limit);

    public static Task<long> CountSettlements(this Transaction transaction, SettlementFilter filter) => transaction.First(
        "select count(*) from settlement_standing where " + Fits,
        row => row.GetInt64(0), filter.Division, filter.Scale.ToString(), filter.Uncovered, filter.Name);

    public static Task<List<Measurement>> MeasureCoverage(this Transaction transaction, string division, int digits) => transaction.Query(
        """
        select left(division, $2), count(*) filter (where covered), count(*) from settlement_standing
        where division >= $1 and division < $1 || ':' group by 1
        """,
        row => new Measurement(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), division, digits);

    public static Task<List<IndicatorRow>> ListCoverage(this Transaction transaction, string division, Page page) => transaction.Query(
        """
        select id, name, division, covered from settlement_standing where division >= $1 and division < $1 || ':' and id > $2
        order by id limit $3
        """,
        row => new IndicatorRow
        {
            Id = row.GetGuid(0).ToString(), Name = row.GetString(1), Division = row.GetString(2), Counted = row.GetBoolean(3),
        },
        division, page.AfterId, page.Limit);

    static object?[] Values(Settlement settlement)
    {
        var (facts, size) = (settlement.Facts, settlement.Size);
        return
        [
            settlement.Id, facts.Name, facts.Division, facts.Urban, facts.Households, facts.Population, facts.BuiltDate, facts.Qualified,
            facts.PartyCoveredBy, facts.CommitteeCoveredBy, size.Scale.ToString(), JsonFormatter.Default.Format(size.ScaleCitation),
            size.Unit.ToString(), JsonFormatter.Default.Format(size.UnitCitation),
            settlement.CreateTime, settlement.UpdateTime, settlement.Version,
        ];
    }

    static Standing Read(NpgsqlDataReader row) => new(
        new Settlement(
            row.GetGuid(0),
            new SettlementFacts(row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetInt32(4), row.GetInt32(5),
                row.GetFieldValue<DateOnly?>(6), row.GetBoolean(7), row.GetString(8), row.GetString(9)),
            new Size(Enum.Parse<Scale>(row.GetString(10)), PolicyCitation.Parser.ParseJson(row.GetString(11)),
                Enum.Parse<ManagementUnit>(row.GetString(12)), PolicyCitation.Parser.ParseJson(row.GetString(13))),
            row.GetFieldValue<DateTimeOffset>(14), row.GetFieldValue<DateTimeOffset>(15), row.GetInt64(16)),
        row.GetBoolean(17), row.GetBoolean(18), row.GetBoolean(19), row.GetBoolean(20));
}

/// <summary>Which settlements a list shows; what is empty or unspecified stands for all.</summary>
sealed record SettlementFilter(string Division, Scale Scale, bool Uncovered, string Name);
