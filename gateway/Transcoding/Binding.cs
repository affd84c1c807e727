using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Governance.Gateway.Transcoding;

/// <summary>One way to call an rpc by HTTP: what one <c>google.api.http</c> rule says, checked and compiled.</summary>
sealed class Binding
{
    const string HttpBody = "google.api.HttpBody";

    Binding(MethodDescriptor rpc, HttpRule rule, Schemas schemas)
    {
        Rpc = rpc;
        GrpcPath = $"/{rpc.Service.FullName}/{rpc.Name}";
        (HttpMethod, var path) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethods.Get, rule.Get),
            HttpRule.PatternOneofCase.Put => (HttpMethods.Put, rule.Put),
            HttpRule.PatternOneofCase.Post => (HttpMethods.Post, rule.Post),
            HttpRule.PatternOneofCase.Delete => (HttpMethods.Delete, rule.Delete),
            HttpRule.PatternOneofCase.Patch => (HttpMethods.Patch, rule.Patch),
            HttpRule.PatternOneofCase.Custom => (rule.Custom.Kind, rule.Custom.Path),
            _ => throw Misfit("the rule has no path"),
        };
        Template = PathTemplate.Parse(path);
        Request = schemas.Of(rpc.InputType);
        Response = schemas.Of(rpc.OutputType);
        Variables = [.. Template.Variables.Select(variable => new FieldPath(Resolve(variable.FieldPath)))];
        TakesBody = rule.Body.Length > 0;
        BodyField = TakesBody && rule.Body != "*" ? Resolve(rule.Body)[0] : null;
        ResponseField = rule.ResponseBody.Length > 0
            ? Response.Fields.SingleOrDefault(field => field.Descriptor.Name == rule.ResponseBody)
                ?? throw Misfit($"the response has no field {rule.ResponseBody}")
            : null;
        IsUpload = TakesBody && IsHttpBody(BodyField is null ? Request : BodyField.Message);
        IsDownload = IsHttpBody(ResponseField is null ? Response : ResponseField.Message);
        if (rpc.IsClientStreaming && !IsUpload)
            throw Misfit("a client stream can be bound only when its body is a google.api.HttpBody");
        if (rpc.IsClientStreaming && rpc.IsServerStreaming)
            throw Misfit("a stream in both directions cannot be bound");
        Id = FindId();
    }

    public MethodDescriptor Rpc { get; }

    /// <summary>Where gRPC calls it: "/package.Service/Method".</summary>
    public string GrpcPath { get; }

    /// <summary>"GET", …; "*" means any.</summary>
    public string HttpMethod { get; }

    public PathTemplate Template { get; }
    public MessageSchema Request { get; }
    public MessageSchema Response { get; }

    /// <summary>The request fields that the template's variables fill, in the same order.</summary>
    public IReadOnlyList<FieldPath> Variables { get; }

    /// <summary>Whether the HTTP body is read at all.</summary>
    public bool TakesBody { get; }

    /// <summary>The field that the HTTP body fills; null when it is the whole request.</summary>
    public FieldSchema? BodyField { get; }

    /// <summary>The field that is the HTTP response; null when it is the whole message.</summary>
    public FieldSchema? ResponseField { get; }

    /// <summary>Whether the HTTP body is a file that is passed on as it is.</summary>
    public bool IsUpload { get; }

    /// <summary>Whether the HTTP response is a file.</summary>
    public bool IsDownload { get; }

    /// <summary>
    /// The field for the id of what the call creates, which the gateway fills with a new UUIDv7 when the caller leaves it
    /// out; null when it creates nothing. Creating is a POST to a collection (no custom verb) or an upload, whose request has
    /// a string field that no path variable fills, called <c>id</c>, <c>&lt;resource&gt;_id</c> after the response message or
    /// the message in the body, or like the response's own first field. Inside the body's message it is <c>id</c>.
    /// </summary>
    public FieldPath? Id { get; }

    /// <summary>Whether query parameters may fill fields: those that neither path nor body fills.</summary>
    public bool TakesQuery => !TakesBody || BodyField is not null;

    /// <summary>Every binding of the rpcs in <paramref name="files"/>.</summary>
    /// <exception cref="InvalidOperationException">A rule does not fit its rpc; the message names the rpc.</exception>
    public static IReadOnlyList<Binding> In(IEnumerable<FileDescriptor> files, Schemas schemas) =>
    [
        .. from file in files
           from service in file.Services
           from rpc in service.Methods
           let rule = rpc.GetOptions()?.GetExtension(AnnotationsExtensions.Http)
           where rule is not null
           from binding in rule.AdditionalBindings.Prepend(rule)
           select new Binding(rpc, binding, schemas),
    ];

    FieldSchema[] Resolve(string path) =>
        FieldPath.TryResolve(Request, path, out var fields) ? fields : throw Misfit($"the request has no field {path}");

    FieldPath? FindId()
    {
        if (HttpMethod != HttpMethods.Post || Template.Verb.Length > 0 && !IsUpload)
            return null;
        var resources = new[] { Response.Descriptor.Name, BodyField?.Message?.Descriptor.Name };
        var names = resources.OfType<string>().Select(name => Snake(name) + "_id").Append("id")
            .Append(Response.Fields.FirstOrDefault(
                field => field.Number == 1 && field.Descriptor.Name.EndsWith("_id", StringComparison.Ordinal))?.Descriptor.Name);
        var own = Request.Fields.FirstOrDefault(field => IsFreeId(field) && names.Contains(field.Descriptor.Name, StringComparer.Ordinal));
        if (own is not null)
            return new([own]);
        return BodyField?.Message?.Fields.FirstOrDefault(
            field => field.Number == 1 && IsPlainString(field) && field.Descriptor.Name == "id") is { } inner
            ? new([BodyField, inner])
            : null;
    }

    bool IsFreeId(FieldSchema field) =>
        IsPlainString(field) && !Variables.Any(variable => variable.Fields is [var only] && only == field);

    static bool IsPlainString(FieldSchema field) => field is { Type: FieldType.String, IsRepeated: false };

    static bool IsHttpBody(MessageSchema? message) => message?.Descriptor.FullName == HttpBody;

    static string Snake(string name) =>
        string.Concat(name.Select((character, index) => char.IsUpper(character) && index > 0 ? $"_{character}" : $"{character}"))
            .ToLowerInvariant();

    InvalidOperationException Misfit(string reason) => new($"{Rpc.FullName} cannot be bound to HTTP: {reason}.");
}

