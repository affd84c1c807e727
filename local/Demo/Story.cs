using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.Local.Demo;

/// <summary>
/// The main story, with real calls: a settlement is registered, a county imports its households, screening raises clues, one clue goes
/// through identification, a plan is entered, and a subscriber has every event. It can be told again and again on the same suite.
/// </summary>
sealed class Story(Api api, Subscriber subscriber, string samples, Action<string> tell)
{
    const string County = "county.wang";
    const string Village = "619901001001";

    static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    readonly List<(string Type, string Subject)> _expected = [];

    /// <summary>Called before every step with its number: a journey test kills parts of the suite here.</summary>
    public Func<int, Task> BeforeStep { get; init; } = _ => Task.CompletedTask;

    int _step;

    public async Task Tell()
    {
        await RegisterSettlement();
        var importId = await ImportHouseholds();
        await ReadErrors(importId);
        await RecordIncomes();
        var clue = await Screen();
        await Identify(clue);
        await EnterPlan((string)clue["householdId"]!);
        await AwaitEvents();
    }

    async Task RegisterSettlement()
    {
        await Step("登记安置点", "Register a settlement");
        var id = NewId();
        var settlement = await api.Post(County, $"/v1/settlements?settlement_id={id}", new JsonObject
        {
            ["name"] = $"演示安置点 {id[^6..]}", ["division"] = "619901100002", ["urban"] = false, ["households"] = 260, ["population"] = 1042, ["built_date"] = "2019-09-01",
        });
        // 1,042 people: one or more committees under the township. [ORG-01]
        Expect((string?)settlement["managementUnit"] == "MANAGEMENT_UNIT_COMMITTEE", "ORG-01: a settlement of 1,042 people is managed by a committee.");
        _expected.Add(("governance.organizations.v1.SettlementChanged", id));
    }

    async Task<string> ImportHouseholds()
    {
        await Step("试导入住户名册（不落库）", "Import the households, dry run");
        var dry = await api.Upload(County, $"/v1/households:import?import_id={NewId()}&dry_run=true", () => Open("households-malformed.csv"));
        Expect(Number(dry, "rejected") > 0, "The malformed sample file has rows to reject.");

        await Step("导入住户名册", "Import the households");
        var importId = NewId();
        var report = await api.Upload(County, $"/v1/households:import?import_id={importId}", () => Open("households.csv"));
        Expect(Number(report, "created") + Number(report, "unchanged") + Number(report, "updated") > 0, "Households were taken in.");

        var again = await api.Upload(County, $"/v1/households:import?import_id={NewId()}", () => Open("households.csv"));
        Expect(Number(again, "created") == 0 && Number(again, "updated") == 0, "The same file again changes nothing.");

        var malformedId = NewId();
        await api.Upload(County, $"/v1/households:import?import_id={malformedId}", () => Open("households-malformed.csv"));
        return malformedId;
    }

    async Task ReadErrors(string importId)
    {
        await Step("下载错误清单，改正后可再次上传", "Download the rejected rows to mend and send again");
        var errors = await api.Download(County, $"/v1/monitoring/imports/{importId}/errors");
        Expect(errors.Split('\n').Length > 2, "The error file holds the header and the rejected rows.");
        tell(string.Join('\n', errors.Split('\n').Take(4).Select(line => "  " + line.TrimEnd())));
    }

    async Task RecordIncomes()
    {
        await Step("导入季度收支", "Import the quarterly incomes");
        var incomes = Encoding.UTF8.GetBytes(UpToDate(await File.ReadAllTextAsync(Path.Combine(samples, "incomes.csv"))));
        var report = await api.Upload(County, $"/v1/incomes:import?import_id={NewId()}", () => new MemoryStream(incomes));
        Expect(Number(report, "rows") > 0, "Incomes were read.");
    }

    /// <summary>The sample's quarters, moved so that the last of them is the one that ended last: screening looks at the year behind it.</summary>
    static string UpToDate(string csv)
    {
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToArray();
        var today = Platform.Calendar.DateOf(TimeProvider.System.GetUtcNow());
        var shift = today.Year * 4 + (today.Month - 1) / 3 - 1 - rows.Max(Period);
        foreach (var row in rows)
        {
            var period = Period(row) + shift;
            (row[1], row[2]) = ($"{period / 4}", $"{period % 4 + 1}");
        }
        return string.Join('\n', rows.Select(row => string.Join(',', row)).Prepend(lines[0]));

        static int Period(string[] row) => int.Parse(row[1], CultureInfo.InvariantCulture) * 4 + int.Parse(row[2], CultureInfo.InvariantCulture) - 1;
    }

    async Task<JsonNode> Screen()
    {
        await Step("筛查风险线索", "Screen for clues");
        var screening = await api.Post(County, "/v1/screenings", new JsonObject());
        var fired = screening["rules"]!.AsArray().Where(rule => Number(rule!, "fired") > 0).Select(rule => (string)rule!["rule"]!).ToArray();
        foreach (var rule in (string[])["income_below_line", "income_drop", "unsafe_dwelling", "uninsured_member", "nobody_employed", "drop_out"])
            Expect(fired.Contains($"MON-05.{rule}", StringComparer.Ordinal), $"The sample county has households on which MON-05.{rule} fires.");
        var clues = await api.Get(County, $"/v1/clues?division={Village}&state=CLUE_STATE_OPEN&page_size=100");
        var clue = clues["clues"]?.AsArray().FirstOrDefault() ?? throw new StoryException("Screening left no open clue in the sample village.");
        Expect(((string?)clue["explanation"])?.Length > 0 && clue["citation"] is not null, "A clue explains itself and cites its policy.");
        return clue;
    }

