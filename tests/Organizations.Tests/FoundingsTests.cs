using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Procedures;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Governance.Organizations.Tests.OrganizationsFixture;

namespace Governance.Organizations.Tests;

public sealed class FoundingsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task The_clock_runs_six_months_from_the_countys_approval()
    {
        var founding = await Approve((await service.Settlement()).Id, "2024-03-15");
        Assert.Equal((FoundingState.Running, "2024-09-15", false), (founding.State, founding.DueDate, founding.Overdue));
        Assert.Equal("S4 二(二)", founding.DueCitation.Source);
        var told = Assert.Single(await service.Events("governance.organizations.v1.FoundingApproved"),
            told => told.GetProperty("subject").GetString() == founding.Id);
        Assert.Equal("2024-09-15", told.GetProperty("data").GetProperty("dueDate").GetString());

        var procedure = await service.Procedures().GetProcedureAsync(new() { ProcedureId = founding.ProcedureId });
        Assert.Equal((founding.Id, ProcedureState.Running), (procedure.Subject, procedure.State));
        Assert.Equal("2024-09-15", procedure.Steps[0].DueDate);
        Assert.Contains((await service.Procedures(Township).ListTasksAsync(new() { PageSize = 1000 })).Tasks,
            task => task.ProcedureId == founding.ProcedureId);
    }

    [Fact]
    public async Task It_completes_with_the_last_step_once_the_organisations_are_registered()
    {
        var settlement = await service.Settlement();
        var founding = await Approve(settlement.Id, "2024-03-15");
        await Act(founding, "party_election");
        await Act(founding, "committee_election");
        await Refused.By("ORG-03.registered", () => Act(founding, "subcommittees"));
        foreach (var kind in (OrganizationKind[])[
            OrganizationKind.PartyOrganization, OrganizationKind.ResidentsCommittee, OrganizationKind.PublicHealthSubcommittee,
            OrganizationKind.MediationSubcommittee, OrganizationKind.PublicSecuritySubcommittee])
            await service.Organization(settlement.Id, kind);
        Assert.Equal(ProcedureState.Approved, (await Act(founding, "subcommittees")).State);

        var completed = await service.Foundings(Village).GetFoundingAsync(new() { FoundingId = founding.Id });
        Assert.Equal((FoundingState.Completed, "2024-04-01", 2L), (completed.State, completed.CompletionDate, completed.Version));
        var told = Assert.Single(await service.Events("governance.organizations.v1.FoundingCompleted"),
            told => told.GetProperty("subject").GetString() == founding.Id);
        Assert.True(told.GetProperty("data").GetProperty("inTime").GetBoolean());
    }

    [Fact]
    public async Task A_rejected_founding_ends()
    {
        var founding = await Approve((await service.Settlement()).Id, "2024-03-15");
        await Act(founding, "party_election", Outcome.Reject);
        Assert.Equal(FoundingState.Rejected, (await service.Foundings().GetFoundingAsync(new() { FoundingId = founding.Id })).State);
    }

    [Fact]
    public async Task Only_the_township_takes_the_steps()
    {
        var founding = await Approve((await service.Settlement()).Id, "2024-03-15");
        foreach (var division in (string[])[County, Village])
            await Refused.With(StatusCode.PermissionDenied, () => Act(founding, "party_election", division: division));
        await Refused.With(StatusCode.NotFound, () => Act(founding, "party_election", division: "619901100"));
    }

    [Theory]
    [InlineData("61")]
    [InlineData("6199")]
    [InlineData("619901001")]
    public async Task Only_the_county_approves(string division)
    {
        var settlement = await service.Settlement();
        await Refused.By("ORG-03.county_approves", () => Approve(settlement.Id, "2024-03-15", division));
    }

    [Fact]
    public async Task Nothing_is_approved_in_the_future_or_twice()
    {
        var settlement = await service.Settlement();
        await Refused.By("ORG-03.approval_date", () => Approve(settlement.Id, "2099-01-01"));
        await Approve(settlement.Id, "2024-03-15");
        await Refused.By("ORG-03.once", () => Approve(settlement.Id, "2024-03-15"), StatusCode.AlreadyExists);
    }

    [Fact]
    public async Task Approving_the_same_again_answers_with_the_first()
    {
        var request = Request((await service.Settlement()).Id, "2024-03-15");
        var first = await service.Foundings().ApproveFoundingAsync(request);
        Assert.Equal(first, await service.Foundings().ApproveFoundingAsync(request));
        request.Founding.ApprovalDocument = "示例〔2024〕2号";
        await Refused.AsTaken("approval_document", () => service.Foundings().ApproveFoundingAsync(request));
    }

    [Fact]
    public async Task What_lies_outside_the_callers_division_is_not_there()
    {
        var settlement = await service.Settlement();
        var founding = await Approve(settlement.Id, "2024-03-15");
        await Refused.With(StatusCode.NotFound, () => service.Foundings(Neighbour).GetFoundingAsync(new() { FoundingId = founding.Id }));
        await Refused.With(StatusCode.NotFound, () => Approve(settlement.Id, "2024-03-15", Neighbour));
        await Refused.With(StatusCode.NotFound,
            () => service.Procedures(Neighbour).GetProcedureAsync(new() { ProcedureId = founding.ProcedureId }));
        Assert.Empty((await service.Foundings(Neighbour).ListFoundingsAsync(new())).Foundings);
    }

    [Fact]
    public async Task Everything_wrong_is_said_at_once() =>
        await Refused.ForFields(() => service.Foundings().ApproveFoundingAsync(new()
        {
            FoundingId = "x",
            Founding = new() { ApprovalDate = "2024-13-01" },
        }),
            "founding_id", "founding.settlement_id", "founding.kind", "founding.name", "founding.approval_date",
            "founding.approval_document");

    Task<V1.Founding> Approve(string settlement, string date, string division = County) =>
        service.Foundings(division).ApproveFoundingAsync(Request(settlement, date)).ResponseAsync;

    static ApproveFoundingRequest Request(string settlement, string date) => new()
    {
        FoundingId = NewId(),
        Founding = new()
        {
            SettlementId = settlement, Kind = FoundingKind.Community, Name = "示例新社区", ApprovalDate = date, ApprovalDocument = "示例〔2024〕1号",
        },
    };

    async Task<Procedure> Act(V1.Founding founding, string step, Outcome outcome = Outcome.Approve, string division = Township) =>
        await service.Procedures(division).ActAsync(new()
    {
        ProcedureId = founding.ProcedureId,
        StepId = step,
        Outcome = outcome,
        Note = "示例",
        Attachments = { new Attachment { Kind = "election_result", Name = "选举结果.pdf", Uri = "https://example.invalid/1" } },
    });
}

