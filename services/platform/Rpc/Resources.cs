using System.Collections;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Governance.Platform.Rpc;

/// <summary>What the standard methods of a resource share: registering twice (AIP-133, AIP-155) and changing by mask (AIP-134).</summary>
public static class Resources
{
    const string Version = "version";

    /// <summary>
    /// The answer to registering under an id that is taken: <paramref name="existing"/> when it says the same as
    /// <paramref name="wanted"/> in every field that a caller writes.
    /// </summary>
    /// <exception cref="AlreadyExistsException">They differ; the exception names the first field that does.</exception>
    public static T SameAs<T>(this T existing, T wanted) where T : class, IMessage<T>
    {
        var (left, right) = (Written(existing), Written(wanted));
        var different = existing.Descriptor.Fields.InDeclarationOrder()
            .FirstOrDefault(field => !Equals(field.Accessor.GetValue(left), field.Accessor.GetValue(right)));
        return different is null ? existing : throw new AlreadyExistsException(Kind(existing), different.Name);
    }

    /// <summary>
    /// <paramref name="current"/> with the fields that <paramref name="mask"/> names taken from <paramref name="change"/>; "*" is every
    /// one of <paramref name="changeable"/>. When the change states the version that it was made from, it must still be the current one.
    /// </summary>
    /// <exception cref="InvalidException">The mask is empty or names a field that cannot be changed.</exception>
    /// <exception cref="StaleException">Another change came first.</exception>
    public static T Changed<T>(this T current, T change, FieldMask mask, params string[] changeable) where T : class, IMessage<T>
    {
        string[] paths = mask.Paths is ["*"] ? changeable : [.. mask.Paths];
        if (paths.Length == 0 || paths.Except(changeable, StringComparer.Ordinal).Any())
        {
            var choices = string.Join(", ", changeable);
            throw new InvalidException("update_mask", "NOT_CHANGEABLE",
                $"update_mask 须至少包含一个可修改的字段：{choices}。",
                $"\"update_mask\" must name one or more of the fields that can be changed: {choices}.");
        }
        // What is part of a resource is changed with it and has no version of its own.
        if (current.Descriptor.FindFieldByName(Version)?.Accessor is { } version
            && version.GetValue(change) is long stated and not 0
            && stated != (long)version.GetValue(current))
            throw new StaleException(Kind(current), (long)version.GetValue(current));
        var changed = current.Clone();
        var replace = new FieldMask.MergeOptions
        {
            ReplaceRepeatedFields = true, ReplaceMessageFields = true, ReplacePrimitiveFields = true,
        };
        new FieldMask { Paths = { paths } }.Merge(change, changed, replace);
        return changed;
    }

    /// <summary>What the resource is called in sentences: DepartmentList is "department list".</summary>
    static string Kind(IMessage resource) => string.Concat(resource.Descriptor.Name.Select((letter, index) =>
        char.IsUpper(letter) && index > 0 ? $" {letter}" : $"{letter}")).ToLowerInvariant();

    /// <summary>A copy without what the service itself fills in.</summary>
    static T Written<T>(T resource) where T : class, IMessage<T>
    {
        var copy = resource.Clone();
        Strip(copy);
        return copy;
    }

    static void Strip(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.Name == Version
                || field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(FieldBehavior.OutputOnly) == true)
                field.Accessor.Clear(message);
            else if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                var value = field.Accessor.GetValue(message);
                foreach (var part in (value as IEnumerable ?? new[] { value }).OfType<IMessage>())
                    Strip(part);
            }
        }
    }
}
