using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.Health;

/// <summary>The last result of the periodic health checks, and who waits for the next.</summary>
sealed class HealthState : IHealthCheckPublisher
{
    TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServingStatus? Last { get; private set; }

    public Task NextPublished => Volatile.Read(ref _published).Task;

    public static ServingStatus ToServing(HealthReport report) =>
        report.Status is HealthStatus.Unhealthy ? ServingStatus.NotServing : ServingStatus.Serving;

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        Last = ToServing(report);
        Interlocked.Exchange(ref _published, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return Task.CompletedTask;
    }
}

/// <summary>grpc.health.v1 for the server as a whole.</summary>
sealed class HealthService(HealthCheckService checks, HealthState state, IHostApplicationLifetime lifetime) : V1.Health.HealthBase
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (request.Service.Length > 0)
            throw new RpcException(new Status(
                StatusCode.NotFound, $"Only the whole server's health is known, not that of '{request.Service}'."));
        return new HealthCheckResponse { Status = await RunAsync(context) };
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        var last = ServingStatus.Unknown;
        try
        {
            // The protocol keeps the call open for a service that may yet come.
            if (request.Service.Length > 0)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.ServiceUnknown });
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            while (true)
            {
                var next = state.NextPublished;
                var status = state.Last ?? await RunAsync(context);
                if (status != last)
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = last = status });
                await next.WaitAsync(context.CancellationToken);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && last is ServingStatus.Serving)
        {
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing });
        }
    }

    async Task<ServingStatus> RunAsync(ServerCallContext context) => lifetime.ApplicationStopping.IsCancellationRequested
        ? ServingStatus.NotServing
        : HealthState.ToServing(await checks.CheckHealthAsync(context.CancellationToken));
}
