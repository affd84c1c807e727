using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Governance.Gateway.Transcoding;
using Governance.Platform;
using Grpc.Core;
using Microsoft.Net.Http.Headers;
using Status = Google.Rpc.Status;

namespace Governance.Gateway;

/// <summary>Why a call cannot be made or went wrong on the way, as the gateway tells it.</summary>
/// <param name="HttpStatus">The HTTP status.</param>
/// <param name="Code">The gRPC status.</param>
/// <param name="Reason">A constant for programs, in the answer's ErrorInfo.</param>
/// <param name="Text">What is wrong and what would be right.</param>
sealed record Failure(int HttpStatus, StatusCode Code, string Reason, Text Text)
{
    /// <summary>The request's field at fault, if it is one.</summary>
    public string? Field { get; init; }

    public static Failure BadField(string field, Text rule) => new(400, StatusCode.InvalidArgument, "INVALID_REQUEST", field.Length == 0
        ? rule
        : new($"{field}：{rule.Zh}", $"{field}: {rule.En}")) { Field = field };

    public static Failure TooLarge(long limit) => new(413, StatusCode.ResourceExhausted, "TOO_LARGE", new(
        $"请求体超过 {limit} 字节的上限。", $"The body is larger than {limit} bytes."));

    public static readonly Failure NotJson = new(415, StatusCode.InvalidArgument, "UNSUPPORTED_MEDIA_TYPE", new(
        "请求体须为 UTF-8 的 JSON，Content-Type 为 application/json。", "Send UTF-8 JSON with Content-Type: application/json."));

    /// <summary>The failure that a bare HTTP status stands for.</summary>
    public static Failure Of(int status) => status switch
    {
        401 => new(401, StatusCode.Unauthenticated, "UNAUTHENTICATED", new(
            "请先登录：请求头 Authorization 须为 Bearer 加有效的访问令牌。", "Sign in: send Authorization: Bearer with a valid access token.")),
        403 => new(403, StatusCode.PermissionDenied, "PERMISSION_DENIED", new("没有权限。", "Permission denied.")),
        404 => new(404, StatusCode.Unimplemented, "UNKNOWN_PATH", new(
            "没有这个路径；全部路径见 /openapi.json。", "There is no such path; /openapi.json lists them all.")),
        405 => new(405, StatusCode.Unimplemented, "METHOD_NOT_ALLOWED", new(
            "该路径不支持此 HTTP 方法；可用方法见响应头 Allow。", "The path does not have this HTTP method; the Allow header lists those it has.")),
        408 => new(408, StatusCode.Cancelled, "REQUEST_TIMEOUT", new("请求体传输过慢。", "The body arrived too slowly.")),
        413 => new(413, StatusCode.ResourceExhausted, "TOO_LARGE", new("请求体过大。", "The body is too large.")),
        415 => NotJson,
        429 => new(429, StatusCode.ResourceExhausted, "RATE_LIMITED", new(
            "请求过于频繁；请按响应头 Retry-After 的秒数稍后再试。", "Too many requests; wait the seconds that Retry-After says.")),
        502 => new(502, StatusCode.Unavailable, "BAD_GATEWAY", new("服务没有应答；请稍后再试。", "The service did not answer; try again later.")),
        503 => new(503, StatusCode.Unavailable, "UNAVAILABLE", new("服务暂时不可用；请稍后再试。", "The service is not available; try again later.")),
        504 => new(
            504, StatusCode.DeadlineExceeded, "TIMED_OUT", new("服务未在时限内应答；请稍后再试。", "The service did not answer in time; try again later.")),
        >= 500 => new(status, StatusCode.Internal, "INTERNAL", new("网关内部错误。", "The gateway failed.")),
        _ => new(status, StatusCode.InvalidArgument, "BAD_REQUEST", new("请求不正确。", "The request is malformed.")),
    };

    /// <summary>The HTTP status of a gRPC one.</summary>
    public static int HttpStatusOf(int code) => (StatusCode)code switch
    {
        StatusCode.OK => 200,
        StatusCode.Cancelled => 499,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => 400,
        StatusCode.DeadlineExceeded => 504,
        StatusCode.NotFound => 404,
        StatusCode.AlreadyExists or StatusCode.Aborted => 409,
        StatusCode.PermissionDenied => 403,
        StatusCode.ResourceExhausted => 429,
        StatusCode.Unimplemented => 501,
        StatusCode.Unavailable => 503,
        StatusCode.Unauthenticated => 401,
        _ => 500,
    };
}

