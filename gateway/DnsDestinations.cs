using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Governance.Gateway;

/// <summary>
/// Makes every address behind a destination's name a destination of its own, so that a headless Kubernetes service is
/// balanced per call and not per connection. Names are looked up again every few seconds. A name that does not resolve
/// makes only its own service unavailable; YARP's own resolver would keep the whole gateway from starting.
/// </summary>
sealed class DnsDestinations(ILogger<DnsDestinations> log) : IDestinationResolver
{
    static readonly TimeSpan _refresh = TimeSpan.FromSeconds(5);

    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal);
        var hasNames = false;
        foreach (var (id, destination) in destinations)
        {
            var uri = new Uri(destination.Address);
            if (uri.IsLoopback || IPAddress.TryParse(uri.Host, out _))
            {
                resolved.Add(id, destination);
                continue;
            }
            hasNames = true;
            foreach (var address in await LookUp(uri.Host, cancellationToken))
            {
                var target = new UriBuilder(uri) { Host = address.ToString() }.Uri.ToString();
                resolved.Add($"{id}/{address}", destination with { Address = target, Host = destination.Host ?? uri.Authority });
            }
        }
        return new(resolved, hasNames ? new CancellationChangeToken(new CancellationTokenSource(_refresh).Token) : null);
    }

    async Task<IPAddress[]> LookUp(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException e)
        {
            log.LogWarning("{Host} does not resolve: {Reason}", host, e.Message);
            return [];
        }
    }
}
