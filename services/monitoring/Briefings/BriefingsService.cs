using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Briefings of the monthly meeting (MON-10); one file per rpc.</summary>
sealed partial class BriefingsService(Database database, PolicyBook policies) : V1.Briefings.BriefingsBase
{
    static V1.Briefing ToContract(Briefing briefing, Locale locale) => new()
    {
        Id = briefing.Id.ToString(),
        Division = briefing.Division,
        Month = DropOut.Month(briefing.Month),
        CreatedDate = Calendar.Format(briefing.Created),
        Figures = { briefing.Figures.Select(figure => ToContract(figure, locale)) },
        HeldDate = Calendar.Format(briefing.Held),
        HeldLate = briefing.HeldLate,
        Minutes = briefing.Minutes,
        Citation = briefing.Citation,
        Version = briefing.Version,
    };

    static V1.BriefingFigure ToContract(BriefingFigure figure, Locale locale)
    {
        var contract = new V1.BriefingFigure { Division = figure.Part, Figure = figure.Figure, Title = BriefingFigures.Title(figure.Figure).In(locale), Value = figure.Value };
        if (figure.Before is { } before)
            contract.Before = before;
        return contract;
    }
}
