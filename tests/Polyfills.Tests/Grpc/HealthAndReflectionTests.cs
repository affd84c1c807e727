using Governance.Interop;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>grpc.health.v1 over the application's health checks, and grpc.reflection in both its names.</summary>
public sealed class HealthAndReflectionTests : IAsyncLifetime
{
    readonly List<HealthCheckResult> _health = [HealthCheckResult.Healthy()];
    GrpcServer _server = null!;
    Health.HealthClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GrpcServer.StartAsync(
            services: services =>
            {
                services.AddGrpcHealthChecks().AddCheck("scripted", () => _health[^1]);
                services.AddGrpcReflection();
            },
            map: app =>
            {
                app.MapGrpcHealthChecksService();
                app.MapGrpcReflectionService();
            });
        _client = new Health.HealthClient(_server.Channel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(HealthStatus.Healthy, ServingStatus.Serving)]
    [InlineData(HealthStatus.Degraded, ServingStatus.Serving)]
    [InlineData(HealthStatus.Unhealthy, ServingStatus.NotServing)]
    public async Task A_check_runs_the_checks_now(HealthStatus health, ServingStatus serving)
    {
        _health.Add(new HealthCheckResult(health));

        Assert.Equal(serving, (await _client.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task A_check_of_an_unknown_service_finds_nothing()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _client.CheckAsync(new HealthCheckRequest { Service = "x" }));

        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public async Task A_watch_answers_at_once_then_at_each_change_and_ends_when_the_server_stops()
    {
        using var watch = _client.Watch(new HealthCheckRequest());
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));

        await PublishAsync(HealthStatus.Healthy);
        await PublishAsync(HealthStatus.Unhealthy);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        await PublishAsync(HealthStatus.Healthy);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));

        var stop = _server.StopAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        var failure = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        await stop;
    }

    [Fact]
    public async Task A_watch_of_an_unknown_service_stays_open()
    {
        using var watch = _client.Watch(new HealthCheckRequest { Service = "x" });

        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
        Assert.False(watch.ResponseStream.MoveNext().IsCompleted);
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Reflection_describes_what_is_mapped(string service)
    {
        var list = await ReflectAsync(service, new() { ListServices = "*" });
        Assert.Equal(
            ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.testing.TestService"],
            list.ListServicesResponse.Service.Select(each => each.Name));

        foreach (var symbol in new[]
        {
            "grpc.testing.TestService", "grpc.testing.TestService.UnaryCall", "grpc.testing.Payload", "grpc.testing.Payload.body",
            "grpc.testing.PayloadType", "grpc.health.v1.HealthCheckResponse.ServingStatus",
        })
        {
            var file = await ReflectAsync(service, new() { FileContainingSymbol = symbol });
            Assert.NotEmpty(file.FileDescriptorResponse.FileDescriptorProto);
        }

        var byName = await ReflectAsync(service, new() { FileByFilename = "interop.proto" });
        Assert.Equal(InteropReflection.Descriptor.SerializedData, byName.FileDescriptorResponse.FileDescriptorProto[0]);
    }

    [Fact]
    public async Task Reflection_says_what_it_does_not_know()
    {
        foreach (var request in new ServerReflectionRequest[]
        {
            new() { FileByFilename = "nothing.proto" },
            new() { FileContainingSymbol = "nothing" },
            new() { FileContainingExtension = new() { ContainingType = "grpc.testing.Payload", ExtensionNumber = 1 } },
            new() { AllExtensionNumbersOfType = "nothing" },
        })
        {
            var response = await ReflectAsync("grpc.reflection.v1.ServerReflection", request);
            Assert.Equal((int)StatusCode.NotFound, response.ErrorResponse.ErrorCode);
            Assert.Equal(request, response.OriginalRequest);
        }
    }

    static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext());
        return watch.ResponseStream.Current.Status;
    }

    async Task PublishAsync(HealthStatus status)
    {
        var report = new HealthReport(
            new Dictionary<string, HealthReportEntry> { ["scripted"] = new(status, null, TimeSpan.Zero, null, null) }, TimeSpan.Zero);
        foreach (var publisher in _server.Services.GetServices<IHealthCheckPublisher>())
            await publisher.PublishAsync(report, CancellationToken.None);
    }

    async Task<ServerReflectionResponse> ReflectAsync(string service, ServerReflectionRequest request)
    {
        var method = new Method<ServerReflectionRequest, ServerReflectionResponse>(
            MethodType.DuplexStreaming, service, "ServerReflectionInfo", MarshallerOf(ServerReflectionRequest.Parser),
            MarshallerOf(ServerReflectionResponse.Parser));
        using var call = _server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext());
        return call.ResponseStream.Current;
    }

    static Marshaller<T> MarshallerOf<T>(Google.Protobuf.MessageParser<T> parser) where T : Google.Protobuf.IMessage<T> =>
        Marshallers.Create<T>(
            (message, context) => context.Complete(Google.Protobuf.MessageExtensions.ToByteArray(message)),
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
}
