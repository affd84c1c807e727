using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Governance.Common.V1;
using Governance.Contracts;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>The rejected rows of every kind of file go back to who sent it, and to nobody else.</summary>
public sealed class ImportErrorTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    static readonly Marshaller<IMessage> _request = Marshallers.Create<IMessage>((message, context) => context.Complete(message.ToByteArray()),
        _ => throw new NotSupportedException());
    static readonly Marshaller<ImportReport> _report = Marshallers.Create<ImportReport>((report, context) => context.Complete(report.ToByteArray()),
        context => ImportReport.Parser.ParseFrom(context.PayloadAsNewBuffer()));

    static IEnumerable<MethodDescriptor> Imports => Contract.Methods.Where(method => Contract.Owner(method.File) == "monitoring" && method.OutputType == ImportReport.Descriptor);

    public static TheoryData<string> Rpcs => [.. Imports.Select(method => method.Name)];

    /// <summary>The headings that a file of each kind needs.</summary>
    static string Header(string rpc) => rpc switch
    {
        "ImportHouseholds" => "户编号,现居行政区划,户类别,姓名,身份证号码,与户主关系",
        "ImportIncomes" => "户编号,年度,季度",
        "ImportDisasters" => "灾害种类,受灾日期",
        "ImportInsurances" => "身份证号码,年度,医疗保险",
        "ImportEnrolments" => "身份证号码,学年,学期,学校",
        "ImportLowIncome" => "身份证号码,低收入类别,认定日期",
        "ImportList" => "身份证号码,姓名",
        "ImportVillageFigures" => "行政区划,年度,农民人均可支配收入,县域平均可支配收入,总户数,通自来水户数,卫生厕所户数,村集体经济收入",
        _ => throw new ArgumentOutOfRangeException(nameof(rpc), rpc, "Say what a file of this kind needs."),
    };

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task Who_may_upload_a_file_gets_its_errors_and_nobody_else_does(string rpc)
    {
        var method = Imports.Single(method => method.Name == rpc);
        var row = string.Join(',', Header(rpc).Split(',').Select(_ => "误填"));
        var report = await Upload(method, $"{Header(rpc)}\n{row}\n");
        Assert.Equal((1, 1), (report.Rows, report.Rejected));

        Assert.Contains($"{row},", await Errors("clerk", MonitoringFixture.County), StringComparison.Ordinal);
        foreach (var (user, division) in ((string, string)[])[("colleague", MonitoringFixture.County), ("clerk", MonitoringFixture.Neighbour)])
        {
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Errors(user, division))).StatusCode);
        }
        Assert.Equal(["clerk"], await monitoring.Database.Query<string>(
            $"select actor_name from audit where action like '%GetImportErrors' and subjects = array['{report.ImportId}']"));

        Task<string> Errors(string user, string division) => MonitoringFixture.Download(
            new Households.HouseholdsClient(monitoring.AsNamed(user, division, "imports.read")).GetImportErrors(new GetImportErrorsRequest { ImportId = report.ImportId }));
    }

    async Task<ImportReport> Upload(MethodDescriptor method, string file)
    {
        var request = (IMessage)Activator.CreateInstance(method.InputType.ClrType)!;
        Set("import_id", MonitoringFixture.NewId());
        Set("file", new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFromUtf8(file) });
        if (method.Name == "ImportList")
            Set("department_list_id", (await monitoring.RegisterList()).Id);
        using var call = monitoring.AsNamed("clerk", MonitoringFixture.County, Contract.Permission(method)).AsyncClientStreamingCall(
            new Method<IMessage, ImportReport>(MethodType.ClientStreaming, method.Service.FullName, method.Name, _request, _report), null, default);
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        return await call;

        void Set(string field, object value) => method.InputType.FindFieldByName(field).Accessor.SetValue(request, value);
    }
}
