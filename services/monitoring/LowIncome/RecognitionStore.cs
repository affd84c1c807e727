using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the low-income population.</summary>
static class RecognitionStore
{
    /// <summary>The recognition, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static Task<Recognition?> FindRecognition(this Transaction transaction, Guid id) => transaction.First(
        """
        select id, household_id, member_id, division, layer, since_date, document, until_date, reason, version
        from recognitions where id = $1 for update
        """, Read, id);

    public static Task<List<Recognition>> Recognitions(this Transaction transaction, string division, Guid? household, LowIncomeLayer layer,
        DateOnly? asOf, Page page) => transaction.Query(
        """
        select id, household_id, member_id, division, layer, since_date, document, until_date, reason, version
        from recognitions
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3) and ($4 = 0 or layer = $4)
          and ($5::date is null or since_date <= $5 and (until_date is null or until_date >= $5))
        order by id limit $6
        """, Read, page.AfterId, division, household, (int)layer, asOf, page.Limit);

    /// <summary>Whether a recognition of the same in a layer lasts.</summary>
    public static Task<bool> IsRecognized(this Transaction transaction, Guid household, Guid? member, LowIncomeLayer layer) => transaction.First(
        """
        select exists (select from recognitions
                       where household_id = $1 and member_id is not distinct from $2 and layer = $3 and until_date is null)
        """, row => row.GetBoolean(0), household, member, (int)layer);

    public static Task Insert(this Transaction transaction, Recognition recognition) => transaction.Execute(
        """
        insert into recognitions (id, household_id, member_id, division, layer, since_date, document) values ($1, $2, $3, $4, $5, $6, $7)
        """,
        recognition.Id, recognition.Household, recognition.Member, recognition.Division, (short)recognition.Layer, recognition.Since, recognition.Document);

    public static Task Save(this Transaction transaction, Recognition recognition) => transaction.Execute(
        "update recognitions set until_date = $2, reason = $3, version = $4 where id = $1",
        recognition.Id, recognition.Until, recognition.Reason, recognition.Version);

    /// <summary>Households and people of each layer today, for every part of the division whose code has so many digits.</summary>
    public static Task<List<CountLowIncomeResponse.Types.LayerCount>> CountLowIncome(this Transaction transaction, string division,
        int digits) => transaction.Query(
        """
        with standing as (
            select household_id, member_id, layer from recognitions
            where division >= $1 and division < $1 || ':' and since_date <= $3 and (until_date is null or until_date >= $3)
            union all
            select id, null, low_income from households, unnest(low_income_categories) as low_income
            where division >= $1 and division < $1 || ':'
            union all
            select id, null, 7 from households where division >= $1 and division < $1 || ':' and monitored_kind <> 0
        ), person as (
            select distinct standing.layer, member.id, member.household_id, member.division
            from standing
            join members as member on member.household_id = standing.household_id and (standing.member_id is null or standing.member_id = member.id)
        )
        select left(division, $2), layer::int, count(distinct household_id)::int, count(*)::int from person group by 1, 2 order by 1, 2
        """,
        row => new CountLowIncomeResponse.Types.LayerCount
        {
            Division = row.GetString(0), Layer = (LowIncomeLayer)row.GetInt32(1), Households = row.GetInt32(2), People = row.GetInt32(3),
        }, division, digits, transaction.Today);

    /// <summary>The recognitions of members with their sealed identity numbers.</summary>
    public static IAsyncEnumerable<(byte[] Number, Recognition Recognition)> RecognitionsToExport(this Transaction transaction,
        string division) => transaction.Stream(
        """
        select recognition.id, recognition.household_id, member_id, recognition.division, layer, since_date, document, until_date, reason, version,
               member.identity_sealed
        from recognitions as recognition join members as member on member.id = member_id
        where recognition.division >= $1 and recognition.division < $1 || ':'
        order by recognition.id
        """, row => (row.GetFieldValue<byte[]>(10), Read(row)), division);

    public static Task CreateStagedLowIncome(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (
            line int not null, id uuid, identity_hash bytea, layer smallint, since_date date, until_date date, document text)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedLowIncome(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    public static async Task CheckStagedLowIncome(this Transaction transaction)
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
            select line, '终止日期', $1, $2, $3 from staged where greatest(since_date, until_date) > $4
            """, Rules.RecognitionEnds.Code, "认定日期和终止日期不能晚于今天。", "Neither day may lie in the future.", transaction.Today);
        // Of one person and layer, only the last can still last.
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select staged.line, '低收入类别', $1, $2, $3
            from staged
            where until_date is null and (
                exists (select from staged as other where other.line <> staged.line and other.identity_hash = staged.identity_hash
                                                      and other.layer = staged.layer and other.until_date is null)
                or exists (select from recognitions as known join members as member on member.id = known.member_id
                           where member.identity_hash = staged.identity_hash and known.layer = staged.layer and known.until_date is null
                             and known.since_date <> staged.since_date
                             and not exists (select from staged as ending
                                             where ending.identity_hash = staged.identity_hash and ending.layer = staged.layer
                                               and ending.since_date = known.since_date and ending.until_date is not null)))
            """, Rules.RecognizedAlready.Code, Rules.RecognizedAlready.Zh, Rules.RecognizedAlready.En);
    }

    /// <summary>Ends what has a last day now, recognizes what is new, and tells of each. Person, layer and first day tell which is which.</summary>
    public static async Task<ImportCounts> MergeStagedLowIncome(this Transaction transaction)
    {
        var ended = await transaction.Execute(
            """
            with ended as (
                update recognitions as known set until_date = staged.until_date, version = version + 1
                from staged join members as member on member.identity_hash = staged.identity_hash
                where known.member_id = member.id and known.layer = staged.layer and known.since_date = staged.since_date
                  and known.until_date is null and staged.until_date is not null
                returning known.*
            )
            insert into outbox (type, subject, division, version, data)
            select 'governance.monitoring.v1.LowIncomeEnded', id::text, division, version, json_build_object(
                       'recognitionId', id, 'householdId', household_id, 'memberId', member_id, 'layer',
                           (array['LOW_INCOME_LAYER_DIBAO', 'LOW_INCOME_LAYER_DESTITUTE', 'LOW_INCOME_LAYER_ORPHAN', 'LOW_INCOME_LAYER_UNATTENDED_CHILD',
                                  'LOW_INCOME_LAYER_DIBAO_MARGIN', 'LOW_INCOME_LAYER_RIGID_SPENDING'])[layer], 'untilDate', until_date)
            from ended
            """);
        return (await transaction.First(
            """
            with added as (
                insert into recognitions (id, household_id, member_id, division, layer, since_date, until_date, document, version)
                select distinct on (member.id, staged.layer, staged.since_date)
                       staged.id, member.household_id, member.id, member.division, staged.layer, staged.since_date, staged.until_date, staged.document,
                       case when staged.until_date is null then 1 else 2 end
                from staged
                join members as member on member.identity_hash = staged.identity_hash
                where not exists (select from recognitions as known
                                  where known.member_id = member.id and known.layer = staged.layer and known.since_date = staged.since_date)
                order by member.id, staged.layer, staged.since_date, staged.line desc
                returning *
            ), told as (
                insert into outbox (type, subject, division, version, data)
                select 'governance.monitoring.v1.LowIncomeRecognized', id::text, division, 1, json_build_object(
                           'recognitionId', id, 'householdId', household_id, 'memberId', member_id, 'layer',
                           (array['LOW_INCOME_LAYER_DIBAO', 'LOW_INCOME_LAYER_DESTITUTE', 'LOW_INCOME_LAYER_ORPHAN', 'LOW_INCOME_LAYER_UNATTENDED_CHILD',
                                  'LOW_INCOME_LAYER_DIBAO_MARGIN', 'LOW_INCOME_LAYER_RIGID_SPENDING'])[layer], 'sinceDate', since_date)
                from added
                union all
                select 'governance.monitoring.v1.LowIncomeEnded', id::text, division, 2, json_build_object(
                           'recognitionId', id, 'householdId', household_id, 'memberId', member_id, 'layer',
                           (array['LOW_INCOME_LAYER_DIBAO', 'LOW_INCOME_LAYER_DESTITUTE', 'LOW_INCOME_LAYER_ORPHAN', 'LOW_INCOME_LAYER_UNATTENDED_CHILD',
                                  'LOW_INCOME_LAYER_DIBAO_MARGIN', 'LOW_INCOME_LAYER_RIGID_SPENDING'])[layer], 'untilDate', until_date)
                from added where until_date is not null
            )
            select (select count(*) from added)::int, $1, (select count(*) from staged)::int
            """, row => new ImportCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2) - row.GetInt32(0) - row.GetInt32(1)), ended))!;
    }

    static Recognition Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetString(3),
        (LowIncomeLayer)row.GetInt16(4), row.GetFieldValue<DateOnly>(5), row.GetString(6))
    {
        Until = row.IsDBNull(7) ? null : row.GetFieldValue<DateOnly>(7),
        Reason = row.GetString(8),
        Version = row.GetInt64(9),
    };
}