/// <summary>A <see cref="Gateway.Failure"/> on its way to the caller.</summary>
sealed class FailureException(Failure failure) : Exception(failure.Text.En)
{
    public Failure Failure { get; } = failure;
}

/// <summary>
/// Answers whatever fails with a <c>google.rpc.Status</c>: as JSON, or to a gRPC caller as its status. Nothing of the
/// inside shows: an unexpected error is its trace id, by which the log has it.
/// </summary>
sealed class Errors(Schemas schemas, ILogger<Errors> log)
{
    static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly MessageSchema _status = schemas.Of(Status.Descriptor);

    /// <summary>The outermost middleware.</summary>
    public async Task Invoke(HttpContext context, RequestDelegate next)
    {
        Failure failure;
        try
        {
            await next(context);
            var response = context.Response;
            if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null || response.ContentLength > 0)
                return;
            failure = Failure.Of(response.StatusCode);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
                return;
            failure = e switch
            {
                FailureException known => known.Failure,
                FieldException field => Failure.BadField(field.Field, field.Rule),
                BadHttpRequestException bad => Failure.Of(bad.StatusCode),
                _ => Unexpected(e),
            };
        }
        await Write(context, failure);
    }

    Failure Unexpected(Exception exception)
    {
        var trace = Activity.Current?.TraceId.ToString() ?? "-";
        log.LogError(exception, "A request failed, trace {Trace}", trace);
        return Failure.Of(500) with { Text = new($"网关内部错误，追踪号 {trace}。", $"The gateway failed; trace id {trace}.") };
    }

    public Task Write(HttpContext context, Failure failure)
    {
        var locale = LocaleOf(context.Request);
        var status = new Status
        {
            Code = (int)failure.Code,
            Message = failure.Text.In(locale),
            Details = { Any.Pack(new ErrorInfo { Reason = failure.Reason, Domain = "gateway" }) },
        };
        if (failure.Field is not null)
        {
            status.Details.Add(Any.Pack(new BadRequest
            {
                FieldViolations = { new BadRequest.Types.FieldViolation { Field = failure.Field, Description = status.Message } },
            }));
        }
        return IsGrpc(context.Request)
            ? WriteGrpc(context.Response, status)
            : WriteJson(context, failure.HttpStatus, status.ToByteArray());
    }

    /// <summary>Answers with the status that a service gave, in <paramref name="trailers"/>.</summary>
    public Task WriteStatus(HttpContext context, int code, IHeaderDictionary trailers) =>
        WriteJson(context, Failure.HttpStatusOf(code), StatusBytes(code, trailers));

    /// <summary>Appends the status that a service gave as one line of JSON.</summary>
    public void AppendStatus(WireWriter line, int code, IHeaderDictionary trailers)
    {
        using var json = new Utf8JsonWriter(line, Json);
        JsonEncoder.Encode(StatusBytes(code, trailers), _status, json);
    }

    static byte[] StatusBytes(int code, IHeaderDictionary trailers)
    {
        if (trailers.TryGetValue("grpc-status-details-bin", out var details) && details is [{ } base64])
        {
            var bytes = new byte[base64.Length];
            var length = Formats.DecodeBase64(Encoding.ASCII.GetBytes(base64), bytes);
            if (length > 0)
                return bytes[..length];
        }
        return new Status { Code = code, Message = Uri.UnescapeDataString(trailers["grpc-message"].ToString()) }.ToByteArray();
    }

    async Task WriteJson(HttpContext context, int httpStatus, byte[] status)
    {
        using var body = new WireWriter();
        await using (var json = new Utf8JsonWriter(body, Json))
            JsonEncoder.Encode(status, _status, json);
        var response = context.Response;
        response.StatusCode = httpStatus;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body.Written, context.RequestAborted);
    }

    static Task WriteGrpc(HttpResponse response, Status status)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = status.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Message);
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
        return response.CompleteAsync();
    }

    static bool IsGrpc(HttpRequest request) =>
        request.HttpContext.Features.Get<RestCall>() is null
        && request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Chinese unless the caller prefers English.</summary>
    static Locale LocaleOf(HttpRequest request)
    {
        var languages = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1);
        foreach (var language in languages)
        {
            if (language.Value.StartsWith("en", StringComparison.OrdinalIgnoreCase))
                return Locale.En;
            if (language.Value.StartsWith("zh", StringComparison.OrdinalIgnoreCase))
                return Locale.Zh;
        }
        return Locale.Zh;
    }
}