/// <summary>The way to a field through messages: "household.head.name".</summary>
sealed class FieldPath(FieldSchema[] fields)
{
    public FieldSchema[] Fields { get; } = fields;

    public FieldSchema Last => Fields[^1];

    /// <summary>Finds the fields that <paramref name="path"/> names; either spelling of each name is taken.</summary>
    public static bool TryResolve(MessageSchema message, string path, out FieldSchema[] fields)
    {
        var names = path.Split('.');
        fields = new FieldSchema[names.Length];
        MessageSchema? inside = message;
        for (var i = 0; i < names.Length; i++)
        {
            // Only plain messages have members that a path can name.
            if (inside is not { WellKnown: WellKnown.None } || inside.Named(System.Text.Encoding.UTF8.GetBytes(names[i])) is not { } field)
                return false;
            fields[i] = field;
            inside = field.IsRepeated ? null : field.Message;
        }
        return true;
    }

    /// <summary>Appends the field with the value that <paramref name="text"/> stands for; false when it does not fit.</summary>
    public bool TryWrite(ReadOnlySpan<byte> text, WireWriter wire)
    {
        Span<int> starts = stackalloc int[Fields.Length];
        for (var i = 0; i < Fields.Length; i++)
        {
            wire.Tag(Fields[i].Number, Fields[i].WireType);
            if (Fields[i].Message is not null)
                starts[i] = wire.Begin();
        }
        var fits = Last.Message is { } message ? TextDecoder.TryMessage(message, text, wire) : TextDecoder.TryScalar(Last, text, wire);
        for (var i = Fields.Length - 1; i >= 0; i--)
        {
            if (Fields[i].Message is not null)
                wire.End(starts[i]);
        }
        return fits;
    }

    public override string ToString() => string.Join('.', Fields.Select(field => field.Descriptor.JsonName));
}
