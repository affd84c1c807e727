using Google.Protobuf.Reflection;
using Governance.Contracts;
using Grpc.Core;
using Xunit;

namespace Governance.Organizations.Tests;

/// <summary>Who may call, for every rpc that the contract declares.</summary>
public sealed class PermissionsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    static readonly Marshaller<byte[]> _bytes =
        Marshallers.Create((message, context) => context.Complete(message), context => context.PayloadAsNewBuffer());

    public static TheoryData<string> Rpcs => [.. All.Select(method => method.FullName)];

    static IEnumerable<MethodDescriptor> All => Contract.Methods.Where(method => Contract.Owner(method.File) == "organizations");

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task A_caller_without_the_permission_is_refused(string rpc)
    {
        var method = All.Single(method => method.FullName == rpc);
        var refused = await Assert.ThrowsAsync<RpcException>(() => Call(service.OfficerWithout(Contract.Permission(method)), method));
        Assert.Equal((StatusCode.PermissionDenied, "PERMISSION_MISSING"), (refused.StatusCode, Refused.Reason(refused)));
    }

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task A_caller_with_the_permission_alone_is_let_in(string rpc)
    {
        var method = All.Single(method => method.FullName == rpc);
        var caller = service.As(OrganizationsFixture.Province, Contract.Permission(method));
        var answer = await Record.ExceptionAsync(() => Call(caller, method));
        // An empty request is often malformed; what matters here is that it was looked at.
        Assert.True(answer is null or RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.NotFound }, answer?.Message);
    }

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task A_caller_who_is_not_signed_in_is_refused(string rpc)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Call(service.Anonymous, All.Single(method => method.FullName == rpc)));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    /// <summary>Calls with an empty request and reads the answer to its end.</summary>
    static async Task Call(CallInvoker invoker, MethodDescriptor descriptor)
    {
        Method<byte[], byte[]> Method(MethodType type) => new(type, descriptor.Service.FullName, descriptor.Name, _bytes, _bytes);
        if (descriptor.IsClientStreaming)
        {
            using var call = invoker.AsyncClientStreamingCall(Method(MethodType.ClientStreaming), null, default);
            await call.RequestStream.CompleteAsync();
            await call;
        }
        else if (descriptor.IsServerStreaming)
        {
            using var call = invoker.AsyncServerStreamingCall(Method(MethodType.ServerStreaming), null, default, []);
            await foreach (var _ in call.ResponseStream.ReadAllAsync())
            {
            }
        }
        else
        {
            await invoker.AsyncUnaryCall(Method(MethodType.Unary), null, default, []);
        }
    }
}
