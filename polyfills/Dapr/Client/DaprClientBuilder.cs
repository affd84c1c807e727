using System.Net;
using Microsoft.Extensions.Configuration;

namespace Dapr.Client;

/// <summary>Builds a <see cref="DaprClient"/>; what is not set comes from DAPR_HTTP_ENDPOINT, DAPR_HTTP_PORT and DAPR_API_TOKEN.</summary>
public sealed class DaprClientBuilder
{
    string _httpEndpoint;
    string? _daprApiToken;
    TimeSpan? _timeout;

    public DaprClientBuilder() : this(configuration: null)
    {
    }

    internal DaprClientBuilder(IConfiguration? configuration)
    {
        _httpEndpoint = DaprDefaults.HttpEndpoint(configuration);
        _daprApiToken = DaprDefaults.ApiToken(configuration);
    }

    public DaprClientBuilder UseHttpEndpoint(string httpEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(httpEndpoint);
        _httpEndpoint = httpEndpoint;
        return this;
    }

    public DaprClientBuilder UseDaprApiToken(string apiToken)
    {
        _daprApiToken = apiToken;
        return this;
    }

    /// <summary>How long one call may take; without it, 100 seconds.</summary>
    public DaprClientBuilder UseTimeout(TimeSpan timeout)
    {
        _timeout = timeout;
        return this;
    }

    /// <exception cref="InvalidOperationException">The endpoint is not an http or https address.</exception>
    public DaprClient Build()
    {
        if (!Uri.TryCreate(_httpEndpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new InvalidOperationException(
                $"The HTTP endpoint '{_httpEndpoint}' is no http or https address; set DAPR_HTTP_ENDPOINT, e.g. http://127.0.0.1:3500.");
        }

        // The sidecar is a neighbour: a proxy for the outside world is never on the way to it.
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = endpoint,
            DefaultRequestVersion = HttpVersion.Version11,
        };
        if (_timeout is { } timeout)
        {
            http.Timeout = timeout;
        }

        if (!string.IsNullOrEmpty(_daprApiToken))
        {
            http.DefaultRequestHeaders.Add("dapr-api-token", _daprApiToken);
        }

        return new DaprClientHttp(http);
    }
}
