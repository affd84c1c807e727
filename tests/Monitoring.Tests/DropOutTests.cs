using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>One plan for each pupil, one report a month, until the pupil is back (MON-18).</summary>
public sealed class DropOutTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_pupil_is_planned_for_reported_on_and_back_at_school()
    {
        var (household, pupil) = await Family(SchoolStatus.Enrolled);
        var request = New(pupil);
        var dropOut = await Client().ReportDropOutAsync(request);
        Assert.Equal((DropOutState.Open, DropOutSource.Reported, "2024-04-30", household), (dropOut.State, dropOut.Source, dropOut.ReportDueDate, dropOut.HouseholdId));
        Assert.Equal(dropOut, await Client().ReportDropOutAsync(request));
        request.DropOut.FoundDate = "2024-03-11";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(Client().ReportDropOutAsync(request)));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OneCase.Code), await MonitoringFixture.Refused(Client().ReportDropOutAsync(New(pupil))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.CasePlanned.Code), await MonitoringFixture.Refused(Progress("2024-03")));

        dropOut = await Plan();
        Assert.Equal(dropOut, await Plan());
        Assert.Equal((DropOutState.Planned, DropOutMethod.Persuasion), (dropOut.State, dropOut.Method));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ReportMonth.Code), await MonitoringFixture.Refused(Progress("2024-02")));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ReportMonth.Code), await MonitoringFixture.Refused(Progress("2024-05")));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Progress("2024-13"))).Status);
        dropOut = await Progress("2024-04");
        Assert.Equal(("2024-05-31", "2024-04"), (dropOut.ReportDueDate, Assert.Single(dropOut.Reports).Month));
        Assert.Equal(dropOut, await Progress("2024-04"));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ReportOnce.Code), await MonitoringFixture.Refused(Progress("2024-04", "另一说法")));

        dropOut = await Close(DropOutOutcome.TaughtAtHome);
        Assert.Equal(dropOut, await Close(DropOutOutcome.TaughtAtHome));
        Assert.Equal(("2024-04-01", DropOutState.Closed), (dropOut.ClosedDate, dropOut.State));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.CaseOpen.Code), await MonitoringFixture.Refused(Close(DropOutOutcome.Returned)));
        var now = await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household });
        Assert.Equal(SchoolStatus.TaughtAtHome, now.Members.Single(member => member.Id == pupil).SchoolStatus);
        Assert.Equal(dropOut, await Client().GetDropOutAsync(new GetDropOutRequest { DropOutId = dropOut.Id }));
        Assert.Equal(["DropOutOpened", "DropOutPlanned", "DropOutReported", "DropOutClosed"], (await monitoring.Events())
            .Where(@event => @event.GetProperty("subject").GetString() == dropOut.Id).Select(@event => @event.GetProperty("type").GetString()!.Split('.')[^1]));

        AsyncUnaryCall<V1.DropOut> Plan() => Client().PlanDropOutAsync(new PlanDropOutRequest
        {
            DropOutId = dropOut.Id, ResponsiblePerson = "王例一（包联干部）", Plan = "每周入户一次", Method = DropOutMethod.Persuasion,
        });
        AsyncUnaryCall<V1.DropOut> Progress(string month, string text = "已入户两次") =>
            Client().ReportProgressAsync(new ReportProgressRequest { DropOutId = dropOut.Id, Month = month, Text = text });
        AsyncUnaryCall<V1.DropOut> Close(DropOutOutcome outcome) => Client().CloseDropOutAsync(new CloseDropOutRequest { DropOutId = dropOut.Id, Outcome = outcome });
    }

    [Theory]
    [InlineData(2010, StatusCode.FailedPrecondition)]
    [InlineData(2006, StatusCode.OK)]
    public async Task Nobody_of_compulsory_school_age_leaves_school(int born, StatusCode answer)
    {
        var (household, pupil) = await Family(SchoolStatus.DroppedOut, born);
        var request = new CloseDropOutRequest { DropOutId = (await Client().ReportDropOutAsync(New(pupil))).Id, Outcome = DropOutOutcome.LeftSchool };
        if (answer == StatusCode.OK)
            Assert.Equal(DropOutState.Closed, (await Client().CloseDropOutAsync(request)).State);
        else
            Assert.Equal((answer, Rules.StillAtSchoolAge.Code), await MonitoringFixture.Refused(Client().CloseDropOutAsync(request)));
        var now = await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household });
        Assert.Equal(answer == StatusCode.OK ? SchoolStatus.LeftSchool : SchoolStatus.DroppedOut, now.Members.Single(member => member.Id == pupil).SchoolStatus);
    }

    [Fact]
    public async Task A_pupil_in_the_ledger_is_out_of_school_for_screening_clearance_and_exit()
    {
        var (household, pupil) = await Family(SchoolStatus.Enrolled);
        await monitoring.RecordYear(household, 400_000);
        var clue = await monitoring.Report(household);
        clue = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.Unstable });
        await monitoring.ActToTheEnd(clue.ProcedureId, Outcome.Approve);
        var dropOut = await Client().ReportDropOutAsync(New(pupil));
        await monitoring.Screening().RunScreeningAsync(new RunScreeningRequest());
        Assert.Single((await monitoring.Clues().ListCluesAsync(new ListCluesRequest { HouseholdId = household, Rule = Rules.DropOut.Code })).Clues);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.AllSchooled.Code), await MonitoringFixture.Refused(Clear()));

        // Whatever the registry is told meanwhile: only the ledger says that the pupil is back.
        await monitoring.Households().UpdateMemberAsync(new UpdateMemberRequest
        {
            HouseholdId = household, Member = new V1.Member { Id = pupil, SchoolStatus = SchoolStatus.Enrolled }, UpdateMask = new() { Paths = { "school_status" } },
        });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.AllSchooled.Code), await MonitoringFixture.Refused(Clear()));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitSchooling.Code), await MonitoringFixture.Refused(monitoring.Exits().NominateExitAsync(new NominateExitRequest
        {
            ExitId = MonitoringFixture.NewId(),
            Exit = new V1.Exit { Division = MonitoringFixture.Village, Households = { new ExitHousehold { HouseholdId = household } } },
        })));
        await Client().CloseDropOutAsync(new CloseDropOutRequest { DropOutId = dropOut.Id, Outcome = DropOutOutcome.Returned });
        await Clear();

        AsyncUnaryCall<V1.Clearance> Clear() => monitoring.Clearances().RequestClearanceAsync(new RequestClearanceRequest
        {
            ClearanceId = MonitoringFixture.NewId(), Clearance = new V1.Clearance { HouseholdId = household },
        });
    }

    [Fact]
    public async Task Another_county_learns_nothing_and_malformed_requests_name_their_fields()
    {
        var (_, pupil) = await Family(SchoolStatus.Enrolled);
        var dropOut = await Client().ReportDropOutAsync(New(pupil));
        var neighbour = Client(MonitoringFixture.Neighbour);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.ReportDropOutAsync(New(pupil)))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.GetDropOutAsync(new GetDropOutRequest { DropOutId = dropOut.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            neighbour.CloseDropOutAsync(new CloseDropOutRequest { DropOutId = dropOut.Id, Outcome = DropOutOutcome.Returned }))).Status);
        Assert.Empty((await neighbour.ListDropOutsAsync(new ListDropOutsRequest())).DropOuts);
        foreach (var wrong in (Action<V1.DropOut>[])[wanted => wanted.MemberId = "x", wanted => wanted.FoundDate = "2024-04-02", wanted => wanted.FoundDate = "昨天"])
        {
            var request = New(pupil);
            wrong(request.DropOut);
            Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().ReportDropOutAsync(request))).Status);
        }
    }

    V1.DropOuts.DropOutsClient Client(string division = MonitoringFixture.County) => new(monitoring.Officer(division));

    static ReportDropOutRequest New(string member) => new()
    {
        DropOutId = MonitoringFixture.NewId(), DropOut = new V1.DropOut { MemberId = member, FoundDate = "2024-03-10", Description = "初中二年级，三日未到校" },
    };

    async Task<(string Household, string Pupil)> Family(SchoolStatus status, int born = 2010)
    {
        var pupil = monitoring.NewMember(Relation.Son, born);
        pupil.SchoolStatus = status;
        var household = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), pupil));
        return (household.Id, household.Members.Single(member => member.Relation == Relation.Son).Id);
    }
}

