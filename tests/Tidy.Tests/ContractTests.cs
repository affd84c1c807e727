using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using Governance.Common.V1;
using Governance.Contracts;
using Xunit;

namespace Governance.Tidy.Tests;

public sealed partial class ContractTests
{
    // An event travels to every subscriber: it says what happened to which thing, never who the people are.
    static readonly string[] _personal = ["identity_number", "person_name", "member_name", "householder_name", "phone", "address", "birth_date", "actor_name"];

    static IEnumerable<string> NameOf(IEnumerable<MethodDescriptor> methods) => methods.Select(method => method.FullName);

    [Fact]
    public void Every_rpc_says_who_may_call_it() =>
        Assert.Empty(NameOf(Contract.Methods.Where(method => Contract.Permission(method).Length == 0)));

    [Fact]
    public void Every_rpc_can_be_called_by_rest() =>
        Assert.Empty(NameOf(Contract.Methods.Where(method => method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is null)));

    [Fact]
    public void No_two_rpcs_share_a_rest_call()
    {
        var calls = Contract.Methods.Select(method => method.GetOptions().GetExtension(AnnotationsExtensions.Http))
            .Select(rule => $"{rule.PatternCase} {rule.Get}{rule.Post}{rule.Put}{rule.Patch}{rule.Delete}");
        Assert.Empty(calls.GroupBy(call => call, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void The_realm_grants_every_permission()
    {
        var realm = Repository.Read("gateway/keycloak/governance-realm.json");
        Assert.Empty(Contract.Methods.Select(Contract.Permission).Distinct(StringComparer.Ordinal)
            .Where(permission => permission != "public" && !realm.Contains($"\"{permission}\"", StringComparison.Ordinal)));
    }

    /// <summary>Sentences about things, "not found" and the like, call them by what the notices call them.</summary>
    [Fact]
    public void Everything_that_calls_are_about_has_a_Chinese_name()
    {
        var answered = Contract.Methods.Select(method => method.OutputType).Where(type => type.FindFieldByName("id") is not null)
            .Select(type => UpperCase().Replace(type.Name, " $0").Trim());
        var missed = Repository.Files(".cs", "services").SelectMany(file => Kind().Matches(Repository.Read(file))).Select(match => match.Groups[1].Value);
        var names = Repository.Read("services/platform/Rpc/Exceptions.cs");
        Assert.Empty(answered.Concat(missed).Select(kind => kind.Replace('-', ' ').ToLowerInvariant()).Distinct(StringComparer.Ordinal)
            .Where(kind => !names.Contains($"[\"{kind}\"]", StringComparison.Ordinal)));
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex UpperCase();

    [GeneratedRegex("""(?:NotFound|AlreadyExists|Stale)Exception\("([^"]+)""")]
    private static partial Regex Kind();

    [Fact]
    public void Whoever_may_import_may_fetch_what_was_rejected()
    {
        using var realm = JsonDocument.Parse(Repository.Read("gateway/keycloak/governance-realm.json"));
        var posts = realm.RootElement.GetProperty("roles").GetProperty("realm").EnumerateArray()
            .Select(post => post.GetProperty("composites").GetProperty("client").GetProperty("governance-api").EnumerateArray().Select(name => name.GetString()!).ToHashSet())
            .ToList();
        var imports = Contract.Methods.Where(method => method.OutputType == ImportReport.Descriptor).ToList();
        Assert.NotEmpty(imports);
        foreach (var import in imports)
        {
            var errors = Contract.Methods.Single(method => method.Name == "GetImportErrors" && Contract.Owner(method.File) == Contract.Owner(import.File));
            Assert.All(posts.Where(post => post.Contains(Contract.Permission(import))), post => Assert.Contains(Contract.Permission(errors), post));
        }
    }

    [Fact]
    public void Events_carry_no_personal_data()
    {
        var fields = Contract.Files.Where(file => file.Name.EndsWith("_events.proto", StringComparison.Ordinal))
            .SelectMany(file => file.MessageTypes)
            .SelectMany(message => message.Fields.InDeclarationOrder());
        Assert.NotEmpty(fields);
        Assert.Empty(fields.Where(field => _personal.Any(word => field.Name.Contains(word, StringComparison.Ordinal))).Select(field => field.FullName));
    }
}
