using System.Security.Claims;
using System.Text.Json;
using Keycloak.AuthServices.Common;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Keycloak.AuthServices.Authorization;

/// <summary>Which of a token's roles become role claims.</summary>
[Flags]
public enum RolesClaimTransformationSource
{
    /// <summary>None: roles are read by the requirements only.</summary>
    None = 0,

    /// <summary>Those of <c>realm_access</c>.</summary>
    Realm = 1,

    /// <summary>Those of one client in <c>resource_access</c>.</summary>
    ResourceAccess = 2,

    /// <summary>Both.</summary>
    All = Realm | ResourceAccess,
}

/// <summary>How a token's roles are understood.</summary>
public class KeycloakAuthorizationOptions : KeycloakInstallationOptions
{
    /// <summary>The configuration section that is read when none is named.</summary>
    public const string Section = "Keycloak";

    /// <summary>Which roles become claims of type <see cref="RoleClaimType"/>; none unless set.</summary>
    public RolesClaimTransformationSource EnableRolesMapping { get; set; }

    /// <summary>The client whose roles count; unset means <see cref="KeycloakInstallationOptions.Resource"/>.</summary>
    public string? RolesResource { get; set; }

    /// <summary>The claim that carries a mapped role.</summary>
    public string RoleClaimType { get; set; } = "role";
}

/// <summary>Adds what reads Keycloak's roles.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds role mapping and role requirements as the section <paramref name="configSectionName"/> describes them.</summary>
    public static IServiceCollection AddKeycloakAuthorization(
        this IServiceCollection services, IConfiguration configuration, string configSectionName = KeycloakAuthorizationOptions.Section) =>
        services.AddKeycloakAuthorization(options => configuration.GetSection(configSectionName).BindKeycloakOptions(options));

    /// <summary>Adds role mapping and role requirements.</summary>
    public static IServiceCollection AddKeycloakAuthorization(
        this IServiceCollection services, Action<KeycloakAuthorizationOptions>? configure = null)
    {
        services.AddOptions<KeycloakAuthorizationOptions>().Configure(configure ?? (static _ => { }));
        services.AddSingleton<IAuthorizationHandler, RolesHandler>();
        services.AddTransient<IClaimsTransformation, RolesTransformation>();
        return services;
    }
}

/// <summary>Requirements on Keycloak's roles.</summary>
public static class PoliciesBuilderExtensions
{
    /// <summary>The caller has at least one of the realm roles. Names are case-sensitive.</summary>
    public static AuthorizationPolicyBuilder RequireRealmRoles(this AuthorizationPolicyBuilder builder, params string[] roles) =>
        builder.RequireAuthenticatedUser().AddRequirements(new RolesRequirement(OfRealm: true, roles));

    /// <summary>The caller has at least one of the roles of this application's client. Names are case-sensitive.</summary>
    public static AuthorizationPolicyBuilder RequireResourceRoles(this AuthorizationPolicyBuilder builder, params string[] roles) =>
        builder.RequireAuthenticatedUser().AddRequirements(new RolesRequirement(OfRealm: false, roles));
}

sealed record RolesRequirement(bool OfRealm, string[] Roles) : IAuthorizationRequirement;

sealed class RolesHandler(IOptions<KeycloakAuthorizationOptions> options) : AuthorizationHandler<RolesRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RolesRequirement requirement)
    {
        var held = requirement.OfRealm ? TokenRoles.OfRealm(context.User) : TokenRoles.OfResource(context.User, options.Value);
        if (held.Intersect(requirement.Roles, StringComparer.Ordinal).Any())
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

sealed class RolesTransformation(IOptions<KeycloakAuthorizationOptions> options) : IClaimsTransformation
{
    // Runs at every AuthenticateAsync, possibly several times a request, on the same principal.
    public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        var sources = options.Value.EnableRolesMapping;
        if (principal.Identity is not ClaimsIdentity identity || sources == RolesClaimTransformationSource.None)
            return Task.FromResult(principal);
        var held = identity.FindAll(options.Value.RoleClaimType).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        var granted = Enumerable.Empty<string>();
        if (sources.HasFlag(RolesClaimTransformationSource.ResourceAccess))
            granted = granted.Concat(TokenRoles.OfResource(principal, options.Value));
        if (sources.HasFlag(RolesClaimTransformationSource.Realm))
            granted = granted.Concat(TokenRoles.OfRealm(principal));
        identity.AddClaims(granted.Where(held.Add).Select(role => new Claim(options.Value.RoleClaimType, role)));
        return Task.FromResult(principal);
    }
}

/// <summary>Roles as Keycloak writes them into a token; a token without them has none.</summary>
static class TokenRoles
{
    public static string[] OfRealm(ClaimsPrincipal user) => Read(user, "realm_access", static root => root);

    public static string[] OfResource(ClaimsPrincipal user, KeycloakAuthorizationOptions options)
    {
        var client = options.RolesResource ?? options.Resource;
        return client.Length == 0
            ? throw new InvalidOperationException("Whose roles count? State \"resource\" in the configuration section \"Keycloak\".")
            : Read(user, "resource_access", root => root.TryGetProperty(client, out var access) ? access : default);
    }

    static string[] Read(ClaimsPrincipal user, string claim, Func<JsonElement, JsonElement> access)
    {
        if (user.FindFirst(claim) is not { Value: var json })
            return [];
        using var document = JsonDocument.Parse(json);
        return access(document.RootElement) is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty("roles", out var roles)
            ? [.. roles.EnumerateArray().Select(role => role.GetString()!)]
            : [];
    }
}