/// <summary>What happens in sector support when nobody does anything.</summary>
public sealed class SectorClockTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task Drop_outs_of_the_registry_are_entered_and_what_is_late_is_told_once()
    {
        var pupil = monitoring.NewMember(Relation.Son, 2010);
        pupil.SchoolStatus = SchoolStatus.SuspectedDropOut;
        pupil.HealthConditions.Add(HealthCondition.Diabetes);
        var household = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), pupil));
        var member = household.Members.Single(member => member.Relation == Relation.Son).Id;
        var doctors = new V1.FamilyDoctors.FamilyDoctorsClient(monitoring.Officer());
        var signing = await doctors.SignDoctorAsync(new SignDoctorRequest
        {
            SigningId = MonitoringFixture.NewId(),
            Signing = new V1.Signing { MemberId = member, Institution = "甲镇卫生院", Doctor = "李例一", SignedDate = "2024-04-01" },
        });
        var clock = monitoring.Services.GetRequiredService<SectorClock>();
        await clock.Tick(default);
        await clock.Tick(default);
        var dropOuts = new V1.DropOuts.DropOutsClient(monitoring.Officer());
        var dropOut = Assert.Single((await dropOuts.ListDropOutsAsync(new ListDropOutsRequest { HouseholdId = household.Id })).DropOuts);
        Assert.Equal((member, DropOutSource.Registry, "2024-05-31", false), (dropOut.MemberId, dropOut.Source, dropOut.ReportDueDate, dropOut.ReportLate));
        Assert.Equal(dropOut.Id, Assert.Single(await monitoring.Events("governance.monitoring.v1.DropOutOpened")).GetProperty("subject").GetString());
        // The month before began without any household: nobody had to meet.
        Assert.Empty(await monitoring.Events("governance.monitoring.v1.MeetingMissed"));
        Assert.Empty(await monitoring.Events("governance.monitoring.v1.DropOutReportLate"));

        monitoring.Clock.Advance(TimeSpan.FromDays(100));
        await clock.Tick(default);
        await clock.Tick(default);
        Assert.Equal(dropOut.Id, Assert.Single(await monitoring.Events("governance.monitoring.v1.DropOutReportLate")).GetProperty("subject").GetString());
        Assert.Single((await dropOuts.ListDropOutsAsync(new ListDropOutsRequest { Late = true })).DropOuts);
        Assert.Equal(signing.Id, Assert.Single(await monitoring.Events("governance.monitoring.v1.VisitOverdue")).GetProperty("subject").GetString());
        Assert.Equal(signing.Id, Assert.Single((await doctors.ListSigningsAsync(new ListSigningsRequest { Overdue = true })).Signings).Id);
        Assert.Equal($"{MonitoringFixture.County}/2024-06", Assert.Single(await monitoring.Events("governance.monitoring.v1.MeetingMissed")).GetProperty("subject").GetString());
    }
}
