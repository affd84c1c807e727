using Governance.Platform;

namespace Governance.Organizations;

public static class Program
{
    public static Task Main(string[] args) => Service.Run("organizations", args, Configure);

    /// <summary>What the service serves and listens to.</summary>
    public static void Configure(ServiceBuilder service) => service
        .Serve<OperationsService>();
}
