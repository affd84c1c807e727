using Microsoft.Extensions.Configuration;

namespace Keycloak.AuthServices.Common;

/// <summary>Where the Keycloak realm is and which of its clients this application is.</summary>
public class KeycloakInstallationOptions
{
    /// <summary>Base address of Keycloak, e.g. <c>https://auth.example/</c>; a trailing slash is optional.</summary>
    public string AuthServerUrl { get; set; } = "";

    /// <summary>The realm's name.</summary>
    public string Realm { get; set; } = "";

    /// <summary>The client id of this application.</summary>
    public string Resource { get; set; } = "";

    /// <summary>Whether a token must name this application in <c>aud</c>; unset means yes.</summary>
    public bool? VerifyTokenAudience { get; set; }

    /// <summary>How far the clocks of Keycloak and of this machine may differ; zero unless set.</summary>
    public TimeSpan TokenClockSkew { get; set; }

    /// <summary><c>none</c> allows discovery over plain HTTP; <c>external</c>, <c>all</c> or unset do not.</summary>
    public string SslRequired { get; set; } = "";

    /// <summary>Address of the realm with a trailing slash: <c>{AuthServerUrl}/realms/{Realm}/</c>.</summary>
    public string KeycloakUrlRealm => $"{AuthServerUrl.TrimEnd('/')}/realms/{Realm}/";
}

/// <summary>Reads the adapter configuration that Keycloak exports.</summary>
public static class ConfigurationExtensions
{
    /// <summary>
    /// Binds a section whose keys are written as Keycloak exports them (<c>auth-server-url</c>) or as the properties are named
    /// (<c>AuthServerUrl</c>, which environment variables need). Where both are present the property's name wins.
    /// </summary>
    public static void BindKeycloakOptions<T>(this IConfigurationSection configurationSection, T options)
        where T : KeycloakInstallationOptions
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var settings = configurationSection.AsEnumerable(makePathsRelative: true);
        foreach (var (key, value) in settings.OrderByDescending(setting => setting.Key.Contains('-')))
            values[key.Replace("-", "", StringComparison.Ordinal)] = value;
        new ConfigurationBuilder().AddInMemoryCollection(values).Build().Bind(options);
    }
}