/// <summary>In a class of its own, because it moves the clock past everybody's deadlines.</summary>
public sealed class OverdueFoundingsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task A_founding_past_its_due_date_is_listed_and_told_once()
    {
        var settlement = await service.Settlement();
        var founding = await service.Foundings().ApproveFoundingAsync(new()
        {
            FoundingId = NewId(),
            Founding = new()
            {
                SettlementId = settlement.Id,
                Kind = FoundingKind.Village,
                Name = "示例新村",
                ApprovalDate = "2024-04-01",
                ApprovalDocument = "示例〔2024〕1号",
            },
        });
        service.Clock.Set(new DateTimeOffset(2024, 10, 1, 15, 59, 0, TimeSpan.Zero));
        Assert.Empty((await service.Foundings().ListFoundingsAsync(new() { Overdue = true })).Foundings);
        service.Clock.Set(new DateTimeOffset(2024, 10, 1, 16, 0, 0, TimeSpan.Zero));
        var overdue = (await service.Foundings().ListFoundingsAsync(new() { Overdue = true })).Foundings.Single();
        Assert.Equal((founding.Id, true), (overdue.Id, overdue.Overdue));
        Assert.Equal(founding.Id, (await service.Procedures(Township).ListTasksAsync(new() { Overdue = true })).Tasks.Single().Subject);

        await Sweep();
        await Sweep();
        var told = Assert.Single(await service.Events("governance.common.v1.ProcedureStepOverdue"));
        var data = told.GetProperty("data");
        Assert.Equal((founding.Id, Township), (data.GetProperty("subject").GetString(), data.GetProperty("actorDivision").GetString()));
    }

    Task Sweep() => service.Services.GetRequiredService<ProcedureSweeper>().Sweep(CancellationToken.None);
}
