using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Governance.Platform.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Governance.Platform.Tests.Procedures.SweptProcedureFixture;

namespace Governance.Platform.Tests.Procedures;

public sealed class ProcedureDeskTests(ProcedureFixture service) : IClassFixture<ProcedureFixture>, IAsyncLifetime
{
    static readonly Attachment _minutes = new() { Kind = "minutes", Name = "minutes.pdf", Uri = "urn:minutes", Sha256 = new string('a', 64) };

    public async ValueTask InitializeAsync()
    {
        service.Clock.Set(new DateTimeOffset(2024, 4, 1, 1, 0, 0, TimeSpan.Zero));
        // Acts are final for everybody who obeys triggers.
        await service.Database.Execute("set session_replication_role = replica; truncate outbox, procedure_acts, procedures, procedure_definitions");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_procedure_is_led_from_start_to_end_and_its_noun_reacts_in_the_same_transaction()
    {
        var id = await service.Start("clue-1");
        var village = service.Client(Village, "clues.write");
        var procedure = await village.ActAsync(Act(id, "review", Outcome.Approve));
        Assert.Equal(("notice", "2024-04-08"), (Open(procedure).Id, Open(procedure).EndDate));

        service.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(1, await service.Sweep());
        procedure = await service.Client(County, "clues.write").ActAsync(Act(id, "decision", Outcome.Approve));
        Assert.Equal(ProcedureState.Approved, procedure.State);
        Assert.Equal([1, 2], procedure.Acts.Select(act => act.Number));
        Assert.Equal(_minutes, Assert.Single(procedure.Acts[0].Attachments));
        Assert.Equal(("clause 1", "default", "test.case"), (procedure.Citation.Source, procedure.Citation.Division, procedure.Citation.PolicyId));

        var next = await service.AsSystem((procedures, tx) => procedures.Of(tx, "test.follow_up", "clue-1"));
        Assert.Equal("2024-04-19", Open(next!).DueDate);
    }

    [Fact]
    public async Task What_the_noun_cannot_take_is_not_done_at_all()
    {
        var id = await service.Start("fails-1");
        var failure = await Fails(service.Client(Village, "clues.write").ActAsync(Act(id, "review", Outcome.Reject, "不属实")));
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        var procedure = await Get(id);
        Assert.Equal("review", Open(procedure).Id);
        Assert.Empty(procedure.Acts);
    }

    [Fact]
    public async Task Two_who_act_at_once_do_not_both_succeed()
    {
        var id = await service.Start("clue-2");
        var village = service.Client(Village, "clues.write");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await village.ActAsync(Act(id, "review", Outcome.Approve));
                return "";
            }
            catch (RpcException failure)
            {
                return Reason(failure);
            }
        }));
        Assert.Equal(["", "PROCEDURE_STEP_CLOSED", "PROCEDURE_STEP_CLOSED", "PROCEDURE_STEP_CLOSED"], outcomes.Order(StringComparer.Ordinal));
        Assert.Single((await Get(id)).Acts);
    }

    [Fact]
    public async Task One_procedure_at_a_time_runs_about_a_subject()
    {
        await service.Start("clue-3");
        var broken = await Assert.ThrowsAsync<Rules.RuleBrokenException>(() => service.Start("clue-3"));
        Assert.Equal("PROCEDURE_RUNNING", broken.Rule.Code);
        Assert.Equal(["PROCEDURE_RUNNING"], await service.Database.Query<string>("select indexname::text from pg_indexes where indexname = 'PROCEDURE_RUNNING'"));
    }

    [Theory]
    [InlineData(Village, "clues.write", "")]
    [InlineData(Village, "plans.write", "PROCEDURE_PERMISSION")]
    [InlineData(County, "clues.write", "PROCEDURE_LEVEL")]
    [InlineData("619901001", "clues.write", "PROCEDURE_LEVEL")]
    [InlineData("619901001002", "clues.write", "NOT_FOUND")]
    [InlineData("619902", "clues.write", "NOT_FOUND")]
    [InlineData(null, "clues.write", "NOT_FOUND")]
    public async Task Only_an_official_of_the_place_and_level_with_the_permission_acts(string? division, string permission, string reason)
    {
        var id = await service.Start($"clue-4-{division}-{permission}");
        var act = service.Client(division, permission).ActAsync(Act(id, "review", Outcome.Approve));
        Assert.Equal(reason, reason.Length == 0 ? await Succeeds(act) : Reason(await Fails(act)));
    }

    [Fact]
    public async Task An_rpc_without_its_permission_is_refused()
    {
        var id = await service.Start("clue-5");
        var client = new Organizations.V1.Procedures.ProceduresClient(service.As(Village, "clues.write"));
        Assert.Equal("PERMISSION_MISSING", Reason(await Fails(client.ListTasksAsync(new ListTasksRequest()))));
        Assert.Equal("PERMISSION_MISSING", Reason(await Fails(client.GetProcedureAsync(new GetProcedureRequest { ProcedureId = id.ToString() }))));
        Assert.Equal("PERMISSION_MISSING", Reason(await Fails(client.ActAsync(Act(id, "review", Outcome.Approve)))));
        Assert.Equal("PERMISSION_MISSING", Reason(await Fails(client.ObjectAsync(new ObjectRequest { ProcedureId = id.ToString(), StepId = "notice", Objection = "异议" }))));
        Assert.Equal("PERMISSION_MISSING", Reason(await Fails(client.DecideObjectionAsync(new DecideObjectionRequest { ProcedureId = id.ToString(), Objection = 1, Reason = "否" }))));
    }

    [Fact]
    public async Task An_objection_stops_the_notice_until_it_is_decided()
    {
        var id = await service.Start("clue-6");
        var village = service.Client(Village, "clues.write");
        await village.ActAsync(Act(id, "review", Outcome.Approve));
        var objected = await service.Client(County).ObjectAsync(new ObjectRequest { ProcedureId = id.ToString(), StepId = "notice", Objection = "收入不实" });
        var objection = Assert.Single(objected.StandingObjections);
        Assert.Equal("notice", Assert.Single((await village.ListTasksAsync(new ListTasksRequest())).Tasks).Step.Id);

        service.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await service.Sweep());
        Assert.Equal("notice", Open(await Get(id)).Id);

        var decided = await village.DecideObjectionAsync(new DecideObjectionRequest { ProcedureId = id.ToString(), Objection = objection, Upheld = true, Reason = "属实" });
        Assert.Equal("review", Open(decided).Id);
        Assert.Equal((objection, Outcome.Return), (decided.Acts[^1].Decides, decided.Acts[^1].Outcome));
        Assert.Equal("PROCEDURE_OBJECTION_DECIDED",
            Reason(await Fails(village.DecideObjectionAsync(new DecideObjectionRequest { ProcedureId = id.ToString(), Objection = objection, Reason = "不属实" }))));
        Assert.Equal("PROCEDURE_OBJECTION_CLOSED",
            Reason(await Fails(village.ObjectAsync(new ObjectRequest { ProcedureId = id.ToString(), StepId = "notice", Objection = "再次异议" }))));
    }

    [Fact]
    public async Task The_noun_is_told_of_every_step_and_may_refuse_what_was_done()
    {
        var id = await service.Start("clue-6");
        var village = service.Client(Village, "clues.write");
        Assert.Equal(StatusCode.InvalidArgument, (await Fails(village.ActAsync(Act(id, "review", Outcome.Approve, "不予受理")))).StatusCode);
        Assert.Empty(service.Steps(id));
        await village.ActAsync(Act(id, "review", Outcome.Approve));
        await village.ObjectAsync(new ObjectRequest { ProcedureId = id.ToString(), StepId = "notice", Objection = "收入不实", About = "household-1" });
        await village.DecideObjectionAsync(new DecideObjectionRequest { ProcedureId = id.ToString(), Objection = 2, Upheld = true, Reason = "属实" });
        await village.ActAsync(Act(id, "review", Outcome.Approve));
        service.Clock.Advance(TimeSpan.FromDays(8));
        await service.Sweep();
        Assert.Equal(
            [("review", Outcome.Approve, ""), ("notice", Outcome.Return, "household-1"), ("review", Outcome.Approve, ""), ("notice", Outcome.Approve, "time")],
            service.Steps(id).Select(stepped => (stepped.Step.Id, stepped.Outcome, stepped.Act?.About ?? "time")));
    }

    [Fact]
    public async Task A_notice_is_on_until_its_last_day_or_until_the_objection_to_it_is_decided()
    {
        var id = await service.Start("clue-7");
        var village = service.Client(Village, "clues.write");
        Assert.Null(await Notice());
        await village.ActAsync(Act(id, "review", Outcome.Approve));
        var notice = await Notice();
        Assert.Equal(("notice", new DateOnly(2024, 4, 1), new DateOnly(2024, 4, 8)), (notice!.Step.Id, notice.Opened, notice.Until));
        Assert.Equal([notice], await service.AsSystem((procedures, tx) => procedures.Notices(tx, Guid.Empty, 10)));
        Assert.Empty(await service.AsSystem((procedures, tx) => procedures.Notices(tx, id, 10)));

        service.Clock.Advance(TimeSpan.FromDays(7));
        var objected = await village.ObjectAsync(new ObjectRequest { ProcedureId = id.ToString(), StepId = "notice", Objection = "收入不实" });
        service.Clock.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(await Notice());
        await village.DecideObjectionAsync(new DecideObjectionRequest { ProcedureId = id.ToString(), Objection = objected.StandingObjections[0], Reason = "不属实" });
        Assert.Null(await Notice());

        Task<OpenNotice?> Notice() => service.AsSystem((procedures, tx) => procedures.FindNotice(tx, id));
    }

    [Fact]
    public async Task A_noun_asks_for_the_open_step_on_behalf_of_who_may_act_on_it()
    {
        var id = await service.Start("clue-8");
        var database = service.Services.GetRequiredService<Database>();
        Assert.Equal("review", (await OpenStep(Village, "clues.write")).Id);
        Assert.Equal("PROCEDURE_LEVEL", (await Assert.ThrowsAsync<DeniedException>(() => OpenStep(County, "clues.write"))).Code);
        Assert.Equal("PROCEDURE_PERMISSION", (await Assert.ThrowsAsync<DeniedException>(() => OpenStep(Village, "clues.read"))).Code);
        await Assert.ThrowsAsync<NotFoundException>(() => OpenStep("619902", "clues.write"));

        Task<StepDefinition> OpenStep(string division, string permission) => database.Transact(
            new Caller("s", "n", division, new HashSet<string>(StringComparer.Ordinal) { permission }), "test",
            tx => service.Services.GetRequiredService<Platform.Procedures.Procedures>().OpenStep(tx, id), CancellationToken.None);
    }

    [Fact]
    public async Task An_overdue_step_is_told_once_for_each_time_that_it_is_opened()
    {
        var id = await service.Start("clue-7", since: new DateOnly(2024, 3, 20));
        service.Clock.Set(new DateTimeOffset(2024, 4, 4, 15, 59, 0, TimeSpan.Zero));
        Assert.Equal(0, await service.Sweep());
        service.Clock.Set(new DateTimeOffset(2024, 4, 4, 16, 0, 0, TimeSpan.Zero)); // Midnight in Shanghai, after the fifteenth day.
        Assert.Equal(1, await service.Sweep());
        Assert.Equal(0, await service.Sweep());

        var told = Assert.Single(await service.Events("governance.common.v1.ProcedureStepOverdue"));
        Assert.Equal((id.ToString(), Village, "/governance/workflow"),
            (told.GetProperty("subject").GetString(), told.GetProperty("division").GetString(), told.GetProperty("source").GetString()));
        var data = ProcedureStepOverdue.Parser.ParseJson(told.GetProperty("data").GetRawText());
        Assert.Equal(new ProcedureStepOverdue
        {
            ProcedureId = id.ToString(), Definition = "test.case", Subject = "clue-7", Division = Village, StepId = "review", ActorDivision = Village, DueDate = "2024-04-04",
        }, data);

        await service.Client(Village, "clues.write").ActAsync(Act(id, "review", Outcome.Approve));
        service.Clock.Advance(TimeSpan.FromDays(8));
        await service.Sweep();
        await service.Client(County, "clues.write").ActAsync(Act(id, "decision", Outcome.Return, "补充材料"));
        await service.Sweep();
        Assert.Equal(2, (await service.Events("governance.common.v1.ProcedureStepOverdue")).Count);
    }

    [Fact]
    public async Task Where_a_procedure_went_its_task_and_its_acts_are_seen_and_where_it_was_no_more()
    {
        const string To = "619902100001";
        var id = await service.Start("clue-17");
        await service.Client(Village, "clues.write").ActAsync(Act(id, "review", Outcome.Approve, "属实"));
        service.Clock.Advance(TimeSpan.FromDays(3));
        await service.AsSystem(async (procedures, tx) =>
        {
            await procedures.Follow(tx, id, Village, To);
            return true;
        });

        var procedure = await service.Client(To, "clues.write").GetProcedureAsync(new GetProcedureRequest { ProcedureId = id.ToString() });
        Assert.Equal((To, "notice", To, "2024-04-11"), (procedure.Division, Open(procedure).Id, Open(procedure).ActorDivision, Open(procedure).EndDate));
        Assert.Equal("属实", Assert.Single(procedure.Acts).Note);
        Assert.Equal(StatusCode.NotFound, (await Fails(service.Client(County).GetProcedureAsync(new GetProcedureRequest { ProcedureId = id.ToString() }))).StatusCode);

        service.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(1, await service.Sweep());
        Assert.Single((await service.Client("619902", "clues.write").ListTasksAsync(new ListTasksRequest())).Tasks, task => task.ProcedureId == id.ToString());
        procedure = await service.Client("619902", "clues.write").ActAsync(Act(id, "decision", Outcome.Approve));
        Assert.Equal((ProcedureState.Approved, 2), (procedure.State, procedure.Acts.Count));

        // What has ended goes along, too, and ends no second time.
        await service.AsSystem(async (procedures, tx) =>
        {
            await procedures.Follow(tx, id, To, Village);
            return true;
        });
        Assert.Equal(2, (await service.Client(Village).GetProcedureAsync(new GetProcedureRequest { ProcedureId = id.ToString() })).Acts.Count);

        var told = Assert.Single(await service.Events("governance.common.v1.ProcedureMoved"));
        Assert.Equal((id.ToString(), To), (told.GetProperty("subject").GetString(), told.GetProperty("division").GetString()));
        Assert.Equal(new ProcedureMoved
        {
            ProcedureId = id.ToString(), Definition = "test.case", Subject = "clue-17", FromDivision = Village, Division = To, StepId = "notice", ActorDivision = To,
        }, ProcedureMoved.Parser.ParseJson(told.GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task A_sweep_that_comes_after_the_end_changes_nothing()
    {
        var id = await service.Start("clue-16", since: new DateOnly(2024, 1, 1));
        await service.Client(Village, "clues.write").ActAsync(Act(id, "review", Outcome.Approve));
        service.Clock.Advance(TimeSpan.FromDays(8));
        await service.Sweep();
        await service.Sweep();
        await service.Client(County, "clues.write").ActAsync(Act(id, "decision", Outcome.Approve));
        var before = (await service.Database.Query<long>("select sum(version)::bigint from procedures")).Single();

        await service.AsSystem(async (procedures, tx) =>
        {
            await procedures.Sweep(tx, id);
            return true;
        });
        Assert.Equal(before, (await service.Database.Query<long>("select sum(version)::bigint from procedures")).Single());
    }

    [Fact]
    public async Task One_procedure_that_cannot_be_swept_holds_up_no_other()
    {
        var (broken, whole) = (await service.Start("clue-8"), await service.Start("clue-9"));
        await service.Database.Execute($"update procedures set current = 99 where id = '{broken}'");
        service.Clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal(2, await service.Sweep());
        Assert.Equal(whole.ToString(), Assert.Single(await service.Events()).GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Tasks_are_those_that_wait_for_the_caller_soonest_due_first_page_by_page()
    {
        for (var i = 0; i < 5; i++)
            await service.Start($"clue-10-{i}", since: new DateOnly(2024, 4, 1).AddDays(-i));
        await service.Start("clue-10-elsewhere", "619901001002");
        await service.Start("clue-10-plan", definition: "test.follow_up");
        var village = service.Client(Village, "clues.write");

        var seen = new List<ProcedureTask>();
        var request = new ListTasksRequest { PageSize = 2 };
        do
        {
            var page = await village.ListTasksAsync(request);
            Assert.InRange(page.Tasks.Count, 1, 2);
            seen.AddRange(page.Tasks);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(["clue-10-4", "clue-10-3", "clue-10-2", "clue-10-1", "clue-10-0"], seen.Select(task => task.Subject));
        Assert.Equal(("评议", "2024-04-12", "minutes", false), (seen[0].Step.Title, seen[0].Step.DueDate, seen[0].Step.Attachments.Single(), seen[0].Step.Overdue));

        Assert.Empty((await service.Client(County, "clues.write").ListTasksAsync(new ListTasksRequest())).Tasks);
        service.Clock.Set(new DateTimeOffset(2024, 4, 13, 17, 0, 0, TimeSpan.Zero));
        var overdue = await village.ListTasksAsync(new ListTasksRequest { Overdue = true });
        Assert.Equal(["clue-10-4", "clue-10-3"], overdue.Tasks.Select(task => task.Subject));
        Assert.Equal("NOT_A_TOKEN", Reason(await Fails(village.ListTasksAsync(new ListTasksRequest { PageToken = "bm9uc2Vuc2U" }))));
    }

    [Fact]
    public async Task A_running_procedure_keeps_the_definition_that_it_began_with()
    {
        var old = await service.Start("clue-11");
        await service.StopService();
        service.WritePolicies(noticeDays: 3);
        await service.StartService();
        try
        {
            var @new = await service.Start("clue-12");
            var village = service.Client(Village, "clues.write");
            Assert.Equal("2024-04-08", Open(await village.ActAsync(Act(old, "review", Outcome.Approve))).EndDate);
            Assert.Equal("2024-04-04", Open(await village.ActAsync(Act(@new, "review", Outcome.Approve))).EndDate);
            Assert.NotEqual((await Get(old)).Citation.Version, (await Get(@new)).Citation.Version);
        }
        finally
        {
            await service.StopService();
            service.WritePolicies(noticeDays: 7);
            await service.StartService();
        }
    }

    [Fact]
    public async Task Titles_and_errors_speak_the_callers_language()
    {
        var id = await service.Start("clue-13");
        var village = service.Client(Village, "clues.write");
        var english = new Metadata { { "accept-language", "en" } };
        Assert.Equal(("Case", "Review"), await Titles(english));
        Assert.Equal(("事项", "评议"), await Titles([]));
        var failure = await Fails(village.ActAsync(Act(id, "decision", Outcome.Approve), english));
        Assert.Equal("Step \"decision\" is not open. The open step is \"review\".", failure.Status.Detail);

        async Task<(string, string)> Titles(Metadata headers)
        {
            var procedure = await village.GetProcedureAsync(new GetProcedureRequest { ProcedureId = id.ToString() }, headers);
            return (procedure.Title, procedure.Steps[0].Title);
        }
    }

    [Fact]
    public async Task A_malformed_act_is_told_every_field_that_is_wrong()
    {
        var act = new ActRequest
        {
            ProcedureId = "7", StepId = "review", Outcome = (Outcome)9, Note = new string('长', 2001), Attachments = { new Attachment { Kind = "minutes", Sha256 = "A" } },
        };
        var failure = await Fails(service.Client(Village, "clues.write").ActAsync(act));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        foreach (var field in (string[])["procedure_id", "outcome", "note", "attachments[0].name", "attachments[0].uri", "attachments[0].sha256"])
            Assert.Contains(field, failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_sees_a_procedure_outside_of_their_division()
    {
        var id = await service.Start("clue-14");
        var get = new GetProcedureRequest { ProcedureId = id.ToString() };
        Assert.Equal(id.ToString(), (await service.Client(City).GetProcedureAsync(get)).Id);
        Assert.Equal("NOT_FOUND", Reason(await Fails(service.Client("619902").GetProcedureAsync(get))));
        Assert.Equal("NOT_FOUND", Reason(await Fails(service.Client("619901001002").GetProcedureAsync(get))));
    }

    [Fact]
    public async Task An_act_is_never_changed_not_even_by_the_services_own_role()
    {
        var id = await service.Start("clue-15");
        await service.Client(Village, "clues.write").ActAsync(Act(id, "review", Outcome.Approve));
        await using var source = Npgsql.NpgsqlDataSource.Create(service.Database.Connections.Database);
        await using var connection = await source.OpenConnectionAsync();
        foreach (var sql in (string[])["update procedure_acts set number = 2", "delete from procedure_acts"])
        {
            await using var command = new Npgsql.NpgsqlCommand($"select enter_scope('', false); {sql}", connection);
            var failure = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Contains("final", failure.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_service_whose_policies_are_wrong_does_not_start_and_leaves_the_database_alone()
    {
        await using var database = await Support.TestDatabase.Create("workflow");
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Database"] = database.Connections.Database,
            ["ConnectionStrings:Migrations"] = database.Connections.Migrations,
            ["Keycloak:realm"] = "governance",
            ["Keycloak:auth-server-url"] = "http://127.0.0.1:9",
            ["Keycloak:resource"] = "governance-api",
            ["PersonalData:EncryptionKey"] = Convert.ToBase64String(new byte[32]),
            ["PersonalData:HashKey"] = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()),
        };
        var failure = await Assert.ThrowsAsync<PolicyException>(() => Service.Start(
            "workflow", configuration => configuration.AddInMemoryCollection(settings),
            builder => builder.Procedure("test.unheard_of", (_, _) => Task.CompletedTask), typeof(ProcedureDeskTests).Assembly));
        Assert.Contains("default.yaml: procedure \"test.unheard_of\" is missing", failure.Faults);
        Assert.Empty(await database.Query<string>("select tablename::text from pg_tables where schemaname = 'public'"));
    }

    Task<Procedure> Get(Guid id) => service.Client(Village).GetProcedureAsync(new GetProcedureRequest { ProcedureId = id.ToString() }).ResponseAsync;

    static ActRequest Act(Guid id, string step, Outcome outcome, string note = "") =>
        new() { ProcedureId = id.ToString(), StepId = step, Outcome = outcome, Note = note, Attachments = { _minutes } };

    static Step Open(Procedure procedure) => procedure.Steps.Single(step => step.State == StepState.Open);

    static async Task<string> Succeeds<T>(AsyncUnaryCall<T> call)
    {
        await call;
        return "";
    }

    static Task<RpcException> Fails<T>(AsyncUnaryCall<T> call) => Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

    static string Reason(RpcException failure) =>
        Google.Rpc.Status.Parser.ParseFrom(failure.Trailers.GetValueBytes("grpc-status-details-bin")).Details
            .First(detail => detail.Is(Google.Rpc.ErrorInfo.Descriptor)).Unpack<Google.Rpc.ErrorInfo>().Reason;
}
