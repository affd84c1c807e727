using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Children of compulsory school age who are on no school's register are suspected to have dropped out (MON-18).</summary>
public sealed class EnrolmentTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    // 1 April 2024 is in the second term of 2023: children born from 2 September 2008 to 1 September 2017 belong at school.
    const string Header = "身份证号码,学年,学期,学校,年级\n";

    [Theory]
    [InlineData("2024-08-31", 2023, 2)]
    [InlineData("2024-09-01", 2024, 1)]
    [InlineData("2025-01-31", 2024, 1)]
    [InlineData("2025-02-01", 2024, 2)]
    public void A_day_is_in_a_term(string day, int schoolYear, int number)
    {
        var term = Term.Of(DateOnly.Parse(day, null));
        Assert.Equal((schoolYear, number, new Term(schoolYear, number)), (term.SchoolYear, term.Number, term));
    }

    [Fact]
    public async Task A_child_on_no_register_enters_the_ledger_and_the_registry_suspects_it()
    {
        // The only children of the county: other tests' pupils are older.
        V1.Member[] children = [.. Enumerable.Range(0, 8).Select(_ => monitoring.NewMember(Relation.Son, 2012))];
        var (enrolled, unknown, missing, known, atHome, left, young, old) = (children[0], children[1], children[2], children[3], children[4], children[5], children[6], children[7]);
        young.IdentityNumber = monitoring.NewPerson(2019);
        old.IdentityNumber = monitoring.NewPerson(2007);
        foreach (var child in (V1.Member[])[enrolled, missing, known, young, old])
            child.SchoolStatus = SchoolStatus.Enrolled;
        foreach (var child in children)
            child.Id = MonitoringFixture.NewId();
        (atHome.SchoolStatus, left.SchoolStatus) = (SchoolStatus.TaughtAtHome, SchoolStatus.LeftSchool);
        var household = await Register(children);
        var reported = await new V1.DropOuts.DropOutsClient(Officer()).ReportDropOutAsync(new ReportDropOutRequest
        {
            DropOutId = MonitoringFixture.NewId(), DropOut = new V1.DropOut { MemberId = known.Id, FoundDate = "2024-03-10" },
        });

        Assert.Equal((StatusCode.FailedPrecondition, Rules.RegisterThere.Code), await MonitoringFixture.Refused(Compare()));
        var rows = $"{enrolled.IdentityNumber},2023,第二学期,邻县一小,六年级\n{unknown.IdentityNumber},2023,春季,邻县一小,\n{monitoring.NewPerson(2012)},2023,2,邻县一小,\n";
        var report = await Import(rows);
        Assert.Equal((3, 2, 0, 0, 0), (report.Rows, report.Created, report.Updated, report.Unchanged, report.Rejected));
        Assert.Equal(2, (await Import(rows)).Unchanged);
        Assert.Equal((1, 1), await Moved());
        Assert.Equal(SchoolStatus.Enrolled, (await Now()).Members.Single(member => member.Id == unknown.Id).SchoolStatus);

        var request = New();
        request.DryRun = true;
        var tried = await Client().CompareEnrolmentsAsync(request);
        Assert.Equal((4, 2, 1, 1, "2024-04-01"), (tried.Children, tried.Enrolled, tried.Suspected, tried.Known, tried.ComparedDate));
        Assert.Equal(["monitoring.school_age", "monitoring.compulsory_schooling.years"], tried.Citations.Select(citation => citation.PolicyId));
        Assert.Equal(reported.Id, Assert.Single(await Ledger()).Id);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Client().GetEnrolmentComparisonAsync(new GetEnrolmentComparisonRequest { EnrolmentComparisonId = request.EnrolmentComparisonId }))).Status);

        request.DryRun = false;
        var compared = await Client().CompareEnrolmentsAsync(request);
        Assert.Equal(tried, compared);
        Assert.Equal(compared, await Client().CompareEnrolmentsAsync(request));
        var opened = Assert.Single(await Ledger(), dropOut => dropOut.Id != reported.Id);
        Assert.Equal((missing.Id, DropOutSource.SchoolRegister, DropOutState.Open, "2024-04-01", "2024-05-31"),
            (opened.MemberId, opened.Source, opened.State, opened.FoundDate, opened.ReportDueDate));
        var now = await Now();
        Assert.Equal(SchoolStatus.SuspectedDropOut, now.Members.Single(member => member.Id == missing.Id).SchoolStatus);
        Assert.Equal(SchoolStatus.LeftSchool, now.Members.Single(member => member.Id == left.Id).SchoolStatus);
        Assert.True(now.Version > household.Version);
        Assert.Contains(await monitoring.Events("governance.monitoring.v1.DropOutOpened"), @event => @event.GetProperty("subject").GetString() == opened.Id);
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.EnrolmentsCompared"));
        Assert.Equal((compared.Id, 1), (told.GetProperty("subject").GetString(), told.GetProperty("data").GetProperty("suspected").GetInt32()));

        // Compared again, nobody is entered twice; under the same id nothing else is compared.
        var again = await Compare();
        Assert.Equal((4, 2, 0, 2), (again.Children, again.Enrolled, again.Suspected, again.Known));
        request.Comparison.Term = 1;
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(Client().CompareEnrolmentsAsync(request)));
        Assert.Equal([compared, again], (await Client().ListEnrolmentComparisonsAsync(new ListEnrolmentComparisonsRequest())).Comparisons);
        Assert.Equal(compared, await Client().GetEnrolmentComparisonAsync(new GetEnrolmentComparisonRequest { EnrolmentComparisonId = compared.Id }));

        // Another county neither compares nor sees this one's.
        var other = Client(MonitoringFixture.County);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(other.CompareEnrolmentsAsync(New()))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(other.GetEnrolmentComparisonAsync(new GetEnrolmentComparisonRequest { EnrolmentComparisonId = compared.Id }))).Status);
        Assert.Empty((await other.ListEnrolmentComparisonsAsync(new ListEnrolmentComparisonsRequest())).Comparisons);

        async Task<V1.Household> Now() => await monitoring.Households(MonitoringFixture.Neighbour).GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id });
        async Task<IEnumerable<V1.DropOut>> Ledger() => (await new V1.DropOuts.DropOutsClient(Officer()).ListDropOutsAsync(new ListDropOutsRequest())).DropOuts;
        async Task<(int, int)> Moved()
        {
            var changed = await Import($"{enrolled.IdentityNumber},2023,2,邻县二小,六年级\n{unknown.IdentityNumber},2023,2,邻县一小,\n");
            return (changed.Updated, changed.Unchanged);
        }
    }

    [Fact]
    public async Task Wrong_rows_come_back_with_what_is_wrong()
    {
        var child = monitoring.NewMember(Relation.Daughter, 2007);
        await Register(child);
        var id = MonitoringFixture.NewId();
        var report = await Import($"{child.IdentityNumber},2023,2,邻县一小,\n{child.IdentityNumber},2023,2,邻县二小,\n{child.IdentityNumber},2024,1,邻县一小,\n" +
            $"{child.IdentityNumber},2022,第三学期,邻县一小,\n{child.IdentityNumber},2022,1,,\n12345,2022,1,邻县一小,\n", id);
        Assert.Equal((6, 0, 6), (report.Rows, report.Created, report.Rejected));
        Assert.Equal([Rules.EnrolledTwice.Code, Rules.EnrolledTwice.Code, Rules.TermBegun.Code, "NOT_A_CHOICE", "REQUIRED"],
            report.Errors.OrderBy(error => error.Line).Select(error => error.Rule).Take(5));
        Assert.Contains("2023 学年第 2 学期", report.Errors.Single(error => error.Rule == Rules.TermBegun.Code).Message, StringComparison.Ordinal);

        var errors = await MonitoringFixture.Download(new V1.Households.HouseholdsClient(Officer()).GetImportErrors(new GetImportErrorsRequest { ImportId = id }));
        Assert.Equal(7, errors.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task A_rehearsal_keeps_nothing()
    {
        var child = monitoring.NewMember(Relation.Daughter, 2007);
        await Register(child);
        var rows = $"{child.IdentityNumber},2022,1,邻县一小,\n";
        Assert.Equal(1, (await Import(rows, dryRun: true)).Created);
        Assert.Equal(1, (await Import(rows)).Created);
    }

    [Theory]
    [InlineData("61", 2023, 2, "comparison.division")]
    [InlineData("619902", 1999, 2, "comparison.school_year")]
    [InlineData("619902", 2023, 3, "comparison.term")]
    public async Task A_comparison_that_makes_no_sense_names_its_field(string division, int schoolYear, int term, string field)
    {
        var request = new CompareEnrolmentsRequest { EnrolmentComparisonId = MonitoringFixture.NewId(), Comparison = new() { Division = division, SchoolYear = schoolYear, Term = term } };
        Assert.Equal([field], await MonitoringFixture.WrongFields(Client("61").CompareEnrolmentsAsync(request)));
    }

    CallInvoker Officer() => monitoring.Officer(MonitoringFixture.Neighbour);

    Enrolments.EnrolmentsClient Client(string division = MonitoringFixture.Neighbour) => new(monitoring.Officer(division));

    AsyncUnaryCall<EnrolmentComparison> Compare() => Client().CompareEnrolmentsAsync(New());

    static CompareEnrolmentsRequest New() => new()
    {
        EnrolmentComparisonId = MonitoringFixture.NewId(), Comparison = new() { Division = MonitoringFixture.Neighbour, SchoolYear = 2023, Term = 2 },
    };

    async Task<V1.Household> Register(params V1.Member[] children)
    {
        var household = monitoring.NewHousehold([monitoring.NewMember(), .. children]);
        (household.Division, household.SettlementId) = ("619902100001", "");
        return await monitoring.Register(household);
    }

    async Task<ImportReport> Import(string rows, string? id = null, bool dryRun = false)
    {
        using var call = Client().ImportEnrolments();
        await call.RequestStream.WriteAsync(new ImportEnrolmentsRequest
        {
            ImportId = id ?? MonitoringFixture.NewId(), DryRun = dryRun, File = new HttpBody { Data = ByteString.CopyFromUtf8(Header + rows) },
        });
        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
