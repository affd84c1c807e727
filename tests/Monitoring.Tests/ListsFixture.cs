using System.Text;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;

namespace Governance.Monitoring.Tests;

/// <summary>What tests of department lists do again and again.</summary>
static class ListsFixture
{
    public const string Header = "身份证号码,姓名,资产标识,发生日期,金额,说明";
    public const string Checker = "village.checker";
    public const string OtherVillage = "619901001002";
    public const string NeighbourVillage = "619902100001";

    public static readonly string[] Permissions = ["lists.assign", "lists.read", "lists.write", "verifications.check", "verifications.review", "procedures.read", "procedures.act"];

    public static V1.Lists.ListsClient Lists(this MonitoringFixture monitoring, string division = MonitoringFixture.County) =>
        new(monitoring.As(division, Permissions));

    /// <summary>The verifications as a user sees them.</summary>
    public static V1.Verifications.VerificationsClient Verifications(this MonitoringFixture monitoring, string user = Checker,
        string division = MonitoringFixture.Village) =>
        new(monitoring.AsNamed(user, division, Permissions));

    public static async Task<V1.DepartmentList> RegisterList(this MonitoringFixture monitoring, ListKind kind = ListKind.Vehicle, string division = MonitoringFixture.County) =>
        await monitoring.Lists(division).RegisterListAsync(new RegisterListRequest
        {
            DepartmentListId = MonitoringFixture.NewId(),
            List = new V1.DepartmentList { Kind = kind, Department = "示例车辆管理所", ReferenceDate = "2024-03-31" },
        });

    public static Task<ImportReport> Upload(this MonitoringFixture monitoring, string list, params IEnumerable<string> rows) =>
        monitoring.Upload(list, Encoding.UTF8.GetBytes(SampleCounty.Csv(Header, rows)));

    public static async Task<ImportReport> Upload(this MonitoringFixture monitoring, string list, byte[] file, string division = MonitoringFixture.County,
        bool dryRun = false, string? id = null)
    {
        using var call = monitoring.Lists(division).ImportList();
        foreach (var (chunk, index) in file.Chunk(1_000).Select((chunk, index) => (chunk, index)))
        {
            await call.RequestStream.WriteAsync(new ImportListRequest
            {
                DepartmentListId = index == 0 ? list : "",
                ImportId = index == 0 ? id ?? MonitoringFixture.NewId() : "",
                DryRun = dryRun,
                File = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFrom(chunk) },
            });
        }
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    public static async Task<V1.Reviewer> Assign(this MonitoringFixture monitoring, string list, string user = Checker, string division = MonitoringFixture.Village) =>
        await monitoring.Lists().AssignReviewerAsync(new AssignReviewerRequest
        {
            ReviewerId = MonitoringFixture.NewId(),
            Reviewer = new V1.Reviewer { DepartmentListId = list, Division = division, Subject = TestIdentity.SubjectOf(user) },
        });

    /// <summary>The verifications of a list that a user is assigned to.</summary>
    public static async Task<IReadOnlyList<V1.Verification>> Assigned(this MonitoringFixture monitoring, string list, string user = Checker,
        string division = MonitoringFixture.Village) =>
        (await monitoring.Verifications(user, division).ListVerificationsAsync(new ListVerificationsRequest { DepartmentListId = list, PageSize = 1000 })).Verifications;

    /// <summary>A list with a vehicle of each of so many people of the village, and somebody assigned to it.</summary>
    public static async Task<(string List, IReadOnlyList<V1.Verification> Verifications)> Matched(this MonitoringFixture monitoring, int people = 1, string date = "2014-05-01")
    {
        var list = await monitoring.RegisterList();
        var rows = new List<string>();
        for (var person = 0; person < people; person++)
        {
            var member = monitoring.NewMember();
            await monitoring.Register(monitoring.NewHousehold(member));
            rows.Add($"{member.IdentityNumber},{member.Name},示A{person:00000},{date},80000,小型轿车");
        }
        await monitoring.Upload(list.Id, rows);
        await monitoring.Assign(list.Id);
        return (list.Id, await monitoring.Assigned(list.Id));
    }

    public static Task<V1.Verification> Check(this MonitoringFixture monitoring, string verification, V1.Finding finding) =>
        monitoring.Verifications().CheckVerificationAsync(new CheckVerificationRequest { VerificationId = verification, Finding = finding }).ResponseAsync;

    public static AsyncUnaryCall<V1.Submission> Submit(this MonitoringFixture monitoring, string list, string? id = null) =>
        monitoring.Verifications().SubmitVerificationsAsync(new SubmitVerificationsRequest
        {
            SubmissionId = id ?? MonitoringFixture.NewId(),
            Submission = new V1.Submission { DepartmentListId = list, Division = MonitoringFixture.Village },
        });

    /// <summary>Acts as whoever the open step waits for until the procedure has ended.</summary>
    public static async Task Decide(this MonitoringFixture monitoring, string procedure, Outcome outcome, int steps = 3)
    {
        for (var step = 1; step <= steps; step++)
        {
            var open = (await Procedures("61").GetProcedureAsync(new GetProcedureRequest { ProcedureId = procedure })).Steps.Single(step => step.State == StepState.Open);
            await Procedures(open.ActorDivision).ActAsync(new ActRequest
            {
                ProcedureId = procedure, StepId = open.Id, Outcome = step == steps ? outcome : Outcome.Approve, Note = "评议意见",
                Attachments = { open.Attachments.Select(kind => new Attachment { Kind = kind, Name = "评议会记录.pdf", Uri = "urn:test:minutes" }) },
            });
        }

        V1.Procedures.ProceduresClient Procedures(string division) => new(monitoring.As(division, Permissions));
    }
}
