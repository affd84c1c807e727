using Google.Protobuf.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Governance.Gateway.OpenApi;

/// <summary>The contracts' comments as prose.</summary>
static class Comments
{
    /// <summary>What the contract says before <paramref name="descriptor"/>; empty when it says nothing.</summary>
    public static string Of(IDescriptor descriptor)
    {
        var declaration = descriptor switch
        {
            ServiceDescriptor service => service.Declaration,
            MethodDescriptor method => method.Declaration,
            MessageDescriptor message => message.Declaration,
            FieldDescriptor field => field.Declaration,
            EnumDescriptor type => type.Declaration,
            EnumValueDescriptor value => value.Declaration,
            _ => null,
        };
        var comment = declaration?.LeadingComments ?? "";
        return string.Join(' ', comment.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The first sentence, for a list of many.</summary>
    public static string Summary(string comment)
    {
        var end = comment.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? comment : comment[..(end + 1)];
    }
}
