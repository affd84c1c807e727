using System.Net;
using Xunit;

namespace Governance.Polyfills.Tests.Keycloak;

public sealed class AuthorizationTests(Realm realm) : IClassFixture<Realm>
{
    [Theory]
    [InlineData("county-officer", HttpStatusCode.OK)]
    [InlineData("township-officer", HttpStatusCode.OK)]
    [InlineData("grid-worker", HttpStatusCode.Forbidden)]
    [InlineData("County-Officer", HttpStatusCode.Forbidden)]
    public async Task A_realm_role_opens_what_asks_for_one_of_several(string role, HttpStatusCode expected)
    {
        await using var api = await Api.Start(realm);
        Assert.Equal(expected, await api.Status("/realm", realm.Token(realmRoles: ["offline_access", role])));
    }

    [Theory]
    [InlineData("households.read", HttpStatusCode.OK)]
    [InlineData("households.write", HttpStatusCode.OK)]
    [InlineData("households.import", HttpStatusCode.Forbidden)]
    public async Task A_client_role_opens_what_asks_for_one_of_several(string role, HttpStatusCode expected)
    {
        await using var api = await Api.Start(realm);
        Assert.Equal(expected, await api.Status("/resource", realm.Token(resourceRoles: [role])));
    }

    [Fact]
    public async Task A_role_of_another_client_opens_nothing()
    {
        await using var api = await Api.Start(realm);
        var token = realm.Token(resourceRoles: ["households.read"], resource: "other-api");
        Assert.Equal(HttpStatusCode.Forbidden, await api.Status("/resource", token));
    }

    [Fact]
    public async Task Realm_roles_and_client_roles_do_not_stand_in_for_each_other()
    {
        await using var api = await Api.Start(realm);
        Assert.Equal(HttpStatusCode.Forbidden, await api.Status("/resource", realm.Token(realmRoles: ["households.read"])));
        Assert.Equal(HttpStatusCode.Forbidden, await api.Status("/realm", realm.Token(resourceRoles: ["county-officer"])));
    }

    [Theory, InlineData("/realm"), InlineData("/resource")]
    public async Task A_token_without_roles_opens_nothing(string path)
    {
        await using var api = await Api.Start(realm);
        Assert.Equal(HttpStatusCode.Forbidden, await api.Status(path, realm.Token()));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status(path, null));
    }

    [Theory]
    [InlineData("None", "")]
    [InlineData("Realm", "both grid-worker")]
    [InlineData("ResourceAccess", "both households.read")]
    [InlineData("All", "both grid-worker households.read")]
    public async Task Roles_become_role_claims_as_configured_and_each_once(string mapping, string expected)
    {
        await using var api = await Api.Start(realm, ("EnableRolesMapping", mapping));
        var token = realm.Token(realmRoles: ["grid-worker", "both"], resourceRoles: ["households.read", "both"]);
        Assert.Equal((HttpStatusCode.OK, expected), await api.Get("/roles", token));
    }

    [Theory, InlineData("None", HttpStatusCode.Forbidden), InlineData("ResourceAccess", HttpStatusCode.OK)]
    public async Task A_mapped_role_satisfies_RequireRole(string mapping, HttpStatusCode expected)
    {
        await using var api = await Api.Start(realm, ("EnableRolesMapping", mapping));
        Assert.Equal(expected, await api.Status("/role", realm.Token(resourceRoles: ["households.read"])));
    }

    [Fact]
    public async Task Roles_of_the_stated_client_count_instead_of_the_resources()
    {
        await using var api = await Api.Start(realm, ("roles-resource", "other-api"));
        var token = realm.Token(resourceRoles: ["households.read"], resource: "other-api");
        Assert.Equal(HttpStatusCode.OK, await api.Status("/resource", token));
        Assert.Equal(HttpStatusCode.Forbidden, await api.Status("/resource", realm.Token(resourceRoles: ["households.read"])));
    }
}
