using System.Reflection;
using Google.Api;
using Google.Protobuf;
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

    /// <summary>The same files, their comments included.</summary>
    public static IReadOnlyList<FileDescriptor> Described { get; } = Describe();

    /// <summary>Every rpc of the suite.</summary>
    public static IEnumerable<MethodDescriptor> Methods => Files.SelectMany(file => file.Services).SelectMany(service => service.Methods);

    /// <summary>The permission that <paramref name="method"/> asks for; empty when nobody may call it.</summary>
    public static string Permission(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(Common.V1.CommonExtensions.Permission) ?? "";

    /// <summary>What stands in place of a service for what all contracts share; the events among it come on the topic of whichever service tells them.</summary>
    public const string Shared = "common";

    /// <summary>The service that owns <paramref name="file"/>: "governance.monitoring.v1" belongs to "monitoring".</summary>
    public static string Owner(FileDescriptor file) => file.Package.Split('.')[1];

    static FileDescriptor[] Describe()
    {
        using var stream = typeof(Contract).Assembly.GetManifestResourceStream("contracts.binpb")!;
        var options = new ExtensionRegistry
        {
            AnnotationsExtensions.Http, FieldBehaviorExtensions.FieldBehavior, Common.V1.CommonExtensions.Permission,
        };
        var files = FileDescriptorSet.Parser.ParseFrom(stream).File.Select(file => file.ToByteString());
        var own = Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        return [.. FileDescriptor.BuildFromByteStrings(files, options).Where(file => own.Contains(file.Name))];
    }
}
