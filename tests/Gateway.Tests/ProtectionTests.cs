using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Governance.Trial.V1;
using Governance.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Governance.Gateway.Tests;

/// <summary>Who gets in, how often, and what the answers give away.</summary>
public sealed class ProtectionTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")]
    public async Task Without_a_valid_token_a_call_is_refused(string? token)
    {
        using var http = GatewayFixture.Client(gateway.Rest.ToString());
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var response = await http.GetAsync("/v1/books");
        await RestTests.AssertFailed(response, 401, 16, "UNAUTHENTICATED", null);
        Assert.StartsWith("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_the_body_is_not_even_read()
    {
        using var http = GatewayFixture.Client(gateway.Rest.ToString());
        using var response = await http.PostAsync("/v1/values", new StringContent("not JSON", Encoding.UTF8, "application/json"));
        await RestTests.AssertFailed(response, 401, 16, "UNAUTHENTICATED", null);
    }

    [Fact]
    public async Task A_gRPC_call_without_a_token_is_told_so_in_gRPC()
    {
        var library = new Library.LibraryClient(gateway.Channel);
        var exception = await Assert.ThrowsAsync<RpcException>(() => library.ListBooksAsync(new()).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, exception.StatusCode);
        Assert.StartsWith("请先登录", exception.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_rpc_needs_no_token()
    {
        using var http = GatewayFixture.Client(gateway.Rest.ToString());
        Assert.Equal("""{"bookId":"7","title":"terse"}""", await http.GetStringAsync("/v1/books/7"));
        Assert.Equal("7", (await new Library.LibraryClient(gateway.Channel).GetBookAsync(new() { BookId = "7" })).BookId);
    }

    [Fact]
    public async Task An_unknown_gRPC_method_is_unimplemented()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Grpc, "/unheard.Of/Method"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } },
        };
        using var response = await gateway.Http.SendAsync(request);
        Assert.Equal("12", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Health_is_open_to_all()
    {
        using var http = GatewayFixture.Client(gateway.Rest.ToString());
        Assert.Equal("OK", await http.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task A_client_beyond_its_rate_is_told_to_wait_and_others_go_on()
    {
        await using var limited = await gateway.Start(("Limits:BurstCalls", "3"), ("Limits:CallsPerSecond", "1"));
        using var http = GatewayFixture.Client(GatewayFixture.RestOf(limited));
        http.DefaultRequestHeaders.Authorization = new("Bearer", gateway.Token);
        var responses = new List<HttpResponseMessage>();
        for (var i = 0; i < 20 && !responses.Exists(response => response.StatusCode == HttpStatusCode.TooManyRequests); i++)
            responses.Add(await http.GetAsync("/v1/books"));
        Assert.Equal(HttpStatusCode.OK, responses[0].StatusCode);
        await RestTests.AssertFailed(responses[^1], 429, 8, "RATE_LIMITED", null);
        Assert.Equal("1", responses[^1].Headers.RetryAfter?.ToString());
        // Somebody else, here nobody signed in, has a rate of their own.
        http.DefaultRequestHeaders.Authorization = null;
        using var other = await http.GetAsync("/v1/books/7");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        responses.ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task Whoever_has_not_signed_in_has_a_stricter_rate_by_address_and_leaves_the_signed_in_theirs()
    {
        await using var limited = await gateway.Start(("Limits:AnonymousBurstCalls", "3"), ("Limits:AnonymousCallsPerSecond", "1"));
        using var http = GatewayFixture.Client(GatewayFixture.RestOf(limited));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 20 && !answers.Contains(HttpStatusCode.TooManyRequests); i++)
            answers.Add(await Get("/v1/books/7"));
        // What is public can be read, but not without end; a token that is none is no way around it.
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (answers[0], answers[^1]));
        http.DefaultRequestHeaders.Authorization = new("Bearer", "forged");
        for (var i = 0; i < 20 && answers[^1] != HttpStatusCode.TooManyRequests; i++)
            answers.Add(await Get("/v1/books"));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        http.DefaultRequestHeaders.Authorization = new("Bearer", gateway.Token);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, await Get("/v1/books"));
        // Whoever watches whether the gateway is there is never told to wait.
        http.DefaultRequestHeaders.Authorization = null;
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, await Get("/healthz"));

        async Task<HttpStatusCode> Get(string path)
        {
            using var response = await http.GetAsync(path);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void Of_an_address_that_everybody_has_many_of_the_network_counts(string address, string network) =>
        Assert.Equal(IPAddress.Parse(network), Program.Network(IPAddress.Parse(address)));

    [Fact]
    public async Task A_service_that_is_down_is_a_bad_gateway_and_no_address_leaks()
    {
        await using var lonely = await gateway.Start(
            ("ReverseProxy:Clusters:trial:Destinations:default:Address", $"http://127.0.0.1:{Ports.Free()}"));
        using var http = GatewayFixture.Client(GatewayFixture.RestOf(lonely));
        using var response = await http.GetAsync("/v1/books/7");
        await RestTests.AssertFailed(response, 502, 14, "BAD_GATEWAY", null);
        Assert.DoesNotContain("127.0.0.1", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var channel = GrpcChannel.ForAddress(GatewayFixture.GrpcOf(lonely));
        var exception = await Assert.ThrowsAsync<RpcException>(() => new Library.LibraryClient(channel).GetBookAsync(new()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_a_gateway_timeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var waiting = await gateway.Start(
            ("ReverseProxy:Clusters:trial:Destinations:default:Address", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"),
            ("ReverseProxy:Routes:trial:Timeout", "00:00:00.3"));
        using var http = GatewayFixture.Client(GatewayFixture.RestOf(waiting));
        using var response = await http.GetAsync("/v1/books/7");
        await RestTests.AssertFailed(response, 504, 4, "TIMED_OUT", null);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_stops_only_its_own_service()
    {
        await using var partial = await gateway.Start(
            ("ReverseProxy:Clusters:funds:Destinations:default:Address", "http://funds.invalid:5060"));
        using var http = GatewayFixture.Client(GatewayFixture.RestOf(partial));
        Assert.Equal("""{"bookId":"7","title":"terse"}""", await http.GetStringAsync("/v1/books/7"));
    }

    [Fact]
    public async Task Answers_carry_security_headers_and_no_server_name()
    {
        using var response = await gateway.Http.GetAsync("/v1/books/7");
        Assert.Equal("nosniff", response.Headers.GetValues("x-content-type-options").Single());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Contains("default-src 'none'", response.Headers.GetValues("content-security-policy").Single(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("server"));
        Assert.False(response.Headers.Contains("access-control-allow-origin"));
    }

    [Fact]
    public async Task A_method_override_header_overrides_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/books/7");
        request.Headers.Add("x-http-method-override", "DELETE");
        using var response = await gateway.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}
