using System.Reflection;
using Xunit;

namespace Governance.Polyfills.Tests;

/// <summary>
/// A polyfill offers nothing that the official package lacks: else code that compiles here would not compile against the package.
/// official/ lists, for each polyfill, which members of the package it may have. Parameters after a "|" are optional, and the polyfill
/// may do without them.
/// </summary>
public sealed class OfficialSurfaceTests
{
    public static TheoryData<string> Polyfills =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "official")).Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Theory, MemberData(nameof(Polyfills))]
    public void Every_public_member_is_one_of_the_official_package(string polyfill)
    {
        var official = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official", $"{polyfill}.txt"))
            .SelectMany(line => line.Split(" | ") is [var needed, var optional] ? [$"{needed}, {optional}", $"{needed})"] : new[] { line })
            .ToHashSet(StringComparer.Ordinal);
        var ours = Assembly.Load($"Governance.{polyfill}").GetExportedTypes().Where(type => !IsGenerated(type)).SelectMany(Members).ToList();
        Assert.NotEmpty(ours);
        Assert.Empty(ours.Where(member => !official.Contains(member)));
    }

    /// <summary>What protoc makes of an official contract is official by construction.</summary>
    static bool IsGenerated(Type type) => type.Namespace is "Grpc.Health.V1";

    static IEnumerable<string> Members(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(member => member is not MethodInfo { IsSpecialName: true })
        .Select(member => $"{type.FullName}: {member}")
        .Prepend(type.FullName!);
}
