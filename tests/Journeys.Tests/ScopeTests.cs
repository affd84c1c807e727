using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Contracts;
using Governance.Monitoring.V1;
using Governance.Organizations.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;

namespace Governance.Journeys.Tests;

public sealed class OrganizationsFixture() : ServiceFixture("organizations", Organizations.Program.Configure);

public sealed class MonitoringFixture() : ServiceFixture("monitoring", Monitoring.Program.Configure);

/// <summary>
/// A county's officer with every permission there is tries every rpc there is on the neighbour county's things, and learns nothing and
/// changes nothing. A new rpc is tried as soon as it is in a contract.
/// </summary>
public sealed class ScopeTests(OrganizationsFixture organizations, MonitoringFixture monitoring)
    : IClassFixture<OrganizationsFixture>, IClassFixture<MonitoringFixture>
{
    const string Own = "619901";
    const string Neighbour = "619902";

    // The list of divisions is public knowledge, and a notice board is there to be read.
    static readonly string[] _unscoped = ["GetDivision", "ListDivisions", "ListNotices", "GetNotice", "ShowBoard"];

    static readonly string[] _everything = [.. Contract.Methods.Select(Contract.Permission).Distinct(StringComparer.Ordinal)];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_officer_sees_and_changes_nothing_of_another_county_by_any_rpc()
    {
        var settlement = await SeedOrganizations();
        await SeedMonitoring();
        foreach (var (service, name) in ((ServiceFixture, string)[])[(organizations, "organizations"), (monitoring, "monitoring")])
        {
            var known = await Known(service, settlement);
            var secrets = known.Where(pair => pair.Key.EndsWith("_id", StringComparison.Ordinal)).Select(pair => pair.Value).Append(Neighbour).ToArray();
            var before = await Fingerprint(service);
            var officer = service.As(Own, _everything);
            var tried = 0;
            foreach (var rpc in Contract.Methods.Where(method => Contract.Owner(method.File) == name && !_unscoped.Contains(method.Name, StringComparer.Ordinal)))
            {
                tried++;
                var (answer, status) = await Probe.Call(officer, rpc, known);
                Assert.True(status is not (StatusCode.Internal or StatusCode.Unknown or StatusCode.Unauthenticated), $"{rpc.FullName}: {status} {answer}");
                if (status == StatusCode.OK)
                    Assert.All(secrets, secret => Assert.False(answer.Contains(secret, StringComparison.Ordinal), $"{rpc.FullName} shows {secret}: {answer}"));
                Assert.DoesNotContain("邻县", answer, StringComparison.Ordinal);
            }
            Assert.True(tried > 20, $"Only {tried} rpcs of {name} were tried.");
            Assert.Equal(before, await Fingerprint(service));
        }
    }

    [Fact]
    public async Task An_officer_without_a_division_sees_nothing_at_all()
    {
        await SeedOrganizations();
        var list = await new Settlements.SettlementsClient(organizations.As(null, _everything)).ListSettlementsAsync(new ListSettlementsRequest(), cancellationToken: Cancellation);
        Assert.Empty(list.Settlements);
        Assert.Equal(0, list.TotalSize);
    }

    async Task<string> SeedOrganizations()
    {
        var province = organizations.As("61", _everything);
        using (var import = new Organizations.V1.Divisions.DivisionsClient(province).ImportDivisions(cancellationToken: Cancellation))
        {
            await import.RequestStream.WriteAsync(new ImportDivisionsRequest { ImportId = NewId(), File = await Sample("organizations/samples/divisions.csv") }, Cancellation);
            await import.RequestStream.CompleteAsync();
            Assert.Equal(0, (await import).Rejected);
        }
        var neighbour = organizations.As(Neighbour, _everything);
        var settlements = new Settlements.SettlementsClient(neighbour);
        foreach (var line in (await File.ReadAllLinesAsync(PathOf("organizations/samples/settlements.csv"), Cancellation)).Skip(1))
        {
            var cells = line.Split(',');
            await new Settlements.SettlementsClient(province).RegisterSettlementAsync(new RegisterSettlementRequest
            {
                SettlementId = cells[0],
                Settlement = new Settlement
                {
                    Name = cells[1], Division = cells[2], Urban = bool.Parse(cells[3]), Households = int.Parse(cells[4], null), Population = int.Parse(cells[5], null), BuiltDate = cells[6],
                },
            }, cancellationToken: Cancellation);
        }
        var settlement = (await settlements.ListSettlementsAsync(new ListSettlementsRequest(), cancellationToken: Cancellation)).Settlements[0].Id;
        var person = NewId();
        await new People.PeopleClient(neighbour).RegisterPersonAsync(new RegisterPersonRequest { PersonId = person, Person = new Person { Name = "邻县示例", Division = $"{Neighbour}100001" } }, cancellationToken: Cancellation);
        var grids = new Grids.GridsClient(neighbour);
        var grid = NewId();
        await grids.RegisterGridAsync(new RegisterGridRequest { GridId = grid, Grid = new Grid { SettlementId = settlement, Name = $"邻县网格 {grid[^6..]}", WorkerId = person } }, cancellationToken: Cancellation);
        await grids.RegisterBuildingAsync(new RegisterBuildingRequest { BuildingId = NewId(), Building = new Building { GridId = grid, Number = $"邻县{grid[^6..]}号楼", HeadId = person } }, cancellationToken: Cancellation);
        await new Organizations.V1.Organizations.OrganizationsClient(neighbour).RegisterOrganizationAsync(new RegisterOrganizationRequest
        {
            OrganizationId = NewId(),
            Organization = new Organization { SettlementId = settlement, Kind = OrganizationKind.MassOrganization, Name = $"邻县妇联 {grid[^6..]}", FoundingDate = "2020-01-01" },
        }, cancellationToken: Cancellation);
        return settlement;
    }

    async Task SeedMonitoring()
    {
        foreach (var @event in await organizations.Events())
            Assert.Equal(200, await monitoring.Deliver("organizations", @event.GetRawText()));
        var neighbour = monitoring.As(Neighbour, _everything);
        using (var import = new Households.HouseholdsClient(neighbour).ImportHouseholds(cancellationToken: Cancellation))
        {
            await import.RequestStream.WriteAsync(new ImportHouseholdsRequest { ImportId = NewId(), File = await Sample("monitoring/samples/households.csv") }, Cancellation);
            await import.RequestStream.CompleteAsync();
            Assert.True((await import).Created > 0);
        }
        await SeedLists();
        await new Screening.ScreeningClient(neighbour).RunScreeningAsync(new RunScreeningRequest(), cancellationToken: Cancellation);
        var clues = await new Clues.CluesClient(neighbour).ListCluesAsync(new ListCluesRequest(), cancellationToken: Cancellation);
        Assert.NotEmpty(clues.Clues);
        // Two clues of two households: one identification runs, the other is carried through so that a plan can be entered.
        var households = clues.Clues.DistinctBy(clue => clue.HouseholdId).Take(2).ToArray();
        foreach (var clue in households)
            await new Clues.CluesClient(neighbour).VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.SuddenHardship }, cancellationToken: Cancellation);
        await new Aids.AidsClient(neighbour).GrantAidAsync(new GrantAidRequest
        {
            AidId = NewId(),
            Aid = new Aid { HouseholdId = households[1].HouseholdId, Kind = AidKind.Relief, AmountFen = 1, Disaster = DisasterKind.Flood, ResponsiblePerson = "邻县干部 示例" },
        }, cancellationToken: Cancellation);
        await new Sweeps.SweepsClient(neighbour).OpenSweepAsync(new OpenSweepRequest
        {
            SweepId = NewId(), Sweep = new Sweep { Division = Neighbour, Title = "邻县集中排查", UntilDate = "2024-04-30" },
        }, cancellationToken: Cancellation);
        await CarryThrough(households[0].Id);
        var monitored = await new Households.HouseholdsClient(neighbour).ListHouseholdsAsync(new ListHouseholdsRequest { Monitored = true }, cancellationToken: Cancellation);
        await new Plans.PlansClient(neighbour).EnterPlanAsync(new EnterPlanRequest
        {
            PlanId = NewId(),
            Plan = new Plan
            {
                HouseholdId = monitored.Households[0].Id, ResponsiblePerson = "邻县干部 示例", Goal = "稳定就业",
                Measures = { new Measure { Kind = MeasureKind.Employment, Description = "推荐就业", ResponsiblePerson = "示例", StartDate = "2024-04-01",
                    Details = { ["employer"] = "示例服装厂", ["post"] = "缝纫工" } } },
            },
        }, cancellationToken: Cancellation);
    }

    /// <summary>A list that matches somebody of the neighbour county, somebody assigned to it, and a submission.</summary>
    async Task SeedLists()
    {
        var lists = new Lists.ListsClient(monitoring.As(Neighbour, _everything));
        var listed = (await File.ReadAllLinesAsync(PathOf("monitoring/samples/households.csv"), Cancellation)).Skip(1).Select(line => line.Split(','))
            .First(cells => cells[1].StartsWith(Neighbour, StringComparison.Ordinal));
        var list = await lists.RegisterListAsync(new RegisterListRequest
        {
            DepartmentListId = NewId(), List = new DepartmentList { Kind = ListKind.Vehicle, Department = "邻县车管所", ReferenceDate = "2024-03-31" },
        }, cancellationToken: Cancellation);
        using (var import = lists.ImportList(cancellationToken: Cancellation))
        {
            var file = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFromUtf8($"身份证号码,资产标识\n{listed[15]},邻县A12345\n") };
            await import.RequestStream.WriteAsync(new ImportListRequest { DepartmentListId = list.Id, ImportId = NewId(), File = file }, Cancellation);
            await import.RequestStream.CompleteAsync();
            Assert.Equal(1, (await import).Created);
        }
        await lists.AssignReviewerAsync(new AssignReviewerRequest
        {
            ReviewerId = NewId(), Reviewer = new Reviewer { DepartmentListId = list.Id, Division = listed[1], Subject = TestIdentity.SubjectOf("checker") },
        }, cancellationToken: Cancellation);
        var verifications = new Verifications.VerificationsClient(monitoring.AsNamed("checker", listed[1], _everything));
        var verification = (await verifications.ListVerificationsAsync(new ListVerificationsRequest(), cancellationToken: Cancellation)).Verifications.Single();
        await verifications.CheckVerificationAsync(new CheckVerificationRequest { VerificationId = verification.Id, Finding = new Finding { Reason = "查无此车" } }, cancellationToken: Cancellation);
        await verifications.SubmitVerificationsAsync(new SubmitVerificationsRequest
        {
            SubmissionId = NewId(), Submission = new Submission { DepartmentListId = list.Id, Division = listed[1] },
        }, cancellationToken: Cancellation);
    }

    async Task CarryThrough(string clueId)
    {
        var neighbour = monitoring.As(Neighbour, _everything);
        var clue = await new Clues.CluesClient(neighbour).GetClueAsync(new GetClueRequest { ClueId = clueId }, cancellationToken: Cancellation);
        while (true)
        {
            var procedure = await new Monitoring.V1.Procedures.ProceduresClient(neighbour).GetProcedureAsync(new GetProcedureRequest { ProcedureId = clue.ProcedureId }, cancellationToken: Cancellation);
            if (procedure.State != ProcedureState.Running)
                return;
            var step = procedure.Steps.First(step => step.State == StepState.Open);
            var act = new ActRequest { ProcedureId = procedure.Id, StepId = step.Id, Outcome = Outcome.Approve, Note = "情况属实" };
            act.Attachments.AddRange(step.Attachments.Select(kind => new Attachment { Kind = kind, Name = $"{kind}.pdf", Uri = $"https://files.example/{kind}.pdf" }));
            await new Monitoring.V1.Procedures.ProceduresClient(monitoring.As(step.ActorDivision, _everything)).ActAsync(act, cancellationToken: Cancellation);
        }
    }

    /// <summary>One id of each of the neighbour's things, under the names that requests give them.</summary>
    static async Task<Dictionary<string, string>> Known(ServiceFixture service, string settlement)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["division"] = Neighbour, ["within"] = Neighbour, ["settlement_id"] = settlement, ["import_id"] = NewId(), ["purpose"] = "越权核查",
        };
        var tables = await service.Database.Query<string>("select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'division'");
        foreach (var table in tables)
        {
            // The administrator's connection sees all; the table's name comes from the catalogue.
            var ids = await service.Database.Query<string>($"select coalesce(to_jsonb(row) ->> 'id', to_jsonb(row) ->> 'event_id', '') from {table} as row where division like '{Neighbour}%' limit 1");
            if (ids is [{ Length: > 0 } id])
                known[table == "dead_letters" ? "event_id" : $"{Singular(table)}_id"] = id;
        }
        return known;
    }

    /// <summary>Everything about the neighbour that a change would change.</summary>
    static async Task<string> Fingerprint(ServiceFixture service)
    {
        var prints = new List<string>();
        var tables = await service.Database.Query<string>("select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'division' order by 1");
        foreach (var table in tables)
            prints.AddRange(await service.Database.Query<string>($"select '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(to_jsonb(row)::text, '' order by to_jsonb(row)::text)), '') from {table} as row where division like '{Neighbour}%'"));
        return string.Join('\n', prints);
    }

    static string Singular(string table) => table switch
    {
        "people" => "person",
        _ when table.EndsWith("ies", StringComparison.Ordinal) => table[..^3] + "y",
        _ => table.TrimEnd('s'),
    };

    static string NewId() => Guid.CreateVersion7().ToString();

    static string PathOf(string sample) => Path.Combine(Repository.Root, "services", sample);

    static async Task<HttpBody> Sample(string path) => new() { ContentType = "text/csv", Data = ByteString.CopyFrom(await File.ReadAllBytesAsync(PathOf(path), Cancellation)) };
}
