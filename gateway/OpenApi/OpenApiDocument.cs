using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Governance.Contracts;
using Governance.Gateway.Transcoding;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Governance.Gateway.OpenApi;

/// <summary>The REST interface as an OpenAPI 3.1 document, written from the contracts and their comments.</summary>
sealed class OpenApiDocument
{
    public static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Utf8JsonWriter _json;
    readonly JsonSchemas _schemas;

    OpenApiDocument(Utf8JsonWriter json) => (_json, _schemas) = (json, new(json));

    /// <summary>Writes the document. <paramref name="realm"/> is the address of the realm that issues tokens.</summary>
    public static byte[] Write(IReadOnlyList<Binding> bindings, Schemas schemas, string realm)
    {
        using var buffer = new WireWriter();
        using (var json = new Utf8JsonWriter(buffer, Json))
            new OpenApiDocument(json).WriteDocument(bindings, schemas, realm);
        return buffer.Written.ToArray();
    }

    void WriteDocument(IReadOnlyList<Binding> bindings, Schemas schemas, string realm)
    {
        _json.WriteStartObject();
        _json.WriteString("openapi", "3.1.0");
        _json.WriteStartObject("info");
        _json.WriteString("title", "Governance");
        _json.WriteString("version", "v1");
        _json.WriteString("description",
            "Every call can also be made by gRPC. 64-bit integers are strings; what is empty or zero is left out of answers. " +
            "Errors are google.rpc.Status; their language follows Accept-Language, Chinese unless English is preferred.");
        _json.WriteEndObject();
        WriteTags(bindings);
        _json.WriteStartObject("paths");
        var paths = bindings.Where(IsDescribable).GroupBy(PathOf, StringComparer.Ordinal);
        foreach (var path in paths.OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            _json.WriteStartObject(path.Key);
            foreach (var binding in path.DistinctBy(binding => binding.HttpMethod))
                WriteOperation(binding);
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
        WriteSecurity(["keycloak"]);
        _json.WriteStartObject("components");
        WriteSecuritySchemes(realm);
        WriteErrorResponse(schemas);
        _schemas.WriteUsed();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    void WriteTags(IReadOnlyList<Binding> bindings)
    {
        _json.WriteStartArray("tags");
        foreach (var service in bindings.Select(binding => binding.Rpc.Service).DistinctBy(service => service.FullName))
        {
            _json.WriteStartObject();
            _json.WriteString("name", Tag(service));
            _json.WriteString("description", Comments.Of(service));
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    void WriteOperation(Binding binding)
    {
        var (rpc, comment) = (binding.Rpc, Comments.Of(binding.Rpc));
        _json.WriteStartObject(binding.HttpMethod.ToLowerInvariant());
        _json.WriteStartArray("tags");
        _json.WriteStringValue(Tag(rpc.Service));
        _json.WriteEndArray();
        // One rpc may be bound more than once, but an operation's id is its own.
        _json.WriteString("operationId", $"{rpc.FullName}:{binding.HttpMethod}:{binding.Template}");
        _json.WriteString("summary", comment.Length > 0 ? Comments.Summary(comment) : rpc.Name);
        var permission = Contract.Permission(rpc);
        _json.WriteString("description", $"{comment}\n\nPermission: `{permission}`. gRPC: `{binding.GrpcPath}`.".TrimStart());
        _json.WriteString("x-permission", permission);
        if (permission == "public")
            WriteSecurity([]);
        WriteParameters(binding);
        if (binding.TakesBody)
            WriteRequestBody(binding);
        _json.WriteStartObject("responses");
        _json.WriteStartObject("200");
        _json.WriteString("description", binding.Rpc.IsServerStreaming && !binding.IsDownload ? "One JSON object per line." : "OK");
        WriteContent(binding.IsDownload ? "*/*" : binding.Rpc.IsServerStreaming ? "application/x-ndjson" : "application/json", () =>
        {
            if (binding.IsDownload)
                WriteFile();
            else if (binding.ResponseField is { } field)
                _schemas.WriteType(field);
            else
                _schemas.WriteMessage(binding.Response);
        });
        _json.WriteEndObject();
        _json.WriteStartObject("default");
        _json.WriteString("$ref", "#/components/responses/Error");
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    void WriteParameters(Binding binding)
    {
        _json.WriteStartArray("parameters");
        foreach (var variable in binding.Variables)
            WriteParameter("path", variable, isRequired: true, isMade: false);
        if (binding.TakesQuery)
        {
            foreach (var path in QueryOf(binding, binding.Request, []))
            {
                var isMade = path.ToString() == binding.Id?.ToString();
                WriteParameter("query", path, path.Fields.All(JsonSchemas.IsRequired) && !isMade, isMade);
            }
        }
        _json.WriteEndArray();
    }

    void WriteParameter(string place, FieldPath path, bool isRequired, bool isMade)
    {
        _json.WriteStartObject();
        _json.WriteString("name", path.ToString());
        _json.WriteString("in", place);
        if (isRequired)
            _json.WriteBoolean("required", true);
        var comment = Comments.Of(path.Last.Descriptor);
        if (isMade)
            comment = $"{comment} A new UUIDv7 when left out; with one of your own the call can be repeated.".TrimStart();
        if (comment.Length > 0)
            _json.WriteString("description", comment);
        _json.WriteStartObject("schema");
        _schemas.WriteType(path.Last);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>The fields that the query may fill: those with a text form, also inside messages, but not forever.</summary>
    static IEnumerable<FieldPath> QueryOf(Binding binding, MessageSchema message, FieldSchema[] way)
    {
        foreach (var field in message.Fields)
        {
            var path = new FieldPath([.. way, field]);
            if (way.Length == 0 && field == binding.BodyField || binding.Variables.Any(variable => variable.ToString() == path.ToString()))
                continue;
            if (field.Message is null || !field.IsRepeated
                && field.Message.WellKnown is WellKnown.Timestamp or WellKnown.Duration or WellKnown.FieldMask or WellKnown.Wrapper)
                yield return path;
            else if (!field.IsRepeated && field.Message.WellKnown == WellKnown.None && !way.Any(above => above.Message == field.Message)
                && field.Message != binding.Request)
            {
                foreach (var inner in QueryOf(binding, field.Message, path.Fields))
                    yield return inner;
            }
        }
    }

    void WriteRequestBody(Binding binding)
    {
        _json.WriteStartObject("requestBody");
        if (binding.IsUpload)
        {
            _json.WriteString("description", "The file, as it is or as the one part of a form.");
            _json.WriteBoolean("required", true);
            _json.WriteStartObject("content");
            WriteMediaType("application/octet-stream", WriteFile);
            WriteMediaType("multipart/form-data", () =>
            {
                _json.WriteString("type", "object");
                _json.WriteStartObject("properties");
                _json.WriteStartObject("file");
                WriteFile();
                _json.WriteEndObject();
                _json.WriteEndObject();
            });
            _json.WriteEndObject();
        }
        else
        {
            WriteContent("application/json", () =>
            {
                if (binding.BodyField is { } field)
                    _schemas.WriteType(field);
                else
                    _schemas.WriteObject(binding.Request,
                        include: field => !IsInPath(binding, field),
                        require: field => JsonSchemas.IsRequired(field) && field != binding.Id?.Last);
            });
        }
        _json.WriteEndObject();
    }

    static bool IsInPath(Binding binding, FieldSchema field) =>
        binding.Variables.Any(variable => variable.Fields is [var only] && only == field);

    void WriteContent(string type, Action schema)
    {
        _json.WriteStartObject("content");
        WriteMediaType(type, schema);
        _json.WriteEndObject();
    }

    void WriteMediaType(string type, Action schema)
    {
        _json.WriteStartObject(type);
        _json.WriteStartObject("schema");
        schema();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    void WriteFile()
    {
        _json.WriteString("type", "string");
        _json.WriteString("format", "binary");
    }

    void WriteSecurity(string[] schemes)
    {
        _json.WriteStartArray("security");
        foreach (var scheme in schemes)
        {
            _json.WriteStartObject();
            _json.WriteStartArray(scheme);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    void WriteSecuritySchemes(string realm)
    {
        _json.WriteStartObject("securitySchemes");
        _json.WriteStartObject("keycloak");
        _json.WriteString("type", "oauth2");
        _json.WriteStartObject("flows");
        foreach (var flow in (string[])["authorizationCode", "clientCredentials", "password"])
        {
            _json.WriteStartObject(flow);
            if (flow == "authorizationCode")
                _json.WriteString("authorizationUrl", $"{realm}/protocol/openid-connect/auth");
            _json.WriteString("tokenUrl", $"{realm}/protocol/openid-connect/token");
            _json.WriteStartObject("scopes");
            _json.WriteEndObject();
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    void WriteErrorResponse(Schemas schemas)
    {
        _json.WriteStartObject("responses");
        _json.WriteStartObject("Error");
        _json.WriteString("description",
            "What went wrong. `details` names the rule (google.rpc.ErrorInfo) and the fields at fault (google.rpc.BadRequest).");
        WriteContent("application/json", () => _schemas.WriteMessage(schemas.Of(Google.Rpc.Status.Descriptor)));
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>OpenAPI knows eight methods; what is bound to others can be called but not described.</summary>
    static bool IsDescribable(Binding binding) =>
        binding.HttpMethod is "GET" or "PUT" or "POST" or "DELETE" or "PATCH" or "HEAD" or "OPTIONS" or "TRACE";

    static string PathOf(Binding binding)
    {
        var (template, path) = (binding.Template, new StringBuilder());
        for (var i = 0; i < template.Segments.Count; i++)
        {
            var index = template.Variables.ToList().FindIndex(variable => variable.Start == i);
            if (index >= 0)
            {
                path.Append("/{").Append(binding.Variables[index]).Append('}');
                i = template.Variables[index].End - 1;
            }
            else
            {
                path.Append('/').Append(template.Segments[i]);
            }
        }
        return template.Verb.Length > 0 ? $"{path}:{template.Verb}" : path.ToString();
    }

    static string Tag(ServiceDescriptor service) => $"{Contract.Owner(service.File)}.{service.Name}";
}
