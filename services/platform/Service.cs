using System.Net;
using System.Reflection;
using Dapr.Client;
using Governance.Platform.Audit;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Messaging;
using Governance.Platform.Policies;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;
using Governance.Platform.Rules;
using Keycloak.AuthServices.Authentication;
using Keycloak.AuthServices.Authorization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Platform;

/// <summary>
/// Hosts a service: gRPC on a port of its own (HTTP/2 cleartext, which Kestrel cannot share with HTTP/1.1), health and event
/// deliveries on another; sign-in, permissions, scope, errors, telemetry, migrations and a graceful end are the same for all.
/// </summary>
public static class Service
{
    /// <summary>
    /// Runs the service that <paramref name="name"/> names until it is told to stop, or, when the first argument is a verb of
    /// <see cref="Maintenance"/>, does that and ends.
    /// </summary>
    public static async Task Run(string name, string[] args, Action<ServiceBuilder> configure)
    {
        var assembly = configure.Method.Module.Assembly;
        if (args is [var verb, .. var rest] && Maintenance.Find(verb) is { } maintain)
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(rest).Build();
            await maintain(new Maintained(name, assembly, configuration));
            return;
        }
        await using var app = await Start(name, configuration => configuration.AddCommandLine(args), configure, assembly);
        // What only the start needed goes back to the system; an idle service would keep it for hours.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await app.WaitForShutdownAsync();
    }

    /// <summary>
    /// Starts the service. Configuration comes from the service's appsettings, the environment, and <paramref name="settings"/>, the
    /// last winning. <paramref name="assembly"/> is the service's: its migrations are applied when <c>ConnectionStrings:Migrations</c>
    /// says as whom. In a cluster it does not: there the owner's password is for the verb <c>migrate</c> alone.
    /// </summary>
    public static async Task<WebApplication> Start(
        string name, Action<IConfigurationBuilder> settings, Action<ServiceBuilder> configure, Assembly assembly, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = assembly.GetName().Name });
        settings(builder.Configuration);
        var service = new ServiceBuilder(name, builder.Services, builder.Configuration);
        AddCommon(builder, name);
        service.Rules(typeof(PlatformRules));
        configure(service);
        builder.Services.AddSingleton(service.Handlers);

        var app = builder.Build();
        app.Services.GetRequiredService<TelemetryLifetime>();
        // Policies that are missing or wrong stop the service before it touches anything.
        app.Services.GetService<PolicyBook>();
        app.UseAuthentication();
        app.UseAuthorization();
        foreach (var map in service.Endpoints)
            map(app);
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        app.MapHealthChecks("/healthz/live", new() { Predicate = _ => false });
        app.MapHealthChecks("/healthz/ready");
        Messaging.Dapr.MapDeliveries(app, name, service.Handlers.Topics);

        try
        {
            var source = app.Services.GetRequiredService<NpgsqlDataSource>();
            if (builder.Configuration["ConnectionStrings:Migrations"] is { Length: > 0 } owner)
                await Migrations.Apply(owner, assembly, cancellation);
            else
                await Migrations.Check(source, assembly, cancellation);
            await HashKeys.Check(source, app.Services.GetRequiredService<PersonalData>(), cancellation);
            await app.StartAsync(cancellation);
        }
        catch
        {
            // Its connections would outlive it where another program hosts it.
            await app.DisposeAsync();
            throw;
        }
        return app;
    }

    static void AddCommon(WebApplicationBuilder builder, string name)
    {
        var configuration = builder.Configuration;
        var services = builder.Services;
        builder.Logging.ClearProviders();
        builder.Logging.AddJsonConsole();

        var address = IPAddress.Parse(configuration["Address"] ?? "0.0.0.0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A quiet client stream is no attack: health watches and slow uploads last as long as they last.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(address, configuration.GetValue<int>("Grpc:Port"), listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(address, configuration.GetValue<int>("Http:Port"), listen => listen.Protocols = HttpProtocols.Http1);
        });

        services.TryAddSingleton(TimeProvider.System);
        var connection = new NpgsqlConnectionStringBuilder(Required(configuration, "ConnectionStrings:Database"))
        {
            // A caller's deadline ends a statement long before this does: it is for imports and screening over a province.
            CommandTimeout = 600,
            // Compiling a set-based statement takes PostgreSQL seconds and saves it none. What is asked again and again is parsed once but
            // planned each time, because the plan of a list hangs on which of its filters are given.
            Options = "-c jit=off -c plan_cache_mode=force_custom_plan",
            MaxAutoPrepare = 256,
        };
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = name }.Build());
        services.AddSingleton(provider => new Database(name, provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()));

        // Read now: a service with a bad key must not start. Made by a factory, so that the container ends it.
        var personal = PersonalData.From(configuration);
        services.AddSingleton(_ => personal);

        services.AddKeycloakWebApiAuthentication(configuration, jwt => jwt.MapInboundClaims = false);
        services.AddAuthentication().AddDapr(dapr => dapr.Token = configuration["APP_API_TOKEN"]);
        services.AddKeycloakAuthorization(keycloak =>
        {
            configuration.GetSection("Keycloak").Bind(keycloak);
            keycloak.EnableRolesMapping = RolesClaimTransformationSource.ResourceAccess;
            keycloak.RolesResource = configuration["Keycloak:resource"];
        });
        services.AddAuthorization(authorization => authorization.AddDapr());
        // Comes with authentication, loads XML, and writes a key into the home folder; nothing here is protected by it.
        if (services.FirstOrDefault(service => service.ImplementationType?.Name == "DataProtectionHostedService") is { } protection)
            services.Remove(protection);

        services.AddGrpc(grpc => grpc.Interceptors.Add<CallInterceptor>());
        services.AddSingleton<CallInterceptor>();
        services.AddSingleton<RuleBook>();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<DatabaseCheck>("database");

        services.AddDaprClient();
        services.AddSingleton<Inbox>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<ParkedEvents>();
        services.AddSingleton<Feed>();
        services.AddSingleton<ImportDesk>();
        services.AddSingleton<AuditDesk>();
        services.AddHostedService<AuditSealer>();
        services.AddHostedService<Relay>();
        if (Telemetry.Endpoint(configuration) is not null)
            services.AddHostedService<Backlog>();
        // Made by the container, so that it ends with it and the last spans leave.
        services.AddSingleton(_ => new TelemetryLifetime(Telemetry.Start(name, configuration)));
    }

    internal static string Required(IConfiguration configuration, string key) =>
        configuration[key] ?? throw new InvalidOperationException($"Configuration \"{key}\" is missing.");

    /// <summary>Lets the container end the telemetry with the service, after the last span.</summary>
    sealed record TelemetryLifetime(Telemetry? Telemetry) : IDisposable
    {
        public void Dispose() => Telemetry?.Dispose();
    }

    sealed class DatabaseCheck(NpgsqlDataSource source) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return HealthCheckResult.Unhealthy("The database does not answer.", exception);
            }
        }
    }
}
