using System.Reflection;
using Google.Protobuf.Reflection;

namespace Governance.Contracts;

/// <summary>The suite's contracts as descriptors: what the gateway routes and the services check is read from here.</summary>
public static class Contract
{
    /// <summary>Every contract file compiled into this assembly.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } =
    [
        .. typeof(Contract).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>()
            .OrderBy(file => file.Name, StringComparer.Ordinal),
    ];

    /// <summary>Every rpc of the suite.</summary>
    public static IEnumerable<MethodDescriptor> Methods => Files.SelectMany(file => file.Services).SelectMany(service => service.Methods);

    /// <summary>The permission that <paramref name="method"/> asks for; empty when nobody may call it.</summary>
    public static string Permission(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(Common.V1.CommonExtensions.Permission) ?? "";

    /// <summary>The service that owns <paramref name="file"/>: "governance.monitoring.v1" belongs to "monitoring".</summary>
    public static string Owner(FileDescriptor file) => file.Package.Split('.')[1];
}