    async Task Identify(JsonNode clue)
    {
        await Step("入户核实，启动识别认定", "A visit finds the clue true: identification begins");
        var householdId = (string)clue["householdId"]!;
        var household = await api.Get(County, $"/v1/households/{householdId}");
        var kind = (string?)household["category"] == "HOUSEHOLD_CATEGORY_OUT_OF_POVERTY" ? "MONITORED_KIND_UNSTABLE" : "MONITORED_KIND_MARGINAL";
        var verified = await api.Post("village.liu", $"/v1/clues/{clue["id"]}:verify", new JsonObject { ["kind"] = kind });
        Expect(verified["dueDate"] is not null, "MON-04: the clue has its last day for identification.");
        await CarryThrough((string)verified["procedureId"]!);

        var identified = await api.Get(County, $"/v1/households/{householdId}");
        Expect((string?)identified["monitoredKind"] == kind, "The household is monitored.");
        _expected.Add(("governance.monitoring.v1.HouseholdIdentified", householdId));
    }

    /// <summary>Approves every open step as somebody of the step's level, until the procedure is over.</summary>
    async Task CarryThrough(string procedureId)
    {
        while (true)
        {
            var procedure = await api.Get(County, $"/v1/monitoring/procedures/{procedureId}");
            if ((string?)procedure["state"] != "PROCEDURE_STATE_RUNNING")
            {
                Expect((string?)procedure["state"] == "PROCEDURE_STATE_APPROVED", "Identification was approved.");
                return;
            }
            var open = procedure["steps"]!.AsArray().First(step => (string?)step!["state"] == "STEP_STATE_OPEN")!;
            await Step($"识别认定：{open["title"]}", $"Identification, step {open["id"]}");
            var user = (string?)open["level"] switch
            {
                "LEVEL_VILLAGE" => "village.liu", "LEVEL_TOWNSHIP" => "township.chen", "LEVEL_CITY" => "city.li", "LEVEL_PROVINCE" => "province.zhang", _ => County,
            };
            await api.Post(user, $"/v1/monitoring/procedures/{procedureId}:act", new JsonObject
            {
                ["step_id"] = (string?)open["id"], ["outcome"] = "OUTCOME_APPROVE", ["note"] = "情况属实",
                ["attachments"] = new JsonArray([.. Attachments(open)]),
            });
        }
    }

    /// <summary>One document of each kind that the step asks for.</summary>
    static IEnumerable<JsonNode> Attachments(JsonNode step) => (step["attachments"]?.AsArray() ?? []).Select(kind => new JsonObject
    {
        ["kind"] = (string?)kind, ["name"] = $"{kind}.pdf", ["uri"] = $"https://files.example/{kind}.pdf",
    });

    async Task EnterPlan(string householdId)
    {
        await Step("制定帮扶计划", "Enter the assistance plan");
        var planId = NewId();
        var plan = await api.Post(County, $"/v1/plans?plan_id={planId}", new JsonObject
        {
            ["household_id"] = householdId,
            ["responsible_person"] = "甲镇帮扶干部 示例",
            ["goal"] = "三个月内至少一人稳定就业，人均纯收入稳定超过监测线",
            ["measures"] = new JsonArray(new JsonObject
            {
                ["id"] = NewId(), ["kind"] = "MEASURE_KIND_PUBLIC_WELFARE_POST", ["description"] = "安排社区保洁公益性岗位", ["responsible_person"] = "社区就业服务站 示例",
                ["start_date"] = Platform.Calendar.DateOf(TimeProvider.System.GetUtcNow()).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["details"] = new JsonObject { ["employer"] = "甲一社区居民委员会", ["post"] = "保洁员" },
            }),
        });
        Expect((bool?)plan["overdue"] != true, "MON-04: the plan was entered within its days.");
        _expected.Add(("governance.monitoring.v1.PlanEntered", planId));
    }

    /// <summary>Waits until the subscriber has every event of the story, then shows what came.</summary>
    async Task AwaitEvents()
    {
        await Step("订阅方收到的事件", "Events at the subscriber");
        var begun = TimeProvider.System.GetTimestamp();
        while (_expected.Exists(wanted => !Received(wanted)))
        {
            if (TimeProvider.System.GetElapsedTime(begun) > _patience)
                throw new StoryException($"Never came: {string.Join(", ", _expected.Where(wanted => !Received(wanted)))}");
            await Task.Delay(100);
        }
        foreach (var type in subscriber.Events.GroupBy(TypeOf, StringComparer.Ordinal).OrderBy(type => type.Key, StringComparer.Ordinal))
            tell($"  {type.Count(),5} × {type.Key}");
        foreach (var (type, subject) in _expected)
            tell(subscriber.Events.First(@event => TypeOf(@event) == type && SubjectOf(@event) == subject).ToString());
    }

    bool Received((string Type, string Subject) wanted) => subscriber.Events.Any(@event => TypeOf(@event) == wanted.Type && SubjectOf(@event) == wanted.Subject);

    static string TypeOf(JsonElement @event) => @event.GetProperty("type").GetString()!;

    static string SubjectOf(JsonElement @event) => @event.GetProperty("subject").GetString()!;

    async Task Step(string zh, string en)
    {
        _step++;
        await BeforeStep(_step);
        tell($"\n━━ {_step}. {zh} · {en}");
    }

    static void Expect(bool holds, string what)
    {
        if (!holds)
            throw new StoryException($"Not as expected. {what}");
    }

    static string NewId() => Guid.CreateVersion7().ToString();

    static int Number(JsonNode node, string field) => (int?)node[field] ?? 0;

    FileStream Open(string file) => File.OpenRead(Path.Combine(samples, file));
}
