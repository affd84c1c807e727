using System.Collections.Concurrent;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Procedures;
using Governance.Platform.Rpc;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Contract = Governance.Organizations.V1.Procedures;

namespace Governance.Platform.Tests.Procedures;

/// <summary>
/// A service with two procedures of its own: when the first is approved, the second starts about the same subject. Tests sweep by
/// hand, so that nothing happens behind their backs.
/// </summary>
public sealed class ProcedureFixture() : SweptProcedureFixture(service => service.Services.Remove(service.Services.Last(added => added.ServiceType == typeof(IHostedService))));

/// <summary>The same service, swept by its worker.</summary>
public class SweptProcedureFixture : ServiceFixture
{
    public SweptProcedureFixture() : this(_ => { })
    {
    }

    protected SweptProcedureFixture(Action<ServiceBuilder> change) : base("workflow", service =>
    {
        service.Services.AddSingleton<ConcurrentQueue<ProcedureStepped>>();
        Configure(service);
        change(service);
    })
    {
    }

    public const string Village = "619901001001";
    public const string County = "619901";
    public const string City = "6199";

    readonly string _policies = Directory.CreateTempSubdirectory("policies").FullName;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Policies:Path", _policies)];

    public override async ValueTask InitializeAsync()
    {
        WritePolicies(noticeDays: 7);
        await base.InitializeAsync();
    }

    public void WritePolicies(int noticeDays) => File.WriteAllText(Path.Combine(_policies, "default.yaml"),
        $$"""
        values:
          - { id: test.notice.days, value: {{noticeDays}}, unit: d, source: clause 3 }
        procedures:
          - id: test.case
            source: clause 1
            title: { zh: 事项, en: Case }
            steps:
              - { id: review, kind: review, level: village, permission: clues.write, title: { zh: 评议, en: Review }, within: 15d, attachments: [minutes] }
              - { id: notice, kind: notice, level: village, permission: clues.write, title: { zh: 公示, en: Notice }, for: test.notice.days, onObjection: review }
              - { id: decision, kind: review, level: county, permission: clues.write, title: { zh: 审批, en: Decision }, within: 30d, onReturn: review }
          - id: test.follow_up
            source: clause 2
            title: { zh: 后续, en: Follow-up }
            steps:
              - { id: plan, kind: task, level: village, permission: plans.write, title: { zh: 计划, en: Plan }, within: 10d }
        """);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_policies, recursive: true);
    }

    /// <summary>Starts a procedure as the service does on its own account.</summary>
    public Task<Guid> Start(string subject, string division = Village, string definition = "test.case", DateOnly? since = null) =>
        AsSystem((procedures, tx) => procedures.Start(tx, definition, subject, division, since));

    public Task<T> AsSystem<T>(Func<Platform.Procedures.Procedures, Transaction, Task<T>> work) =>
        Services.GetRequiredService<Database>().TransactAsSystem("test", tx => work(Services.GetRequiredService<Platform.Procedures.Procedures>(), tx), CancellationToken.None);

    public Contract.ProceduresClient Client(string? division, params string[] permissions) =>
        new(As(division, ["procedures.read", "procedures.act", "procedures.object", .. permissions]));

    public Task<int> Sweep() => Services.GetRequiredService<ProcedureSweeper>().Sweep(CancellationToken.None);

    /// <summary>Every step of which the noun was told.</summary>
    public IEnumerable<ProcedureStepped> Steps(Guid procedure) =>
        Services.GetRequiredService<ConcurrentQueue<ProcedureStepped>>().Where(stepped => stepped.Id == procedure);

    static void Configure(ServiceBuilder service) => service
        .Serve<ProceduresService>()
        .Procedure("test.case", Completed, Stepped)
        .Procedure("test.follow_up", (_, _) => Task.CompletedTask);

    static async Task Completed(IServiceProvider services, Transaction tx, ProcedureCompleted completed)
    {
        if (completed.Subject.StartsWith("fails", StringComparison.Ordinal))
            throw new InvalidOperationException("The noun cannot take this.");
        if (completed.Outcome == Outcome.Approve)
            await services.GetRequiredService<Platform.Procedures.Procedures>().Start(tx, "test.follow_up", completed.Subject, completed.Division);
    }

    static Task Stepped(IServiceProvider services, Transaction tx, ProcedureStepped stepped)
    {
        if (stepped.Act?.Note == "不予受理")
            throw new InvalidException("note", "REFUSED", "不予受理。", "The noun refuses this.");
        services.GetRequiredService<ConcurrentQueue<ProcedureStepped>>().Enqueue(stepped);
        return Task.CompletedTask;
    }

    sealed class ProceduresService(ProcedureDesk desk) : Contract.ProceduresBase
    {
        public override Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context) => desk.ListTasks(request, context);

        public override Task<Procedure> GetProcedure(GetProcedureRequest request, ServerCallContext context) => desk.Get(request, context);

        public override Task<Procedure> Act(ActRequest request, ServerCallContext context) => desk.Act(request, context);

        public override Task<Procedure> Object(ObjectRequest request, ServerCallContext context) => desk.Object(request, context);

        public override Task<Procedure> DecideObjection(DecideObjectionRequest request, ServerCallContext context) => desk.DecideObjection(request, context);
    }
}
