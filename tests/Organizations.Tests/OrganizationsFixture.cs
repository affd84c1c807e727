using Google.Api;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Governance.Common.V1;
using Governance.Contracts;
using Governance.Organizations.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;

namespace Governance.Organizations.Tests;

/// <summary>The service with the sample county's divisions, and short ways to make what a test needs.</summary>
public sealed class OrganizationsFixture() : ServiceFixture("organizations", Program.Configure)
{
    public const string Province = "61";
    public const string County = "619901";
    public const string Neighbour = "619902";
    public const string Township = "619901001";
    public const string Village = "619901001001";

    static readonly string[] _permissions =
    [
        .. Contract.Methods.Where(method => Contract.Owner(method.File) == "organizations")
            .Select(Contract.Permission).Distinct(StringComparer.Ordinal),
    ];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Import(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "samples", "divisions.csv")));
    }

    /// <summary>Somebody of <paramref name="division"/> who may do everything there.</summary>
    public CallInvoker Officer(string division = County) => As(division, _permissions);

    /// <summary>Everything but <paramref name="permission"/>.</summary>
    public CallInvoker OfficerWithout(string permission) => As(County, [.. _permissions.Where(other => other != permission)]);

    public V1.Divisions.DivisionsClient Divisions(string division = County) => new(Officer(division));

    public Settlements.SettlementsClient Settlements(string division = County) => new(Officer(division));

    public People.PeopleClient People(string division = County) => new(Officer(division));

    public Grids.GridsClient Grids(string division = County) => new(Officer(division));

    public V1.Organizations.OrganizationsClient Organizations(string division = County) => new(Officer(division));

    public Foundings.FoundingsClient Foundings(string division = County) => new(Officer(division));

    public Procedures.ProceduresClient Procedures(string division = County) => new(Officer(division));

    /// <summary>Imports a list of divisions in pieces, as the gateway would send it.</summary>
    public async Task<ImportReport> Import(string csv, string? id = null, bool dryRun = false, string division = Province)
    {
        using var call = Divisions(division).ImportDivisions();
        var bytes = ByteString.CopyFromUtf8(csv);
        for (var at = 0; at == 0 || at < bytes.Length; at += 100)
        {
            await call.RequestStream.WriteAsync(new ImportDivisionsRequest
            {
                ImportId = at == 0 ? id ?? NewId() : "",
                DryRun = dryRun,
                File = new HttpBody
                {
                    ContentType = "text/csv", Data = ByteString.CopyFrom(bytes.Span[at..Math.Min(at + 100, bytes.Length)]),
                },
            });
        }
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    public async Task<V1.Settlement> Settlement(int population = 1200, string division = Village, Action<V1.Settlement>? with = null)
    {
        var settlement = new V1.Settlement
        {
            Name = $"示例安置点{NewId()}", Division = division, Population = population, Households = population / 4,
        };
        with?.Invoke(settlement);
        return await Settlements(division[..6]).RegisterSettlementAsync(new() { SettlementId = NewId(), Settlement = settlement });
    }

    public async Task<V1.Person> Person(string name = "示例甲", string division = Village) =>
        await People(division[..6]).RegisterPersonAsync(new() { PersonId = NewId(), Person = new() { Name = name, Division = division } });

    public async Task<V1.Grid> Grid(string settlement, string name = "第一网格", string division = County) =>
        await Grids(division).RegisterGridAsync(new()
        {
            GridId = NewId(),
            Grid = new() { SettlementId = settlement, Name = name, WorkerId = (await Person()).Id },
        });

    public async Task<V1.Organization> Organization(string settlement, OrganizationKind kind, params (string Person, Post Post)[] members)
    {
        var organization = new V1.Organization
        {
            SettlementId = settlement,
            Kind = kind,
            Name = $"示例{kind}",
            FoundingDate = "2024-01-10",
            TermStartDate = "2024-01-10",
            TermEndDate = "2029-01-09",
            Members = { members.Select(member => new OrganizationMember { PersonId = member.Person, Post = member.Post }) },
        };
        return await Organizations().RegisterOrganizationAsync(new() { OrganizationId = NewId(), Organization = organization });
    }

    public static string NewId() => Guid.CreateVersion7().ToString();

    public static FieldMask Mask(params string[] paths) => new() { Paths = { paths } };
}

/// <summary>What a refused call says.</summary>
static class Refused
{
    public static async Task<RpcException> With(StatusCode code, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(code == refused.StatusCode, $"{refused.StatusCode} instead of {code}: {refused.Status.Detail}");
        return refused;
    }

    public static Task<RpcException> With<T>(StatusCode code, Func<AsyncUnaryCall<T>> call) => With(code, () => call().ResponseAsync);

    /// <summary>The call breaks the rule with this code.</summary>
    public static async Task By(string rule, Func<Task> call, StatusCode code = StatusCode.FailedPrecondition) =>
        Assert.Equal(rule, Reason(await With(code, call)));

    public static Task By<T>(string rule, Func<AsyncUnaryCall<T>> call, StatusCode code = StatusCode.FailedPrecondition) =>
        By(rule, () => call().ResponseAsync, code);

    /// <summary>The request is malformed in exactly these fields.</summary>
    public static async Task ForFields(Func<Task> call, params string[] fields)
    {
        var refused = await With(StatusCode.InvalidArgument, call);
        var violations = Details(refused).Single(detail => detail.Is(BadRequest.Descriptor)).Unpack<BadRequest>().FieldViolations;
        Assert.Equal(fields.Order(StringComparer.Ordinal), violations.Select(violation => violation.Field).Order(StringComparer.Ordinal));
    }

    public static Task ForFields<T>(Func<AsyncUnaryCall<T>> call, params string[] fields) =>
        ForFields(() => call().ResponseAsync, fields);

    /// <summary>The id is taken by something that differs in this field.</summary>
    public static async Task AsTaken(string field, Func<Task> call) =>
        Assert.Equal(field, Info(await With(StatusCode.AlreadyExists, call)).Metadata["field"]);

    public static Task AsTaken<T>(string field, Func<AsyncUnaryCall<T>> call) => AsTaken(field, () => call().ResponseAsync);

    public static string Reason(RpcException refused) => Info(refused).Reason;

    static ErrorInfo Info(RpcException refused) => Details(refused).Single(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>();

    static IEnumerable<Any> Details(RpcException refused) =>
        Google.Rpc.Status.Parser.ParseFrom(refused.Trailers.GetValueBytes("grpc-status-details-bin") ?? []).Details;
}
