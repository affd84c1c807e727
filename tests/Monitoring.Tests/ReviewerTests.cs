using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Npgsql;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Who checks keeps it secret: assigned reviewers see, everybody else counts, and every look is on record (MON-15).</summary>
public sealed class ReviewerTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task What_a_list_says_is_shown_to_the_assigned_reviewer_and_to_nobody_else()
    {
        var (list, verifications) = await monitoring.Matched();
        var id = verifications[0].Id;
        var facts = Assert.Single((await monitoring.Verifications().ShowFactsAsync(new ShowFactsRequest { VerificationId = id, Purpose = "入户核查" })).Facts);
        Assert.Equal(("示A00000", "2014-05-01", 8_000_000, "小型轿车", "示例车辆管理所", "2024-03-31"),
            (facts.Asset, facts.Date, facts.AmountFen, facts.Description, facts.Department, facts.ReferenceDate));

        foreach (var (user, division) in (IEnumerable<(string, string)>)[("county.officer", MonitoringFixture.County), ("another.checker", MonitoringFixture.Village), (ListsFixture.Checker, ListsFixture.OtherVillage)])
        {
            var other = monitoring.Verifications(user, division);
            Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(other.GetVerificationAsync(new GetVerificationRequest { VerificationId = id }))).Status);
            Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(other.ShowFactsAsync(new ShowFactsRequest { VerificationId = id, Purpose = "好奇" }))).Status);
            Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(other.CheckVerificationAsync(new CheckVerificationRequest { VerificationId = id, Finding = new V1.Finding { Reason = "无" } }))).Status);
            var export = await Assert.ThrowsAsync<RpcException>(() => MonitoringFixture.Download(other.ExportVerifications(new ExportVerificationsRequest { DepartmentListId = list, Purpose = "好奇" })));
            Assert.Equal(StatusCode.NotFound, export.StatusCode);
            Assert.Empty(await monitoring.Assigned(list, user, division));
        }
        // The lead sees counts.
        var counts = await monitoring.Verifications("county.officer", MonitoringFixture.County).GetVerificationStatisticsAsync(new GetVerificationStatisticsRequest { DepartmentListId = list });
        Assert.Equal(("619901001", 1, 1), (counts.Counts[0].Division, counts.Counts[0].Total, counts.Counts[0].Pending));
    }

    [Fact]
    public async Task Revoking_an_assignment_ends_it_at_once()
    {
        var (list, verifications) = await monitoring.Matched();
        var reviewer = Assert.Single((await monitoring.Lists().ListReviewersAsync(new ListReviewersRequest { DepartmentListId = list })).Reviewers);
        var revoke = new RevokeReviewerRequest { ReviewerId = reviewer.Id };
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Lists(MonitoringFixture.Neighbour).RevokeReviewerAsync(revoke))).Status);
        var revoked = await monitoring.Lists().RevokeReviewerAsync(revoke);
        Assert.Equal(revoked, await monitoring.Lists().RevokeReviewerAsync(revoke));
        Assert.Single(await monitoring.Events("governance.monitoring.v1.ReviewerRevoked"), @event => @event.GetProperty("subject").GetString() == reviewer.Id);

        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Verifications().ShowFactsAsync(new ShowFactsRequest { VerificationId = verifications[0].Id, Purpose = "入户核查" }))).Status);
        await monitoring.Assign(list);
        Assert.Single(await monitoring.Assigned(list));
    }

    [Fact]
    public async Task The_database_itself_keeps_the_facts_from_who_is_not_assigned()
    {
        var (list, _) = await monitoring.Matched();
        Assert.Equal(1, await Seen(TestIdentity.SubjectOf(ListsFixture.Checker), MonitoringFixture.County));
        Assert.Equal(1, await Seen("system:monitoring", ""));
        Assert.Equal(0, await Seen(TestIdentity.SubjectOf("county.officer"), MonitoringFixture.County));
        Assert.Equal(0, await Seen(TestIdentity.SubjectOf(ListsFixture.Checker), MonitoringFixture.Neighbour));

        async Task<long> Seen(string subject, string division)
        {
            await using var service = NpgsqlDataSource.Create(monitoring.Database.Connections.Database);
            await using var connection = await service.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await using (var enter = new NpgsqlCommand("select enter_scope($1, false), set_config('governance.actor', $2, false)", connection))
            {
                enter.Parameters.Add(new NpgsqlParameter { Value = division });
                enter.Parameters.Add(new NpgsqlParameter { Value = subject });
                await enter.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
            await using var count = new NpgsqlCommand("select count(*) from verification_facts where list_id = $1", connection);
            count.Parameters.Add(new NpgsqlParameter { Value = Guid.Parse(list) });
            return (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
    }

    [Fact]
    public async Task Every_look_is_on_record_and_the_auditor_reads_that_it_happened_and_not_what_was_seen()
    {
        var (list, verifications) = await monitoring.Matched();
        var id = verifications[0].Id;
        var checker = monitoring.Verifications();
        await checker.GetVerificationAsync(new GetVerificationRequest { VerificationId = id });
        await checker.ShowFactsAsync(new ShowFactsRequest { VerificationId = id, Purpose = "入户核查" });
        var forms = await MonitoringFixture.Download(checker.ExportVerifications(new ExportVerificationsRequest { DepartmentListId = list, Purpose = "打印核查表" }));
        Assert.Equal($"{id},{MonitoringFixture.Village}", string.Join(',', forms.Split("\r\n")[1].Split(',')[..2]));
        Assert.Contains("赵**,车辆,赵例一,示A00000,2014-05-01,80000.00,小型轿车", forms, StringComparison.Ordinal);

        var entries = (await new Operations.OperationsClient(monitoring.As(MonitoringFixture.County, "audit.read")).ListAuditEntriesAsync(new ListAuditEntriesRequest { Subject = id })).Entries;
        Assert.Equal(["ExportVerifications", "ShowFacts", "GetVerification", "ListVerifications"], entries.Select(entry => entry.Action.Split('/')[^1]));
        Assert.Equal(["打印核查表", "入户核查"], entries.Take(2).Select(entry => entry.Purpose));
        Assert.All(entries, entry => Assert.Equal(ListsFixture.Checker, entry.ActorName));
        Assert.DoesNotContain("示A00000", entries.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assignment_is_made_once_by_somebody_else_within_their_division()
    {
        var (list, _) = await monitoring.Matched();
        var request = new AssignReviewerRequest
        {
            ReviewerId = MonitoringFixture.NewId(),
            Reviewer = new V1.Reviewer { DepartmentListId = list, Division = "619901001", Subject = TestIdentity.SubjectOf("township.checker") },
        };
        // The township passes a county's list on, though it does not see the list itself.
        var township = monitoring.Lists("619901001");
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(township.GetListAsync(new GetListRequest { DepartmentListId = list }))).Status);
        var reviewer = await township.AssignReviewerAsync(request);
        Assert.Equal(reviewer, await township.AssignReviewerAsync(request));
        Assert.Single(await monitoring.Events("governance.monitoring.v1.ReviewerAssigned"), @event => @event.GetProperty("subject").GetString() == reviewer.Id);
        Assert.Single(await monitoring.Assigned(list, "township.checker", "619901001"));

        async Task<(StatusCode, string)> Refused(Action<AssignReviewerRequest> change, string division = MonitoringFixture.County)
        {
            var changed = request.Clone();
            changed.ReviewerId = MonitoringFixture.NewId();
            change(changed);
            return await MonitoringFixture.Refused(monitoring.Lists(division).AssignReviewerAsync(changed));
        }
        Assert.Equal((StatusCode.AlreadyExists, Rules.AssignedAlready.Code), await Refused(_ => { }));
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await Refused(changed => (changed.ReviewerId, changed.Reviewer.Division) = (reviewer.Id, MonitoringFixture.Village)));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.NotOneself.Code), await Refused(changed => changed.Reviewer.Subject = TestIdentity.SubjectOf("tester")));
        Assert.Equal(StatusCode.NotFound, (await Refused(changed => changed.Reviewer.Division = ListsFixture.NeighbourVillage)).Item1);
        Assert.Equal(StatusCode.NotFound, (await Refused(changed => changed.Reviewer.Division = ListsFixture.NeighbourVillage, MonitoringFixture.Neighbour)).Item1);
        Assert.Equal(StatusCode.NotFound, (await Refused(changed => changed.Reviewer.DepartmentListId = MonitoringFixture.NewId())).Item1);
        Assert.Equal((StatusCode.InvalidArgument, "NOT_A_DIVISION"), await Refused(changed => changed.Reviewer.Division = "6199"));
        Assert.Equal((StatusCode.InvalidArgument, "NOT_A_UUID"), await Refused(changed => changed.Reviewer.DepartmentListId = "x"));
        Assert.Equal((StatusCode.InvalidArgument, "REQUIRED"), await Refused(changed => changed.Reviewer.Subject = " "));
    }
}
