using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Governance.Contracts;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Every rpc of monitoring asks for its permission, and nothing that leaves carries a name or a number.</summary>
public sealed class PermissionTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    static readonly Marshaller<byte[]> _bytes = Marshallers.Create<byte[]>((bytes, context) => context.Complete(bytes),
        context => context.PayloadAsNewBuffer());

    static IEnumerable<MethodDescriptor> Methods => Contract.Methods.Where(method => Contract.Owner(method.File) == "monitoring");

    public static TheoryData<string> Rpcs => [.. Methods.Select(method => $"{method.Service.FullName}/{method.Name}")];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task An_rpc_is_refused_without_its_permission_and_let_through_with_it(string rpc)
    {
        var method = Methods.Single(method => $"{method.Service.FullName}/{method.Name}" == rpc);
        var permission = Contract.Permission(method);
        Assert.NotEqual("", permission);
        if (permission == "public")
        {
            // An empty request fails for what it lacks: nobody has to sign in.
            Assert.Equal(StatusCode.InvalidArgument, await Call(monitoring.Anonymous, method));
            return;
        }
        var others = Methods.Select(Contract.Permission).Distinct(StringComparer.Ordinal).Where(other => other != permission).ToArray();

        Assert.Equal(StatusCode.Unauthenticated, await Call(monitoring.Anonymous, method));
        Assert.Equal(StatusCode.PermissionDenied, await Call(monitoring.As(MonitoringFixture.County, others), method));
        // An empty request fails for what it lacks, or succeeds: it is not the permission.
        Assert.DoesNotContain(await Call(monitoring.As(MonitoringFixture.County, permission), method),
            new[] { StatusCode.PermissionDenied, StatusCode.Unauthenticated, StatusCode.Internal, StatusCode.Unimplemented });
    }

    [Fact]
    public async Task No_event_carries_a_name_or_an_identity_number()
    {
        await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader, SampleCounty.HouseholdRows(36)));
        var household = await monitoring.Monitored();
        await monitoring.Households().MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = household.Id,
            Division = "619901001002" });
        await monitoring.Screening().RunScreeningAsync(new RunScreeningRequest());

        // A trace's id is random hexadecimal: its digits may happen to look like a number.
        var traces = new Regex($"{household.Id}|\"traceparent\":\"[^\"]+\"");
        var events = (await monitoring.Events()).ConvertAll(@event => traces.Replace(@event.GetRawText(), ""));
        Assert.True(events.Count > 36);
        var secrets = SampleCounty.HouseholdRows(36).Select(row => row.Split(',')).SelectMany(cells => new[] { cells[14],
            cells[15] }).Append("赵例").ToList();
        Assert.All(events, @event => Assert.DoesNotContain(secrets, secret => @event.Contains(secret, StringComparison.Ordinal)));
        Assert.All(events, @event => Assert.DoesNotMatch("\\d{17}[\\dX]", @event));

        // A number that lies open anywhere in the database would be as bad.
        Assert.Equal(0, (await monitoring.Database.Query<long>("select count(*) from members where encode(identity_sealed, 'escape') ~ '6199'")).Single());
    }

    static async Task<StatusCode> Call(CallInvoker invoker, MethodDescriptor method)
    {
        var type = method switch
        {
            { IsClientStreaming: true } => MethodType.ClientStreaming,
            { IsServerStreaming: true } => MethodType.ServerStreaming,
            _ => MethodType.Unary,
        };
        var raw = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, _bytes, _bytes);
        try
        {
            switch (type)
            {
                case MethodType.ClientStreaming:
                    using (var call = invoker.AsyncClientStreamingCall(raw, null, default))
                    {
                        await call.RequestStream.CompleteAsync();
                        await call.ResponseAsync;
                    }
                    break;
                case MethodType.ServerStreaming:
                    using (var call = invoker.AsyncServerStreamingCall(raw, null, default, []))
                    {
                        while (await call.ResponseStream.MoveNext(default))
                        {
                        }
                    }
                    break;
                default:
                    await invoker.AsyncUnaryCall(raw, null, default, []).ResponseAsync;
                    break;
            }
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
