using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>What a check says, before it is judged.</summary>
sealed record Checked(bool IsTrue, DateOnly? Occurred, Veto Veto, bool Spared, long Figure, string Reason);

/// <summary>What was found, and which policies judged it.</summary>
sealed record Finding(Checked Checked, VerificationOutcome Outcome, PolicyCitation? CutOffCitation, PolicyCitation? VetoCitation)
{
    /// <summary>
    /// Judges a check (MON-14, S3b 一, 二(二)). What happened before the cut-off date may be vetoed; on the date itself identification had
    /// begun, so it counts as after, where no veto holds: in doubt for the family.
    /// </summary>
    public static Finding Of(Checked check, PolicyValue<DateOnly> cutOff, VetoFigure? figure)
    {
        if (!check.IsTrue)
        {
            Rules.SaysWhy.Require(check.Reason.Length > 0);
            return new Finding(check, VerificationOutcome.Untrue, null, null);
        }
        if (check.Occurred >= cutOff.Value)
        {
            Rules.NoVetoAfter.Require(check.Veto == Veto.Unspecified, cutOff.Citation.Value);
            return new Finding(check, VerificationOutcome.AfterCutOff, cutOff.Citation, null);
        }
        if (check.Veto == Veto.Unspecified)
            return new Finding(check, VerificationOutcome.NoGround, cutOff.Citation, null);
        if (Vetoes.IsMeasured(check.Veto))
            Rules.VetoFigure.Require(check.Figure >= figure!.Least, figure.Least, check.Figure);
        // "The opinion and the reason", to veto as well as not to.
        Rules.SaysWhy.Require(check.Reason.Length > 0);
        return new Finding(check, check.Spared ? VerificationOutcome.Spared : VerificationOutcome.Vetoed, cutOff.Citation, figure?.Citation);
    }
}

/// <summary>
/// An asset that a list says a member has, to be checked in the village. What is checked is submitted by the village and filed by the
/// county; a list that says something new opens it again.
/// </summary>
sealed record Verification(Guid Id, Guid List, Guid Household, Guid Member, string Division, ListKind Kind, bool NameDiffers)
{
    public VerificationState State { get; init; } = VerificationState.Pending;

    public Finding? Finding { get; init; }

    public Guid? Submission { get; init; }

    public long Version { get; init; } = 1;

    /// <summary>Records what a check found, or corrects it.</summary>
    public Verification Check(Finding finding)
    {
        Rules.CheckOpen.Require(State is VerificationState.Pending or VerificationState.Checked);
        return this with { State = VerificationState.Checked, Finding = finding, Version = Version + 1 };
    }

    public VerificationChecked CheckedEvent() => new() { VerificationId = Id.ToString(), DepartmentListId = List.ToString() };
}
