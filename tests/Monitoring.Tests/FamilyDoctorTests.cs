using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Family doctors of the chronically ill, and the treatment of major diseases (MON-17).</summary>
public sealed class FamilyDoctorTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_chronically_ill_member_is_signed_and_visited_as_often_as_the_disease_asks()
    {
        var member = await Patient(HealthCondition.Hypertension, HealthCondition.Tuberculosis, HealthCondition.SevereIllness);
        var request = New(member, "2024-03-01");
        var signing = await Client().SignDoctorAsync(request);
        Assert.Equal(("2025-02-28", "2024-04-01", false, "31d"), (signing.UntilDate, signing.VisitDueDate, signing.VisitOverdue, signing.Citation.Value));
        Assert.Equal([HealthCondition.Hypertension, HealthCondition.Tuberculosis], signing.Diseases);
        Assert.Equal(signing, await Client().SignDoctorAsync(request));
        request.Signing.Doctor = "另一医生";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(Client().SignDoctorAsync(request)));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.SignedAlready.Code), await MonitoringFixture.Refused(Client().SignDoctorAsync(New(member, "2024-03-02"))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ChronicDisease.Code),
            await MonitoringFixture.Refused(Client().SignDoctorAsync(New(await Patient(HealthCondition.SevereIllness), "2024-03-01"))));

        Assert.Equal((StatusCode.FailedPrecondition, Rules.VisitDate.Code), await MonitoringFixture.Refused(Visit("2024-02-29")));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.VisitDate.Code), await MonitoringFixture.Refused(Visit("2024-04-02")));
        signing = await Visit("2024-03-30");
        Assert.Equal(("2024-03-30", "2024-04-30"), (signing.LastVisitDate, signing.VisitDueDate));
        Assert.Equal(signing, await Visit("2024-03-30"));
        Assert.Equal(["FamilyDoctorSigned", "VisitRecorded"], (await monitoring.Events())
            .Where(@event => @event.GetProperty("subject").GetString() == signing.Id).Select(@event => @event.GetProperty("type").GetString()!.Split('.')[^1]));

        var neighbour = Client(MonitoringFixture.Neighbour);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.SignDoctorAsync(New(member, "2024-03-01")))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            neighbour.RecordVisitAsync(new RecordVisitRequest { SigningId = signing.Id, VisitDate = "2024-04-01", Finding = "x" }))).Status);
        Assert.Empty((await neighbour.ListSigningsAsync(new ListSigningsRequest())).Signings);
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().SignDoctorAsync(New(member, "2024-04-02")))).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().SignDoctorAsync(New("x", "2024-04-01")))).Status);

        AsyncUnaryCall<V1.Signing> Visit(string date) =>
            Client().RecordVisitAsync(new RecordVisitRequest { SigningId = signing.Id, VisitDate = date, Finding = "血压平稳" });
    }

    [Fact]
    public async Task A_major_disease_is_entered_once_and_its_treatment_is_followed()
    {
        var member = await Patient(HealthCondition.SevereIllness);
        var request = new RegisterIllnessRequest
        {
            IllnessId = MonitoringFixture.NewId(),
            Illness = new V1.Illness { MemberId = member, Disease = MajorDisease.Stroke, DiagnosedDate = "2024-03-01" },
        };
        var illness = await Client().RegisterIllnessAsync(request);
        Assert.Equal((TreatmentState.Diagnosed, "2024-03-01"), (illness.State, illness.StateDate));
        Assert.Equal(illness, await Client().RegisterIllnessAsync(request));
        request.IllnessId = MonitoringFixture.NewId();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OneEntry.Code), await MonitoringFixture.Refused(Client().RegisterIllnessAsync(request)));
        illness = await Treat(TreatmentState.InTreatment);
        Assert.Equal(illness, await Treat(TreatmentState.InTreatment));
        Assert.Equal((TreatmentState.InTreatment, "2024-04-01", "县医院"), (illness.State, illness.StateDate, illness.Hospital));
        Assert.Equal(illness, Assert.Single((await Client().ListIllnessesAsync(
            new ListIllnessesRequest { HouseholdId = illness.HouseholdId, Disease = MajorDisease.Stroke, State = TreatmentState.InTreatment })).Illnesses));
        Assert.Equal(2, (await monitoring.Events("governance.monitoring.v1.TreatmentChanged")).Count(@event => @event.GetProperty("subject").GetString() == illness.Id));
        Assert.DoesNotContain(await monitoring.Events(), @event => @event.GetRawText().Contains("STROKE", StringComparison.Ordinal));

        Assert.Empty((await Client(MonitoringFixture.Neighbour).ListIllnessesAsync(new ListIllnessesRequest())).Illnesses);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Client(MonitoringFixture.Neighbour).RecordTreatmentAsync(
            new RecordTreatmentRequest { IllnessId = illness.Id, State = TreatmentState.Recovered, Hospital = "x" }))).Status);
        foreach (var wrong in (Action<V1.Illness>[])[wanted => wanted.Disease = (MajorDisease)31, wanted => wanted.DiagnosedDate = "2024-04-02", wanted => wanted.MemberId = "x"])
        {
            var malformed = request.Clone();
            wrong(malformed.Illness);
            Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().RegisterIllnessAsync(malformed))).Status);
        }

        AsyncUnaryCall<V1.Illness> Treat(TreatmentState state) => Client().RecordTreatmentAsync(
            new RecordTreatmentRequest { IllnessId = illness.Id, State = state, Hospital = "县医院", Note = "按诊疗方案住院" });
    }

    [Fact]
    public async Task Signing_and_visits_are_measured()
    {
        var signed = await Patient(HealthCondition.Diabetes);
        var signing = await Client().SignDoctorAsync(New(signed, "2024-01-01"));
        var unsigned = await Patient(HealthCondition.Diabetes);
        var indicators = new V1.Indicators.IndicatorsClient(monitoring.Officer());
        var rows = (await indicators.DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.signed", PageSize = 1000 })).Rows;
        Assert.Equal((true, false), (rows.Single(row => row.Id == signed).Counted, rows.Single(row => row.Id == unsigned).Counted));
        // Signed on 1 January, due 92 days later, on 2 April.
        Assert.Contains((await indicators.DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.visited" })).Rows, row => row.Id == signing.Id && row.Counted);
    }

    V1.FamilyDoctors.FamilyDoctorsClient Client(string division = MonitoringFixture.County) => new(monitoring.Officer(division));

    static SignDoctorRequest New(string member, string signed) => new()
    {
        SigningId = MonitoringFixture.NewId(),
        Signing = new V1.Signing { MemberId = member, Institution = "甲镇卫生院", Doctor = "李例一", SignedDate = signed },
    };

    async Task<string> Patient(params HealthCondition[] conditions)
    {
        var member = monitoring.NewMember();
        member.HealthConditions.Add(conditions);
        return (await monitoring.Register(monitoring.NewHousehold(member))).Members[0].Id;
    }
}
