using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Platform.Procedures;
using Governance.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Journeys.Tests;

/// <summary>
/// A household's year, told through the gateway's REST by people who have just the permissions that the realm gives their posts: it is
/// imported, loses income, is identified and helped, and leaves monitoring again by clearance or with its village's list.
/// </summary>
public sealed class YearTests(OrganizationsFixture organizations, MonitoringFixture monitoring)
    : IClassFixture<OrganizationsFixture>, IClassFixture<MonitoringFixture>, IAsyncLifetime
{
    const string Village = "619901001001";

    // Who acts at which level: post and division.
    static readonly Dictionary<string, (string Post, string Division)> _levels = new(StringComparer.Ordinal)
    {
        ["LEVEL_VILLAGE"] = ("village-officer", Village), ["LEVEL_TOWNSHIP"] = ("township-officer", "619901001"), ["LEVEL_COUNTY"] = ("county-officer", "619901"),
        ["LEVEL_DEPARTMENT"] = ("department-officer", "619901"), ["LEVEL_CITY"] = ("city-supervisor", "6199"), ["LEVEL_PROVINCE"] = ("province-supervisor", "61"),
    };

    static readonly Dictionary<string, string[]> _posts = Posts();

    WebApplication _gateway = null!;
    HttpClient _http = null!;
    TestIdentity _identity = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _identity = await TestIdentity.Shared;
        _gateway = Gateway.Program.Build(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Kestrel:Endpoints:Rest:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Grpc:Url"] = "http://127.0.0.1:0",
            ["Keycloak:auth-server-url"] = _identity.Url,
            ["Logging:LogLevel:Default"] = "Error",
            ["ReverseProxy:Clusters:organizations:Destinations:default:Address"] = organizations.GrpcAddress,
            ["ReverseProxy:Clusters:monitoring:Destinations:default:Address"] = monitoring.GrpcAddress,
        }).Build());
        await _gateway.StartAsync();
        // Kestrel takes configured endpoints in the order of their names: Grpc, Rest.
        _http = new HttpClient { BaseAddress = new Uri(_gateway.Urls.Last()) };
        monitoring.Clock.Set(new DateTimeOffset(2024, 4, 1, 1, 0, 0, TimeSpan.Zero));

        await Upload("province-supervisor", "61", "/v1/divisions:import", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "services/organizations/samples/divisions.csv")));
        foreach (var (id, division) in SampleCounty.Settlements.Take(1))
        {
            await Post("county-officer", "619901", $"/v1/settlements?settlement_id={id}", new JsonObject
            {
                ["name"] = "甲一安置点", ["division"] = division, ["population"] = 1200, ["households"] = 300,
            });
        }
        foreach (var @event in await organizations.Events())
            Assert.Equal(200, await monitoring.Deliver("organizations", @event.GetRawText()));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_household_is_imported_loses_income_is_identified_helped_and_cleared()
    {
        var household = await Import(1, 9000, 9000, 9000, 9000, 3000);
        await Post("county-officer", "619901", "/v1/screenings", new JsonObject());
        var clues = await Get("village-officer", Village, $"/v1/clues?household_id={household}&rule=MON-05.income_drop");
        var clue = Assert.Single(clues["clues"]!.AsArray())!;
        Assert.Contains("下降", (string?)clue["explanation"], StringComparison.Ordinal);

        await Identify(household, (string)clue["id"]!);
        var plan = NewId();
        var measure = NewId();
        await Post("township-officer", "619901001", $"/v1/plans?plan_id={plan}", new JsonObject
        {
            ["household_id"] = household, ["responsible_person"] = "陈例二（镇干部）", ["goal"] = "年内稳定就业，收入稳定超过监测线",
            ["measures"] = new JsonArray(new JsonObject
            {
                ["kind"] = "MEASURE_KIND_EMPLOYMENT", ["description"] = "推荐就业", ["responsible_person"] = "陈例二", ["start_date"] = "2024-04-01",
                ["details"] = new JsonObject { ["employer"] = "示例服装厂", ["post"] = "缝纫工" },
            }),
        });
        await Post("village-officer", Village, $"/v1/plans/{plan}/measures?measure_id={measure}", new JsonObject
        {
            ["kind"] = "MEASURE_KIND_PUBLIC_WELFARE_POST", ["description"] = "安排社区保洁公益性岗位", ["responsible_person"] = "刘例一", ["start_date"] = "2024-04-01",
            ["details"] = new JsonObject { ["employer"] = "甲一社区居民委员会", ["post"] = "保洁员" },
        });

        var early = await Send("village-officer", Village, HttpMethod.Post, $"/v1/clearances?clearance_id={NewId()}", new JsonObject { ["household_id"] = household });
        Assert.Equal(("MON-09.income_above_line", HttpStatusCode.BadRequest), (Reason(early.Body), early.Status));

        monitoring.Clock.Set(new DateTimeOffset(2025, 4, 2, 1, 0, 0, TimeSpan.Zero));
        await Record(1, (2024, 2, 9000), (2024, 3, 9000), (2024, 4, 9600), (2025, 1, 9600));
        await Post("village-officer", Village, $"/v1/plans/{plan}/measures/{measure}:recordResult", new JsonObject { ["result"] = "已稳定上岗" });
        var clearance = await Post("village-officer", Village, $"/v1/clearances?clearance_id={NewId()}", new JsonObject
        {
            ["household_id"] = household, ["statement"] = "家庭收入稳定，申请消除风险",
        });
        await CarryThrough(clearance, [], "village_review", "township_review", "department_check", "county_verification");

        Assert.Equal("CLEARANCE_STATE_CLEARED", (string?)(await Get("county-officer", "619901", $"/v1/clearances/{clearance["id"]}"))["state"]);
        Assert.Equal("2025-04-02", (string?)(await Get("county-officer", "619901", $"/v1/plans/{plan}"))["closedDate"]);
        Assert.Equal(["HouseholdRegistered", "HouseholdIdentified", "HouseholdCleared"],
            (await monitoring.Events()).Where(@event => @event.GetProperty("subject").GetString() == household)
                .Select(@event => @event.GetProperty("type").GetString()!.Split('.')[^1]).Where(type => type is not "HouseholdChanged"));
    }

    [Fact]
    public async Task A_village_s_list_goes_from_nomination_to_filing_with_an_objection_in_the_first_notice_and_its_whole_file()
    {
        var (exits, objected) = (await Import(2, 9000, 9000, 9000, 9000, 9000), await Import(19, 9000, 9000, 9000, 9000, 9000));
        foreach (var household in (string[])[exits, objected])
        {
            var clue = await Post("village-officer", Village, $"/v1/clues?clue_id={NewId()}", new JsonObject
            {
                ["household_id"] = household, ["source"] = "CLUE_SOURCE_SWEEP", ["description"] = "户主患病",
            });
            await Identify(household, (string)clue["id"]!);
        }
        var exit = await Post("village-officer", Village, $"/v1/exits?exit_id={NewId()}", new JsonObject
        {
            ["division"] = Village, ["households"] = new JsonArray(new JsonObject { ["household_id"] = exits }, new JsonObject { ["household_id"] = objected }),
        });
        var procedure = (string)exit["procedureId"]!;
        await CarryThrough(exit, [], "nomination");
        await Post("village-officer", Village, $"/v1/exits/{exit["id"]}:recordMeeting", new JsonObject
        {
            ["held_date"] = "2024-04-01", ["place"] = "居委会会议室", ["chair"] = "刘例一", ["recorder"] = "陈例二", ["entitled"] = 30, ["present"] = 24,
            ["summary"] = "逐户评议收入、住房和子女就学情况。",
            ["votes"] = new JsonArray(new JsonObject { ["household_id"] = exits, ["in_favour"] = 24 }, new JsonObject { ["household_id"] = objected, ["in_favour"] = 20, ["against"] = 4 }),
        });
        await CarryThrough(exit, new JsonObject { ["entitled"] = 30, ["in_favour"] = 24 }, "representatives_vote", "village_verification");

        // Anybody reads the board; an officer records what a villager objects; the village finds it true.
        var names = Assert.Single((await Public($"/v1/divisions/{Village}/notices"))["notices"]!.AsArray())!["householders"]!.AsArray();
        Assert.Equal(2, names.Count);
        var objection = await Post("village-officer", Village, $"/v1/monitoring/procedures/{procedure}:object", new JsonObject
        {
            ["step_id"] = "first_notice", ["objection"] = "该户另有房产", ["about"] = objected,
        });
        await Post("village-officer", Village, $"/v1/monitoring/procedures/{procedure}:decideObjection", new JsonObject
        {
            ["objection"] = (int)objection["standingObjections"]!.AsArray()[0]!, ["upheld"] = true, ["reason"] = "经核实另有房产",
        });
        Assert.Null((await Public($"/v1/divisions/{Village}/notices"))["notices"]);
        await CarryThrough(exit, [], "village_verification");
        Assert.Single(Assert.Single((await Public($"/v1/divisions/{Village}/notices"))["notices"]!.AsArray())!["householders"]!.AsArray());
        await Days(8);
        await CarryThrough(exit, [], "township_review");
        await Days(8);
        await CarryThrough(exit, [], "county_approval");

        var board = await Read(null, "", $"/v1/divisions/{Village}/board");
        Assert.Contains("公告期", board.Body, StringComparison.Ordinal);
        Assert.Equal("text/html; charset=utf-8", board.ContentType);
        foreach (var document in (string[])["application", "minutes", "tally", "first_notice", "township_report", "second_notice", "county_report", "announcement"])
        {
            var path = $"/v1/exits/{exit["id"]}/documents/{document}?household_id={(document == "application" ? exits : "")}";
            var page = await Read("city-supervisor", "6199", path);
            Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (page.Status, page.ContentType));
            var word = await Read("village-officer", Village, $"{path}&format=docx");
            Assert.Equal((HttpStatusCode.OK, $"attachment; filename={document}.docx", true),
                (word.Status, word.Disposition?.Replace("\"", "", StringComparison.Ordinal), word.Body.StartsWith("PK", StringComparison.Ordinal)));
            Assert.Equal(HttpStatusCode.Forbidden, (await Read("grid-worker", Village, path)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await Read(null, "", path)).Status);
        }
        await Days(6);
        Assert.Null((await Public($"/v1/divisions/{Village}/notices"))["notices"]);
        await CarryThrough(exit, [], "city_filing", "province_filing");

        exit = await Get("province-supervisor", "61", $"/v1/exits/{exit["id"]}");
        Assert.Equal("EXIT_STATE_FILED", (string?)exit["state"]);
        var both = await Get("county-officer", "619901", $"/v1/households:batchGet?household_ids={exits}&household_ids={objected}");
        Assert.Equal([null, "MONITORED_KIND_SUDDEN_HARDSHIP"], both["households"]!.AsArray().Select(household => (string?)household!["monitoredKind"]));
        var posted = await Post("county-officer", "619901", "/v1/households:batchGet", new JsonObject { ["household_ids"] = new JsonArray(exits, objected) });
        Assert.Equal(both.ToJsonString(), posted.ToJsonString());
    }

    [Fact]
    public async Task A_departments_clerk_gets_back_what_was_rejected_of_a_file_and_other_posts_do_not()
    {
        using var file = new StringContent("身份证号码,年度,医疗保险\n误填,2024,居民医保\n", Encoding.UTF8, "text/csv");
        var report = Json(await SendContent("department-officer", "619901", HttpMethod.Post, "/v1/insurances:import", file));
        var errors = await Read("department-officer", "619901", (string)report["errorsUri"]!);
        Assert.Contains("误填,2024,居民医保,", errors.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Read("county-officer", "619901", (string)report["errorsUri"]!)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Read("city-supervisor", "6199", (string)report["errorsUri"]!)).Status);
    }

    /// <summary>Imports one household of the sample county with what its three members earn together in the five quarters up to the first of 2024.</summary>
    async Task<string> Import(int index, params int[] wages)
    {
        var rows = SampleCounty.HouseholdRows(index + 1).Where(row => row.StartsWith(SampleCounty.NumberOf(index), StringComparison.Ordinal));
        await Upload("county-officer", "619901", "/v1/households:import", SampleCounty.Csv(SampleCounty.HouseholdHeader, rows));
        await Record(index, [.. wages.Select((wage, quarter) => (2023 + (quarter / 4), (quarter % 4) + 1, wage))]);
        var found = await Get("county-officer", "619901", $"/v1/households?number={SampleCounty.NumberOf(index)}");
        return (string)Assert.Single(found["households"]!.AsArray())!["id"]!;
    }

    Task Record(int index, params (int Year, int Quarter, int Wage)[] quarters) => Upload("county-officer", "619901", "/v1/incomes:import",
        SampleCounty.Csv(SampleCounty.IncomeHeader, quarters.Select(quarter => $"{SampleCounty.NumberOf(index)},{quarter.Year},{quarter.Quarter},{quarter.Wage},0,0,0,0,300,100")));

    async Task Identify(string household, string clue)
    {
        var verified = await Post("village-officer", Village, $"/v1/clues/{clue}:verify", new JsonObject { ["kind"] = "MONITORED_KIND_SUDDEN_HARDSHIP" });
        await CarryThrough(verified, [], "village_review", "township_review", "county_decision");
        Assert.Equal("MONITORED_KIND_SUDDEN_HARDSHIP", (string?)(await Get("village-officer", Village, $"/v1/households/{household}"))["monitoredKind"]);
    }

    /// <summary>Approves these steps one after another, each as the post that it waits for.</summary>
    async Task CarryThrough(JsonNode matter, JsonObject tally, params string[] steps)
    {
        var path = $"/v1/monitoring/procedures/{matter["procedureId"]}";
        foreach (var step in steps)
        {
            var procedure = await Get("county-officer", "619901", path);
            var open = procedure["steps"]!.AsArray().Single(candidate => (string?)candidate!["state"] == "STEP_STATE_OPEN")!;
            Assert.Equal(step, (string?)open["id"]);
            var (post, division) = _levels[(string)open["level"]!];
            var act = new JsonObject
            {
                ["step_id"] = step, ["outcome"] = "OUTCOME_APPROVE", ["note"] = "同意",
                ["attachments"] = new JsonArray([.. (open["attachments"]?.AsArray() ?? []).Select(kind => (JsonNode)new JsonObject
                {
                    ["kind"] = (string?)kind, ["name"] = $"{kind}.pdf", ["uri"] = $"https://files.example/{kind}.pdf", ["sha256"] = new string('a', 64),
                })]),
            };
            if ((string?)open["kind"] == "STEP_KIND_VOTE")
                act["tally"] = tally.DeepClone();
            await Post(post, division, $"{path}:act", act);
        }
    }

    async Task Days(int days)
    {
        monitoring.Clock.Advance(TimeSpan.FromDays(days));
        await monitoring.Services.GetRequiredService<ProcedureSweeper>().Sweep(Cancellation);
    }

    async Task<JsonNode> Public(string path) => Json(await Read(null, "", path));

    async Task<JsonNode> Get(string post, string division, string path) => Json(await Read(post, division, path));

    async Task<JsonNode> Post(string post, string division, string path, JsonNode body) => Json(await Send(post, division, HttpMethod.Post, path, body));

    async Task Upload(string post, string division, string path, string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        var report = Json(await SendContent(post, division, HttpMethod.Post, path, content));
        Assert.True((int?)report["rejected"] is null or 0, report.ToJsonString());
    }

    async Task<Answer> Send(string? post, string division, HttpMethod method, string path, JsonNode? body)
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await SendContent(post, division, method, path, content);
    }

    Task<Answer> Read(string? post, string division, string path) => SendContent(post, division, HttpMethod.Get, path, null);

    async Task<Answer> SendContent(string? post, string division, HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (post is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _identity.Token(division, _posts[post], post));
        using var response = await _http.SendAsync(request, Cancellation);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), $"{response.Content.Headers.ContentType}",
            response.Content.Headers.ContentDisposition?.ToString());
    }

    static JsonNode Json(Answer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return JsonNode.Parse(answer.Body)!;
    }

    static string? Reason(string body) =>
        (string?)JsonNode.Parse(body)!["details"]!.AsArray().First(detail => ((string)detail!["@type"]!).EndsWith("ErrorInfo", StringComparison.Ordinal))!["reason"];

    /// <summary>The permissions of each post, as the realm has them.</summary>
    static Dictionary<string, string[]> Posts()
    {
        using var realm = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "gateway/keycloak/governance-realm.json")));
        return realm.RootElement.GetProperty("roles").GetProperty("realm").EnumerateArray().ToDictionary(
            post => post.GetProperty("name").GetString()!,
            post => post.GetProperty("composites").GetProperty("client").GetProperty("governance-api").EnumerateArray().Select(permission => permission.GetString()!).ToArray(),
            StringComparer.Ordinal);
    }

    static string NewId() => Guid.CreateVersion7().ToString();

    sealed record Answer(HttpStatusCode Status, string Body, string ContentType, string? Disposition);
}
