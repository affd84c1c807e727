using System.Text;
using System.Text.Json;
using Google.Api;
using Google.Protobuf;
using Google.Rpc;
using Governance.Common.V1;
using Governance.Contracts;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;

namespace Governance.Monitoring.Tests;

/// <summary>The monitoring service with a database of its own. It is 1 April 2024: the first quarter has just ended.</summary>
public sealed class MonitoringFixture() : ServiceFixture("monitoring", Program.Configure)
{
    public const string County = "619901";
    public const string Neighbour = "619902";
    public const string Village = "619901001001";

    // Every rpc's, and those that only steps of procedures ask for.
    static readonly string[] _officer =
    [
        .. Contract.Methods.Where(method => Contract.Owner(method.File) == "monitoring").Select(Contract.Permission).Distinct(StringComparer.Ordinal),
        "clearances.check", "exits.file",
        "education-aids.write", "education-aids.approve",
    ];

    int _people = 500_000;

    /// <summary>The directories come as events of organizations, as they do in production.</summary>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var (code, name) in await Sample("divisions.csv", 0, 1))
            await Told("DivisionChanged", code, code, new { code, name, version = 1 });
        foreach (var (id, division) in await Sample("settlements.csv", 0, 2))
            await Told("SettlementChanged", id, division, new { id, division, version = 1 });

