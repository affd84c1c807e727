using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Contract = Governance.Organizations.V1.Indicators;
using Declared = Governance.Platform.Indicators.Indicator;

namespace Governance.Platform.Tests.Indicators;

/// <summary>A service with one indicator: the share of places that are covered.</summary>
public sealed class IndicatorFixture() : ServiceFixture("indicators", service => service
    .Serve<IndicatorsService>()
    .Indicator(new Declared("test.covered", new Text("覆盖率", "Coverage"), new Policy<decimal>("organizations.coverage.target"), Measure, Rows)))
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.Execute(
            """
            create table places (id text primary key, division text collate "C" not null, covered boolean not null);
            call scope_table('places');
            grant select on places to public;
            insert into places select division || '-' || number, division, division <> '619901001001' or number <> 1
            from unnest(array['619901001001', '619901002001', '619902001001']) division, generate_series(1, 3) number;
            """);
    }

    static Task<List<Measurement>> Measure(Transaction transaction, PolicyBook policies, string division, int digits) => transaction.Query(
        "select left(division, $2), count(*) filter (where covered), count(*) from places where division >= $1 and division < $1 || ':' group by 1",
        row => new Measurement(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), division, digits);

    static Task<List<IndicatorRow>> Rows(Transaction transaction, PolicyBook policies, string division, Page page) => transaction.Query(
        "select id, division, covered from places where division >= $1 and division < $1 || ':' and id > $2 order by id limit $3",
        row => new IndicatorRow { Id = row.GetString(0), Name = row.GetString(0), Division = row.GetString(1), Counted = row.GetBoolean(2) },
        division, page.After, page.Limit);

    sealed class IndicatorsService(IndicatorDesk desk) : Contract.IndicatorsBase
    {
        public override Task<ListIndicatorsResponse> ListIndicators(ListIndicatorsRequest request, ServerCallContext context) =>
            desk.List(request, context);

        public override Task<DrillIndicatorResponse> DrillIndicator(DrillIndicatorRequest request, ServerCallContext context) =>
            desk.Drill(request, context);
    }
}

public sealed class IndicatorDeskTests(IndicatorFixture service) : IClassFixture<IndicatorFixture>
{
    [Theory]
    [InlineData("61", "", 8, 9, false)]
    [InlineData("619901", "", 5, 6, false)]
    [InlineData("61", "619902", 3, 3, true)]
    [InlineData("619901", "619901002", 3, 3, true)]
    public async Task An_indicator_measures_a_division_against_its_target(string caller, string division, int numerator, int denominator, bool met)
    {
        var indicator = Assert.Single((await Client(caller).ListIndicatorsAsync(new ListIndicatorsRequest { Division = division })).Indicators);
        Assert.Equal((numerator, denominator, met, 1.0), ((int)indicator.Numerator, (int)indicator.Denominator, indicator.Met, indicator.Target));
        Assert.Equal((double)numerator / denominator, indicator.Value);
        Assert.Equal(("覆盖率", "S0 三(一)", division.Length > 0 ? division : caller), (indicator.Title, indicator.Citation.Source, indicator.Division));
    }

    [Theory]
    [InlineData("619902", StatusCode.NotFound)]
    [InlineData("61", StatusCode.NotFound)]
    [InlineData("6199010", StatusCode.InvalidArgument)]
    public async Task A_division_outside_of_the_callers_is_not_measured(string division, StatusCode expected)
    {
        var client = Client("619901");
        Assert.Equal(expected, await Fails(client.ListIndicatorsAsync(new ListIndicatorsRequest { Division = division })));
        Assert.Equal(expected, await Fails(client.DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "test.covered", Division = division })));
    }

    [Fact]
    public async Task The_rows_behind_an_indicator_come_page_by_page()
    {
        var request = new DrillIndicatorRequest { IndicatorId = "test.covered", PageSize = 4 };
        var first = await Client("619901").DrillIndicatorAsync(request);
        request.PageToken = first.NextPageToken;
        var second = await Client("619901").DrillIndicatorAsync(request);
        Assert.Equal((4, 2, ""), (first.Rows.Count, second.Rows.Count, second.NextPageToken));
        Assert.Equal("619901001001-1", Assert.Single([.. first.Rows, .. second.Rows], row => !row.Counted).Id);
    }

    [Theory]
    [InlineData("61", Level.County, "619901:5/6 619902:3/3")]
    [InlineData("619901", Level.Township, "619901001:2/3 619901002:3/3")]
    [InlineData("619901", Level.Department, "619901:5/6")]
    public async Task An_indicator_is_measured_for_every_part_of_a_division(string caller, Level level, string expected) =>
        Assert.Equal(expected, string.Join(' ', (await Client(caller).ListIndicatorsAsync(new ListIndicatorsRequest { Level = level })).Indicators
            .Select(part => $"{part.Division}:{part.Numerator}/{part.Denominator}")));

    [Fact]
    public async Task A_level_above_the_division_is_refused() =>
        Assert.Equal(StatusCode.InvalidArgument, await Fails(Client("619901").ListIndicatorsAsync(new ListIndicatorsRequest { Level = Level.City })));

    [Fact]
    public async Task A_county_under_the_target_is_told_once_a_month()
    {
        var watch = service.Services.GetRequiredService<IndicatorWatch>();
        await watch.Tick(default);
        await watch.Tick(default);
        service.Clock.Advance(TimeSpan.FromDays(31));
        await watch.Tick(default);

        var told = await service.Events("governance.common.v1.IndicatorUnderTarget");
        Assert.Equal(["2024-04", "2024-05"], told.Select(@event => @event.GetProperty("data").GetProperty("month").GetString()));
        Assert.Equal(("test.covered/619901", "619901"), (told[0].GetProperty("subject").GetString(), told[0].GetProperty("division").GetString()));
        Assert.Equal(
            new IndicatorUnderTarget { IndicatorId = "test.covered", Division = "619901", Month = "2024-04", Numerator = 5, Denominator = 6, Target = 1 },
            IndicatorUnderTarget.Parser.ParseJson(told[0].GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task An_indicator_that_is_not_there_is_not_found() =>
        Assert.Equal(StatusCode.NotFound, await Fails(Client("61").DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "test.unheard_of" })));

    [Fact]
    public async Task Who_lacks_the_permission_sees_no_indicator()
    {
        var client = new Contract.IndicatorsClient(service.As("61", "settlements.read"));
        Assert.Equal(StatusCode.PermissionDenied, await Fails(client.ListIndicatorsAsync(new ListIndicatorsRequest())));
        Assert.Equal(StatusCode.PermissionDenied, await Fails(client.DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "test.covered" })));
    }

    [Theory]
    [InlineData(9, 10, 0.9, true)]
    [InlineData(89, 100, 0.9, false)]
    [InlineData(1, 3, 0.3333, true)]
    [InlineData(0, 0, 1, true)]
    public void A_target_is_compared_without_rounding(long numerator, long denominator, double target, bool reached) =>
        Assert.Equal(reached, new Measurement("", numerator, denominator).Reaches((decimal)target));

    Contract.IndicatorsClient Client(string division) => new(service.As(division, "indicators.read"));

    static async Task<StatusCode> Fails<T>(AsyncUnaryCall<T> call) => (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode;
}
