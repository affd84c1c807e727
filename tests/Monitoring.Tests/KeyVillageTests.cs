using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Key villages reach their targets, miss them, or have time (MON-19).</summary>
public sealed class KeyVillageTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    const string Header = "行政区划,年度,农民人均可支配收入,县域平均可支配收入,总户数,通自来水户数,卫生厕所户数,村集体经济收入\n";

    [Fact]
    public async Task A_village_is_entered_once_and_its_figures_are_compared_with_the_targets_of_their_year()
    {
        var request = new RegisterKeyVillageRequest
        {
            KeyVillageId = MonitoringFixture.NewId(),
            Village = new V1.KeyVillage { Division = MonitoringFixture.Village, Name = "甲一村", FromYear = 2021, UntilYear = 2025 },
        };
        var village = await Client().RegisterKeyVillageAsync(request);
        Assert.Equal(village, await Client().RegisterKeyVillageAsync(request));
        request.Village.Name = "另一村";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(Client().RegisterKeyVillageAsync(request)));
        request.KeyVillageId = MonitoringFixture.NewId();
        Assert.Equal((StatusCode.AlreadyExists, Rules.VillageOnce.Code), await MonitoringFixture.Refused(Client().RegisterKeyVillageAsync(request)));
        request.Village.Division = "619901999999";
        Assert.Equal((StatusCode.FailedPrecondition, Rules.UnknownDivision.Code), await MonitoringFixture.Refused(Client().RegisterKeyVillageAsync(request)));
        request.Village.UntilYear = 2020;
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().RegisterKeyVillageAsync(request))).Status);

        var rows = $"{MonitoringFixture.Village},2022,18000,20000,100,80,95,40000\n{MonitoringFixture.Village},2023,20000,20000,100,85,95,40000\n";
        Assert.Equal((2, 0), ((await Import(rows)).Created, (await Import(rows)).Created));
        var years = (await Client().GetKeyVillageAsync(new GetKeyVillageRequest { KeyVillageId = village.Id })).Years;
        Assert.Equal(["2023: Met Pending Met Missed", "2022: Pending Pending Met Pending"],
            years.Select(year => $"{year.Year}: {string.Join(' ', year.Targets.Select(target => target.State))}"));
        Assert.Equal((0.9, 1.0, "2023-12-31", "S3d 一(二)1"), years[1].Targets.Where(target => target.Figure == VillageFigure.Income)
            .Select(target => (target.Value, target.Target, target.DueDate, target.Citation.Source)).Single());
        Assert.Equal(2, (await monitoring.Events("governance.monitoring.v1.VillageFiguresRecorded")).Count);

        var figures = (await new V1.Indicators.IndicatorsClient(monitoring.Officer()).ListIndicatorsAsync(new ListIndicatorsRequest())).Indicators
            .Where(figure => figure.Id.StartsWith("monitoring.key_villages.", StringComparison.Ordinal));
        Assert.Equal(["collective_income 0/1 2023-12-31 False", "income 1/1 2023-12-31 True", "sanitary_toilets 95/100 2025-12-31 True", "tap_water 85/100 2025-12-31 False"],
            figures.Select(figure => $"{figure.Id.Split('.')[^1]} {figure.Numerator}/{figure.Denominator} {figure.DueDate} {figure.Met}"));

        using var export = Client().ExportVillageFigures(new ExportVillageFiguresRequest());
        var csv = await MonitoringFixture.Download(export);
        Assert.Contains($"{MonitoringFixture.Village},2022,18000.00,20000.00,100,80,95,40000.00", csv, StringComparison.Ordinal);
        Assert.Equal(2, (await Import(csv[Header.Length..].Replace("\r", "", StringComparison.Ordinal).TrimStart('\n'))).Unchanged);

        var neighbour = Client(MonitoringFixture.Neighbour);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.GetKeyVillageAsync(new GetKeyVillageRequest { KeyVillageId = village.Id }))).Status);
        Assert.Empty((await neighbour.ListKeyVillagesAsync(new ListKeyVillagesRequest())).Villages);
        Assert.Contains((await Client().ListKeyVillagesAsync(new ListKeyVillagesRequest())).Villages, listed => listed.Id == village.Id);
        request.Village.UntilYear = 2025;
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.RegisterKeyVillageAsync(request))).Status);
    }

    [Fact]
    public async Task Each_wrong_row_of_figures_is_told_with_its_reason()
    {
        var village = "619901001002";
        await Client().RegisterKeyVillageAsync(new RegisterKeyVillageRequest
        {
            KeyVillageId = MonitoringFixture.NewId(),
            Village = new V1.KeyVillage { Division = village, Name = "甲二村", FromYear = 2021, UntilYear = 2025 },
        });
        var report = await Import($"619901002001,2022,1,1,1,1,1,1\n{village},2020,1,1,1,1,1,1\n{village},2025,1,1,1,1,1,1\n{village},2022,1,1,1,2,1,1\n" +
            $"{village},2021,1,1,1,1,1,1\n{village},2021,1,1,1,1,1,2\n{village},2023,-1,1,1,1,1,1\n619902100001,2023,1,1,1,1,1,1\n");
        Assert.Equal((0, 8), (report.Created, report.Rejected));
        Assert.Equal(
            [
                Rules.UnknownVillage.Code, Rules.VillageYear.Code, Rules.VillageYear.Code, Rules.WithinHouseholds.Code, Rules.VillageYearTwice.Code,
                Rules.VillageYearTwice.Code, "NOT_AN_AMOUNT", "OUT_OF_SCOPE",
            ],
            report.Errors.OrderBy(error => error.Line).Select(error => error.Rule));
    }

    V1.KeyVillages.KeyVillagesClient Client(string division = MonitoringFixture.County) => new(monitoring.Officer(division));

    async Task<ImportReport> Import(string rows)
    {
        using var call = Client().ImportVillageFigures();
        await call.RequestStream.WriteAsync(new ImportVillageFiguresRequest
        {
            ImportId = MonitoringFixture.NewId(), File = new HttpBody { Data = ByteString.CopyFromUtf8(Header + rows) },
        });
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }
}
