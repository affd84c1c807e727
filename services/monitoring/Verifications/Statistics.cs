using System.Globalization;
using Google.Api;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Identity;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    const int MostLevelsBelow = 2;

    static readonly ImportColumn[] _statisticsColumns =
    [
        new("行政区划代码", "division"), new("行政区划", "division_name"), new("类别", "kind"), Count("合计", "total"), Count("待核查", "pending"), Count("已核查", "checked"),
        Count("已上报", "submitted"), Count("已存档", "filed"), Count("不属实", "untrue"), Count("识别后发生", "after_cut_off"), Count("否决", "vetoed"), Count("不予否决", "spared"),
        Count("不符合否决情形", "no_ground"),
    ];

    public override Task<GetVerificationStatisticsResponse> GetVerificationStatistics(GetVerificationStatisticsRequest request,
        ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var (list, division, digits) = Parse(request, transaction.Caller);
            var response = new GetVerificationStatisticsResponse();
            await foreach (var tally in transaction.CountVerifications(list, division, digits))
                response.Counts.Add(ToContract(tally));
            return response;
        });

    public override Task ExportVerificationStatistics(GetVerificationStatisticsRequest request, IServerStreamWriter<HttpBody> responses,
        ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var (list, division, digits) = Parse(request, transaction.Caller);
            var rows = transaction.CountVerifications(list, division, digits).Select(tally => Cells(tally, context.Locale()));
            await Table.Write(request.Format, _statisticsColumns, rows, responses, context);
            return true;
        });

    static ImportColumn Count(string zh, string en) => new(zh, en) { IsNumber = true };

    static (Guid? List, string Division, int Digits) Parse(GetVerificationStatisticsRequest request, Caller caller)
    {
        var fields = new Fields();
        var list = fields.Id("department_list_id", request.DepartmentListId, required: false);
        var division = request.Division.Length == 0 ? caller.Division : fields.Division("division", request.Division);
        var level = fields.Choice("level", request.Level, required: false);
        var own = Divisions.LevelOf(division);
        if (level == Level.Unspecified)
            level = own == Level.Village ? Level.Village : own - 1;
        if (level == Level.Department || level > own || level < own - MostLevelsBelow)
            fields.Wrong("level", "OUT_OF_RANGE", $"字段 level 须为该行政区划本级，或其下 {MostLevelsBelow} 级以内。",
                $"\"level\" must be the division's own or at most {MostLevelsBelow} below it.");
        fields.Check();
        return (list, division, Divisions.DigitsOf(level));
    }

    static VerificationCounts ToContract(VerificationTally tally) => new()
    {
        Division = tally.Division,
        DivisionName = tally.Name,
        Kind = tally.Kind,
        Total = tally.Total,
        Pending = tally.Pending,
        Checked = tally.Checked,
        Submitted = tally.Submitted,
        Filed = tally.Filed,
        Untrue = tally.Untrue,
        AfterCutOff = tally.AfterCutOff,
        Vetoed = tally.Vetoed,
        Spared = tally.Spared,
        NoGround = tally.NoGround,
    };

    static IEnumerable<string> Cells(VerificationTally tally, Locale locale) =>
    [
        tally.Division, tally.Name, ExportWords.Of(tally.Kind).In(locale),
        .. new[]
        {
            tally.Total, tally.Pending, tally.Checked, tally.Submitted, tally.Filed, tally.Untrue, tally.AfterCutOff, tally.Vetoed, tally.Spared, tally.NoGround,
        }.Select(count => count.ToString(CultureInfo.InvariantCulture)),
    ];
}
