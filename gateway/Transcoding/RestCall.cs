using System.Text;
using Governance.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Governance.Gateway.Transcoding;

/// <summary>A REST request on its way to becoming a gRPC call.</summary>
sealed class RestCall(Binding binding, string[] segments) : IHttpRequestBodyDetectionFeature
{
    public Binding Binding { get; } = binding;

    /// <summary>Why the upload could not be passed on, if it could not.</summary>
    public Failure? Failure { get; set; }

    /// <summary>A gRPC call always has a message.</summary>
    bool IHttpRequestBodyDetectionFeature.CanHaveBody => true;

    /// <summary>
    /// Appends what comes before the body's content: a new id, which what the caller gives comes after and so replaces.
    /// </summary>
    public void WriteId(WireWriter wire) => Binding.Id?.TryWrite(Encoding.ASCII.GetBytes(Guid.CreateVersion7().ToString()), wire);

    /// <summary>
    /// Appends what query and path give. On the wire the last value of a field counts, so the path, written last, has the
    /// last word.
    /// </summary>
    /// <exception cref="FieldException">A parameter is unknown, malformed, or given twice.</exception>
    public void WriteParameters(QueryString query, WireWriter wire)
    {
        WriteQuery(query, wire);
        var variables = Binding.Template.Variables;
        for (var i = 0; i < variables.Count; i++)
        {
            var field = Binding.Variables[i];
            if (!field.TryWrite(Encoding.UTF8.GetBytes(Router.Value(variables[i], Binding.Template, segments)), wire))
                throw new FieldException(field.ToString(), TextDecoder.Expected(field.Last));
        }
    }

    void WriteQuery(QueryString query, WireWriter wire)
    {
        if (!query.HasValue)
            return;
        HashSet<string>? given = null;
        foreach (var parameter in new QueryStringEnumerable(query.Value))
        {
            var name = parameter.DecodeName().ToString();
            if (!Binding.TakesQuery || !FieldPath.TryResolve(Binding.Request, name, out var fields))
                throw new FieldException(name, new("没有这个查询参数。", "There is no such query parameter."));
            var path = new FieldPath(fields);
            if (path.Last is { IsRepeated: true, Message: not null })
                throw new FieldException(name, new("不能用查询参数给出。", "Cannot be given as a query parameter."));
            if (fields[0] == Binding.BodyField || IsInPath(fields))
                throw new FieldException(name, new("由路径或请求体给出，不能再用查询参数给出。",
                    "Is taken from the path or the body, not from the query."));
            if (!path.Last.IsRepeated && !(given ??= new(StringComparer.Ordinal)).Add(path.ToString()))
                throw new FieldException(name, new("只能给一个值。", "Takes one value only."));
            var value = Encoding.UTF8.GetBytes(parameter.DecodeValue().ToString());
            if (!path.TryWrite(value, wire))
                throw new FieldException(name, TextDecoder.Expected(path.Last));
        }
    }

    bool IsInPath(FieldSchema[] fields) => Binding.Variables.Any(variable => variable.Fields.AsSpan().SequenceEqual(fields));
}
