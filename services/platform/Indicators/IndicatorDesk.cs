using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Indicators;

/// <summary>What a service's <c>Indicators</c> rpcs forward to, one line each.</summary>
public sealed class IndicatorDesk(Database database, PolicyBook policies, IEnumerable<Indicator> indicators)
{
    readonly Indicator[] _indicators = [.. indicators.OrderBy(indicator => indicator.Id, StringComparer.Ordinal)];

    /// <summary>Every indicator of the service, measured now.</summary>
    public Task<ListIndicatorsResponse> List(ListIndicatorsRequest request, ServerCallContext context)
    {
        var division = DivisionOf(request.Division, context.Caller());
        return database.Transact(context, async transaction =>
        {
            var response = new ListIndicatorsResponse();
            foreach (var indicator in _indicators)
            {
                var measured = await indicator.Measure(transaction, division);
                var target = policies.Get(indicator.Target, division, transaction.Today);
                response.Indicators.Add(new Common.V1.Indicator
                {
                    Id = indicator.Id,
                    Title = indicator.Title.In(context.Locale()),
                    Division = division,
                    Value = measured.Value,
                    Target = (double)target.Value,
                    Numerator = measured.Numerator,
                    Denominator = measured.Denominator,
                    Met = measured.Reaches(target.Value),
                    Citation = target.Citation,
                });
            }
            return response;
        });
    }

    /// <summary>The rows behind one indicator.</summary>
    /// <exception cref="NotFoundException">The service has no such indicator, or the division lies outside the caller's.</exception>
    public Task<DrillIndicatorResponse> Drill(DrillIndicatorRequest request, ServerCallContext context)
    {
        var indicator = Array.Find(_indicators, indicator => indicator.Id == request.IndicatorId)
            ?? throw new NotFoundException("indicator", request.IndicatorId);
        var division = DivisionOf(request.Division, context.Caller());
        var page = Page.From(request.PageSize, request.PageToken);
        return database.Transact(context, async transaction =>
        {
            var rows = await indicator.Rows(transaction, division, page);
            return new DrillIndicatorResponse { NextPageToken = page.Cut(rows, row => row.Id), Rows = { rows } };
        });
    }

    /// <summary>The division to measure. Outside the caller's own nothing is seen, which would look like a target that is met.</summary>
    static string DivisionOf(string asked, Caller caller)
    {
        if (asked.Length == 0)
            return caller.Division;
        var fields = new Fields();
        var division = fields.Division("division", asked);
        fields.Check();
        return Divisions.Covers(caller.Division, division) ? division : throw new NotFoundException("division", division);
    }
}
