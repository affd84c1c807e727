namespace Governance.Local.Sidecar;

/// <summary>What a <see cref="LocalSidecar"/> needs to know.</summary>
/// <param name="ConnectionString">An existing PostgreSQL database of its own; one sidecar at a time may hold it.</param>
/// <param name="DaprFolder">The folder with dapr.yaml, whose components, scopes and resiliency apply.</param>
/// <param name="Apps">The applications that it stands beside, in this process or in others.</param>
sealed record SidecarOptions(string ConnectionString, string DaprFolder, IReadOnlyList<SidecarApp> Apps)
{
    /// <summary>How long a message is kept for subscribers that are yet to come, after all known ones have it.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>One application and its sidecar.</summary>
/// <param name="Id">Its Dapr app-id.</param>
/// <param name="SidecarPort">Where its sidecar listens (DAPR_HTTP_PORT); 0 takes a free port, see <see cref="LocalSidecar.Port"/>.</param>
/// <param name="AppPort">Where the application takes deliveries by HTTP/1.1; none for one that only publishes.</param>
/// <param name="ApiToken">What the sidecar asks of the application (DAPR_API_TOKEN).</param>
/// <param name="AppToken">What the application asks of the sidecar (APP_API_TOKEN).</param>
sealed record SidecarApp(string Id, int SidecarPort, int? AppPort = null, string? ApiToken = null, string? AppToken = null);
