using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Governance.Platform;

/// <summary>Traces and metrics over OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to. Without it nothing is collected.</summary>
public sealed class Telemetry : IDisposable
{
    /// <summary>The suite's own spans.</summary>
    public static ActivitySource Activities { get; } = new("Governance");

    /// <summary>The suite's own figures.</summary>
    public static Meter Meter { get; } = new("Governance");

    readonly TracerProvider _traces;
    readonly MeterProvider _metrics;

    Telemetry(string service, Uri endpoint)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(service, serviceNamespace: "governance");
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Activities.Name, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql")
            .AddOtlpExporter(exporter => exporter.Endpoint = endpoint)
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Meter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "Npgsql", "System.Runtime")
            .AddOtlpExporter(exporter => exporter.Endpoint = endpoint)
            .Build();
    }

    /// <summary>Starts collecting for <paramref name="service"/>, or answers with <c>null</c> when no endpoint is configured.</summary>
    public static Telemetry? Start(string service, IConfiguration configuration) =>
        Endpoint(configuration) is { } endpoint ? new Telemetry(service, endpoint) : null;

    internal static Uri? Endpoint(IConfiguration configuration) =>
        Uri.TryCreate(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"], UriKind.Absolute, out var endpoint) ? endpoint : null;

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
