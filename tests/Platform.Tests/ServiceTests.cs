using System.Net;
using Governance.Support;
using Xunit;

namespace Governance.Platform.Tests;

public sealed class EmptyServiceFixture() : ServiceFixture("platform", _ => { });

public sealed class ServiceTests(EmptyServiceFixture service) : IClassFixture<EmptyServiceFixture>
{
    [Fact]
    public async Task A_started_service_is_live_and_ready()
    {
        using var http = new HttpClient { BaseAddress = new Uri(service.HttpAddress) };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/healthz/live", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Subscriptions_and_deliveries_are_refused_without_the_app_token()
    {
        using var http = new HttpClient { BaseAddress = new Uri(service.HttpAddress) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/dapr/subscribe", UriKind.Relative))).StatusCode);
    }
}
