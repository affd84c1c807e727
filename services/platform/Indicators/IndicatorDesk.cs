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
        var digits = DigitsOf(request.Level, division);
        return database.Transact(context, async transaction =>
        {
            var response = new ListIndicatorsResponse();
            foreach (var indicator in _indicators)
            {
                var measured = await indicator.Measure(transaction, policies, division, digits);
                if (measured.Count == 0 && digits == division.Length)
                    measured.Add(new Measurement(division, 0, 0));
                response.Indicators.AddRange(measured.OrderBy(part => part.Division, StringComparer.Ordinal)
                    .Select(part => ToContract(indicator, part, transaction.Today, context.Locale())));
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
            var rows = await indicator.Rows(transaction, policies, division, page);
            return new DrillIndicatorResponse { NextPageToken = page.Cut(rows, row => row.Id), Rows = { rows } };
        });
    }

    Common.V1.Indicator ToContract(Indicator indicator, Measurement measured, DateOnly today, Locale locale)
    {
        var target = policies.Get(indicator.Target, measured.Division, today);
        return new Common.V1.Indicator
        {
            Id = indicator.Id,
            Title = indicator.Title.In(locale),
            Division = measured.Division,
            Value = measured.Value,
            Target = (double)target.Value,
            Numerator = measured.Numerator,
            Denominator = measured.Denominator,
            DueDate = indicator.Due is null ? "" : Calendar.Format(policies.Get(indicator.Due, measured.Division, today).Value),
            Met = measured.Reaches(target.Value),
            Citation = target.Citation,
        };
    }

    /// <summary>How long the codes are of the divisions to measure: <paramref name="division"/> itself, or its parts at a level.</summary>
    static int DigitsOf(Level level, string division)
    {
        var digits = level == Level.Unspecified ? division.Length : Divisions.DigitsOf(level);
        return digits >= division.Length ? digits : throw new InvalidException("level", "ABOVE_THE_DIVISION",
            "level 不能高于所查询的行政区划。请选择该区划本级或下级。", "\"level\" must not be above the division that is asked for. Choose its own or one below.");
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
