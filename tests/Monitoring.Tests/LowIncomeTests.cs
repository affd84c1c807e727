using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>The low-income population in its layers, with history (S2 二(二)6).</summary>
public sealed class LowIncomeTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_household_is_recognized_in_a_layer_once_and_its_end_is_kept_as_history()
    {
        var household = await monitoring.Register();
        var request = New(household.Id, LowIncomeLayer.DibaoMargin);
        var recognition = await Client().RecognizeLowIncomeAsync(request);
        Assert.Equal((MonitoringFixture.Village, "2024-01-01", ""), (recognition.Division, recognition.SinceDate, recognition.UntilDate));
        Assert.Equal(recognition, await Client().RecognizeLowIncomeAsync(request));
        request.Recognition.Document = "民例〔2024〕2号";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(Client().RecognizeLowIncomeAsync(request)));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RecognizedAlready.Code),
            await MonitoringFixture.Refused(Client().RecognizeLowIncomeAsync(New(household.Id, LowIncomeLayer.DibaoMargin))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RecognizedLayer.Code),
            await MonitoringFixture.Refused(Client().RecognizeLowIncomeAsync(New(household.Id, LowIncomeLayer.Monitored))));

        Assert.Equal((StatusCode.FailedPrecondition, Rules.RecognitionEnds.Code), await MonitoringFixture.Refused(End(recognition.Id, "2023-12-31")));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RecognitionEnds.Code), await MonitoringFixture.Refused(End(recognition.Id, "2024-04-02")));
        var ended = await End(recognition.Id, "2024-03-31");
        Assert.Equal(("2024-03-31", "收入已超过标准"), (ended.UntilDate, ended.Reason));
        Assert.Equal(ended, await End(recognition.Id, "2024-03-31"));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RecognitionLasts.Code), await MonitoringFixture.Refused(End(recognition.Id, "2024-03-30")));
        await Client().RecognizeLowIncomeAsync(New(household.Id, LowIncomeLayer.DibaoMargin));

        Assert.Equal(2, (await Client().ListLowIncomeAsync(new ListLowIncomeRequest { HouseholdId = household.Id })).Recognitions.Count);
        Assert.Single((await Client().ListLowIncomeAsync(new ListLowIncomeRequest { HouseholdId = household.Id, AsOfDate = "2024-04-01" })).Recognitions);
        Assert.Equal(["LowIncomeEnded", "LowIncomeRecognized"], (await monitoring.Events())
            .Where(@event => @event.GetProperty("subject").GetString() == recognition.Id)
            .Select(@event => @event.GetProperty("type").GetString()!.Split('.')[^1]).Order(StringComparer.Ordinal));

        AsyncUnaryCall<V1.Recognition> End(string id, string until) =>
            Client().EndLowIncomeAsync(new EndLowIncomeRequest { RecognitionId = id, UntilDate = until, Reason = "收入已超过标准" });
    }

    [Fact]
    public async Task Another_county_learns_nothing_and_malformed_requests_name_their_fields()
    {
        var household = await monitoring.Register();
        var recognition = await Client().RecognizeLowIncomeAsync(New(household.Id, LowIncomeLayer.Dibao));
        var neighbour = Client(MonitoringFixture.Neighbour);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.RecognizeLowIncomeAsync(New(household.Id, LowIncomeLayer.Orphan)))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            neighbour.EndLowIncomeAsync(new EndLowIncomeRequest { RecognitionId = recognition.Id, UntilDate = "2024-04-01", Reason = "x" }))).Status);
        Assert.DoesNotContain((await neighbour.ListLowIncomeAsync(new ListLowIncomeRequest { PageSize = 1000 })).Recognitions, seen => seen.HouseholdId == household.Id);
        Assert.Empty((await neighbour.CountLowIncomeAsync(new CountLowIncomeRequest { Division = MonitoringFixture.County })).Counts);

        foreach (var wrong in (Action<V1.Recognition>[])[
            wanted => wanted.HouseholdId = "x", wanted => wanted.MemberId = "x", wanted => wanted.Layer = (LowIncomeLayer)9,
            wanted => wanted.SinceDate = "2024-02-30", wanted => wanted.SinceDate = "2024-04-02", wanted => wanted.Document = new string('长', 101)])
        {
            var request = New(household.Id, LowIncomeLayer.Orphan);
            wrong(request.Recognition);
            Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().RecognizeLowIncomeAsync(request))).Status);
        }
        var stranger = New(household.Id, LowIncomeLayer.Orphan);
        stranger.Recognition.MemberId = MonitoringFixture.NewId();
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Client().RecognizeLowIncomeAsync(stranger))).Status);
    }

    [Fact]
    public async Task A_list_of_civil_affairs_recognizes_and_ends_and_an_export_comes_back_unchanged()
    {
        var (first, second) = (monitoring.NewMember(), monitoring.NewMember(Relation.Spouse));
        var household = await monitoring.Register(monitoring.NewHousehold(first, second));
        var numbers = new[] { first.IdentityNumber, second.IdentityNumber };
        var report = await Import(
            $"{numbers[0]},低保边缘家庭成员,2023-01-01,,甲1\n{numbers[1]},刚性支出困难家庭成员,2024-02-01,,\n" +
            $"{monitoring.NewPerson()},低保对象,2024-01-01,,\n{numbers[0]},特困人员,2024-04-02,,\n{numbers[0]},孤儿,2024-01-01,2023-01-01,\n" +
            $"{numbers[1]},低保对象,2024-01-01,,\n{numbers[1]},低保对象,2024-02-01,,\n{numbers[1]},监测对象,2024-02-01,,");
        Assert.Equal((2, 6), (report.Created, report.Rejected));
        Assert.Equal(
            [
                Rules.UnknownPerson.Code, Rules.RecognitionEnds.Code, Rules.RecognitionEnds.Code, Rules.RecognizedAlready.Code,
                Rules.RecognizedAlready.Code, "NOT_A_CHOICE",
            ],
            report.Errors.OrderBy(error => error.Line).Select(error => error.Rule));

        // The first ends and the same layer begins anew in one file.
        var changed = await Import($"{numbers[0]},低保边缘家庭成员,2023-01-01,2024-03-01,甲1\n{numbers[0]},低保边缘家庭成员,2024-03-02,,甲2");
        Assert.Equal((1, 1, 0), (changed.Created, changed.Updated, changed.Rejected));
        Assert.Equal("LOW_INCOME_LAYER_DIBAO_MARGIN", (await monitoring.Events("governance.monitoring.v1.LowIncomeEnded"))
            .Last(@event => @event.GetProperty("data").GetProperty("householdId").GetString() == household.Id).GetProperty("data").GetProperty("layer").GetString());

        using var export = Client().ExportLowIncome(new ExportLowIncomeRequest { Purpose = "核对" });
        var csv = await MonitoringFixture.Download(export);
        Assert.Contains($"{numbers[0]},低保边缘家庭成员,2023-01-01,2024-03-01,甲1", csv, StringComparison.Ordinal);
        var again = await Import(string.Join('\n', csv.Trim().Split('\n').Skip(1).Select(line => line.Trim())));
        Assert.Equal((0, 0, 3, 0), (again.Created, again.Updated, again.Unchanged, again.Rejected));
        Assert.Contains((await monitoring.Database.Query<string>("select purpose from audit where action like '%ExportLowIncome'")), purpose => purpose == "核对");
    }

    [Fact]
    public async Task Layers_are_counted_by_division_with_what_the_registry_says()
    {
        var dibao = monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse));
        (dibao.Division, dibao.SettlementId) = ("619902100001", "");
        dibao.LowIncomeCategories.Add(LowIncomeCategory.Dibao);
        var registered = await monitoring.Register(dibao);
        var neighbour = Client(MonitoringFixture.Neighbour);
        var one = New(registered.Id, LowIncomeLayer.RigidSpending);
        one.Recognition.MemberId = registered.Members[1].Id;
        await neighbour.RecognizeLowIncomeAsync(one);
        Assert.Equal(["619902100 Dibao 1 2", "619902100 RigidSpending 1 1"],
            (await neighbour.CountLowIncomeAsync(new CountLowIncomeRequest { Level = Level.Township })).Counts
                .Select(count => $"{count.Division} {count.Layer} {count.Households} {count.People}"));
    }

    static RecognizeLowIncomeRequest New(string household, LowIncomeLayer layer) => new()
    {
        RecognitionId = MonitoringFixture.NewId(),
        Recognition = new V1.Recognition { HouseholdId = household, Layer = layer, SinceDate = "2024-01-01", Document = "民例〔2024〕1号" },
    };

    V1.LowIncome.LowIncomeClient Client(string division = MonitoringFixture.County) => new(monitoring.Officer(division));

    async Task<ImportReport> Import(string rows)
    {
        using var call = Client().ImportLowIncome();
        await call.RequestStream.WriteAsync(new ImportLowIncomeRequest
        {
            ImportId = MonitoringFixture.NewId(), File = new HttpBody { Data = ByteString.CopyFromUtf8($"身份证号码,低收入类别,认定日期,终止日期,文书编号\n{rows}\n") },
        });
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }
}