        async Task Told(string type, string subject, string division, object data) => Xunit.Assert.Equal(200,
            await Deliver("organizations", JsonSerializer.Serialize(new
        {
            specversion = "1.0", id = NewId(), type = $"governance.organizations.v1.{type}", source = "/governance/organizations", subject, division, sequence = "1", data,
        })));
    }

    /// <summary>Two columns of a sample file of organizations.</summary>
    static async Task<IEnumerable<(string, string)>> Sample(string file, int first, int second) =>
        (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "services", "organizations", "samples",
            file))).Skip(1).Select(line => line.Split(',')).Select(cells => (cells[first], cells[second]));

    /// <summary>An officer of a division with every permission of monitoring.</summary>
    public CallInvoker Officer(string division = County) => As(division, _officer);

    public V1.Households.HouseholdsClient Households(string division = County) => new(Officer(division));

    public V1.Incomes.IncomesClient Incomes(string division = County) => new(Officer(division));

    public V1.Clues.CluesClient Clues(string division = County) => new(Officer(division));

    public V1.Screening.ScreeningClient Screening(string division = County) => new(Officer(division));

    public V1.Aids.AidsClient Aids(string division = County) => new(Officer(division));

    public V1.Sweeps.SweepsClient Sweeps(string division = County) => new(Officer(division));

    public V1.Plans.PlansClient Plans(string division = County) => new(Officer(division));

    public V1.Clearances.ClearancesClient Clearances(string division = County) => new(Officer(division));

    public V1.Exits.ExitsClient Exits(string division = Village) => new(Officer(division));

    public V1.EducationAids.EducationAidsClient EducationAids(string division = County) => new(Officer(division));

    public V1.Procedures.ProceduresClient Procedures(string division) => new(Officer(division));

    public static string NewId() => Guid.CreateVersion7().ToString();

    /// <summary>An identity number that nobody else has.</summary>
    public string NewPerson(int year = 1980, bool male = true) => SampleCounty.Identity(Interlocked.Increment(ref _people), year, male);

    public V1.Member NewMember(Relation relation = Relation.Householder, int year = 1980) => new()
    {
        Name = "赵例一",
        IdentityNumber = NewPerson(year),
        Relation = relation,
        LabourAbility = LabourAbility.Full,
        Insurance = Insurance.Resident,
        Employed = true,
    };

    /// <summary>A household in which nothing is wrong.</summary>
    public static V1.Plan NewPlan(string household) => new()
    {
        HouseholdId = household, ResponsiblePerson = "王例一(镇干部)", Goal = "年内稳定增收",
        Measures =
        {
            new V1.Measure { Kind = MeasureKind.Employment, Description = "推荐就业", ResponsiblePerson = "王例一", StartDate = "2024-04-01",
                Details = { ["employer"] = "示例服装厂", ["post"] = "缝纫工" } },
        },
    };

    public V1.Household NewHousehold(params IReadOnlyList<V1.Member> members) => new()
    {
        Number = $"T-{Interlocked.Increment(ref _people)}",
        Division = Village,
        SettlementId = SampleCounty.Settlements[0].Id,
        Category = HouseholdCategory.OutOfPoverty,
        DwellingGrade = DwellingGrade.A,
        WaterSafety = WaterSafety.Safe,
        Members = { members.Count > 0 ? members : [NewMember()] },
    };

    public async Task<V1.Household> Register(V1.Household? household = null) =>
        await Households("61").RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = NewId(),
            Household = household ?? NewHousehold() });

    /// <summary>Records the four quarters that ended last, with this much net income a head in each.</summary>
    public async Task RecordYear(string household, long perQuarterFen)
    {
        for (var quarter = 0; quarter < 4; quarter++)
        {
            await Incomes().RecordIncomeAsync(new RecordIncomeRequest
            {
                HouseholdId = household,
                Income = new V1.Income { Year = quarter < 3 ? 2023 : 2024, Quarter = quarter < 3 ? quarter + 2 : 1,
                    WageFen = perQuarterFen },
            });
        }
    }

    public async Task<V1.Clue> Report(string household, string foundDate = "") => await Clues().ReportClueAsync(new ReportClueRequest
    {
        ClueId = NewId(),
        Clue = new V1.Clue { HouseholdId = household, Source = ClueSource.Sweep, Description = $"第 {Interlocked.Increment(ref _people)} 次入户排查发现收入骤减", FoundDate = foundDate },
    });

    /// <summary>A household that is monitored: its clue was verified and every level approved.</summary>
    public async Task<V1.Household> Monitored(V1.Household? household = null)
    {
        var registered = await Register(household);
        var clue = await Report(registered.Id);
        clue = await Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.Unstable });
        await ActToTheEnd(clue.ProcedureId, Outcome.Approve);
        return await Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = registered.Id });
    }

    /// <summary>Acts as whoever the open step waits for, until the procedure ends.</summary>
    public async Task<Procedure> ActToTheEnd(string procedure, Outcome last)
    {
        while (true)
        {
            var now = await Procedures("61").GetProcedureAsync(new GetProcedureRequest { ProcedureId = procedure });
            if (now.State != ProcedureState.Running)
                return now;
            var step = now.Steps.Single(step => step.State == StepState.Open);
            var isLast = now.Steps[^1].Id == step.Id;
            await Procedures(step.ActorDivision).ActAsync(new ActRequest
            {
                ProcedureId = procedure,
                StepId = step.Id,
                Outcome = isLast ? last : Outcome.Approve,
                Note = "同意",
                Attachments = { step.Attachments.Select(kind => new Attachment { Kind = kind, Name = $"{kind}.pdf",
                    Uri = $"urn:test:{kind}" }) },
            });
        }
    }

    public Task<ImportReport> ImportHouseholds(string csv, string division = "61", bool dryRun = false, string? id = null) =>
        ImportHouseholds(Encoding.UTF8.GetBytes(csv), division, dryRun, id);

    public async Task<ImportReport> ImportHouseholds(byte[] file, string division = "61", bool dryRun = false, string? id = null)
    {
        using var call = Households(division).ImportHouseholds();
        foreach (var (chunk, index) in file.Chunk(10_000).Select((chunk, index) => (chunk, index)))
        {
            await call.RequestStream.WriteAsync(new ImportHouseholdsRequest
            {
                ImportId = index == 0 ? id ?? NewId() : "",
                DryRun = dryRun,
                File = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFrom(chunk) },
            });
        }
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    public async Task<ImportReport> ImportIncomes(string csv, string division = "61")
    {
        using var call = Incomes(division).ImportIncomes();
        await call.RequestStream.WriteAsync(new ImportIncomesRequest { ImportId = NewId(),
            File = new HttpBody { Data = ByteString.CopyFromUtf8(csv) } });
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    /// <summary>A whole streamed file as text.</summary>
    public static async Task<string> Download(AsyncServerStreamingCall<HttpBody> call) => Encoding.UTF8.GetString(await DownloadFile(call)).TrimStart('\uFEFF');

    /// <summary>A whole streamed file as it is.</summary>
    public static async Task<byte[]> DownloadFile(AsyncServerStreamingCall<HttpBody> call)
    {
        using var file = new MemoryStream();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
            part.Data.WriteTo(file);
        return file.ToArray();
    }

    /// <summary>The status of a call that fails, and the reason that its details give.</summary>
    public static async Task<(StatusCode Status, string Reason)> Refused<T>(AsyncUnaryCall<T> call) => Refused(await Xunit.Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync));

    /// <summary>The fields that a refused call names as wrong.</summary>
    public static async Task<IEnumerable<string>> WrongFields<T>(AsyncUnaryCall<T> call)
    {
        var exception = await Xunit.Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Xunit.Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        return Google.Rpc.Status.Parser.ParseFrom(exception.Trailers.GetValueBytes("grpc-status-details-bin")).Details
            .First(detail => detail.Is(BadRequest.Descriptor)).Unpack<BadRequest>().FieldViolations.Select(violation => violation.Field);
    }

    public static (StatusCode Status, string Reason) Refused(RpcException exception)
    {
        var details = exception.Trailers.GetValueBytes("grpc-status-details-bin") is { } bytes ? Google.Rpc.Status.Parser.ParseFrom(bytes) : new Google.Rpc.Status();
        return (exception.StatusCode, details.Details.FirstOrDefault(detail => detail.Is(ErrorInfo.Descriptor))?.Unpack<ErrorInfo>().Reason ?? "");
    }
}
