using Keycloak.AuthServices.Authentication;
using Keycloak.AuthServices.Common;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Keycloak.AuthServices.Authentication
{
    /// <summary>How access tokens of the realm are accepted.</summary>
    public class KeycloakAuthenticationOptions : KeycloakInstallationOptions
    {
        /// <summary>The configuration section that is read when none is named.</summary>
        public const string Section = "Keycloak";

        /// <summary>What <c>aud</c> must contain; unset means <see cref="KeycloakInstallationOptions.Resource"/>.</summary>
        public string? Audience { get; set; }

        /// <summary>The claim that carries a role, for <c>IsInRole</c>.</summary>
        public string RoleClaimType { get; set; } = "role";

        /// <summary>The claim that is the identity's name.</summary>
        public string NameClaimType { get; set; } = "preferred_username";
    }

    /// <summary>The authentication that was added.</summary>
    public class KeycloakWebApiAuthenticationBuilder
    {
        internal KeycloakWebApiAuthenticationBuilder(string scheme) => JwtBearerAuthenticationScheme = scheme;

        /// <summary>The authentication scheme's name.</summary>
        public string JwtBearerAuthenticationScheme { get; }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Protects a web API with access tokens of a Keycloak realm.</summary>
    public static class KeycloakWebApiServiceCollectionExtensions
    {
        /// <summary>Adds bearer authentication as the section <paramref name="configSectionName"/> describes it.</summary>
        public static KeycloakWebApiAuthenticationBuilder AddKeycloakWebApiAuthentication(
            this IServiceCollection services,
            IConfiguration configuration,
            string configSectionName = KeycloakAuthenticationOptions.Section,
            string jwtBearerScheme = JwtBearerDefaults.AuthenticationScheme) =>
            services.AddKeycloakWebApiAuthentication(configuration, static _ => { }, configSectionName, jwtBearerScheme);

        /// <summary>
        /// Adds bearer authentication as the section <paramref name="configSectionName"/> describes it;
        /// <paramref name="configureJwtBearerOptions"/> has the last word.
        /// </summary>
        public static KeycloakWebApiAuthenticationBuilder AddKeycloakWebApiAuthentication(
            this IServiceCollection services,
            IConfiguration configuration,
            Action<JwtBearerOptions> configureJwtBearerOptions,
            string configSectionName = KeycloakAuthenticationOptions.Section,
            string jwtBearerScheme = JwtBearerDefaults.AuthenticationScheme)
        {
            services.AddOptions<KeycloakAuthenticationOptions>(jwtBearerScheme)
                .Configure(options => configuration.GetSection(configSectionName).BindKeycloakOptions(options))
                .Validate(options => options is { AuthServerUrl.Length: > 0, Realm.Length: > 0 },
                    $"The configuration section \"{configSectionName}\" must state \"auth-server-url\" and \"realm\".")
                .Validate(options => options is { VerifyTokenAudience: false } or { Audience.Length: > 0 } or { Resource.Length: > 0 },
                    $"The configuration section \"{configSectionName}\" must state \"resource\" or \"audience\".")
                .ValidateOnStart();
            services.AddAuthentication(jwtBearerScheme).AddJwtBearer(jwtBearerScheme);
            services.AddOptions<JwtBearerOptions>(jwtBearerScheme)
                .Configure<IOptionsMonitor<KeycloakAuthenticationOptions>>(
                    (bearer, keycloak) => Accept(keycloak.Get(jwtBearerScheme), bearer))
                .Configure(configureJwtBearerOptions);
            return new(jwtBearerScheme);
        }

        static void Accept(KeycloakAuthenticationOptions keycloak, JwtBearerOptions bearer)
        {
            bearer.Authority = keycloak.KeycloakUrlRealm;
            bearer.RequireHttpsMetadata = keycloak.SslRequired is not "none";
            bearer.SaveToken = true;
            var validation = bearer.TokenValidationParameters;
            validation.ValidateIssuer = true;
            validation.ValidateAudience = keycloak.VerifyTokenAudience ?? true;
            validation.ValidAudience = keycloak.Audience ?? keycloak.Resource;
            validation.ClockSkew = keycloak.TokenClockSkew;
            validation.NameClaimType = keycloak.NameClaimType;
            validation.RoleClaimType = keycloak.RoleClaimType;
        }
    }
}
