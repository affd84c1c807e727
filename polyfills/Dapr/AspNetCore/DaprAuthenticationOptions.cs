using Microsoft.AspNetCore.Authentication;

namespace Dapr.AspNetCore;

/// <summary>How the application knows its sidecar.</summary>
public class DaprAuthenticationOptions : AuthenticationSchemeOptions
{
    internal const string Scheme = "Dapr";

    /// <summary>The token that the sidecar shows; APP_API_TOKEN unless set.</summary>
    public string? Token { get; set; }
}
