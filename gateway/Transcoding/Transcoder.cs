using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf.Reflection;
using Governance.Contracts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;

namespace Governance.Gateway.Transcoding;

/// <summary>
/// Lets REST callers call gRPC services. A request whose path an rpc is bound to becomes the rpc's gRPC request before
/// anything else looks at it: authorization, limits and YARP's routes know gRPC only. On the way back the gRPC response
/// becomes JSON, JSON lines, or a file.
/// </summary>
sealed class Transcoder
{
    /// <summary>Headers that speak of the HTTP body or to the gateway, not to the service.</summary>
    static readonly string[] _transportHeaders = ["Content-Encoding", "Cookie", "Transfer-Encoding"];

    readonly Router _router;
    readonly Errors _errors;
    readonly Limits _limits;
    readonly FrozenSet<string> _streams;
    readonly FrozenSet<string> _public;

    public Transcoder(IReadOnlyList<FileDescriptor> files, Router router, Errors errors, Limits limits)
    {
        (_router, _errors, _limits) = (router, errors, limits);
        var rpcs = files.SelectMany(file => file.Services).SelectMany(service => service.Methods).ToList();
        _streams = Paths(rpcs.Where(rpc => rpc.IsClientStreaming || rpc.IsServerStreaming));
        _public = Paths(rpcs.Where(rpc => Contract.Permission(rpc) == "public"));

        static FrozenSet<string> Paths(IEnumerable<MethodDescriptor> rpcs) =>
            rpcs.Select(rpc => $"/{rpc.Service.FullName}/{rpc.Name}").ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Whether <paramref name="request"/> is for an rpc that needs no sign-in.</summary>
    public bool IsPublic(HttpRequest request) => _public.Contains(request.Path.Value ?? "");

    /// <summary>Before routing: a REST path becomes the path of its rpc.</summary>
    public Task Route(HttpContext context, RequestDelegate next)
    {
        var match = _router.Find(context.Request.Method, RawPath(context));
        if (match.Binding is { } binding)
        {
            context.Features.Set(new RestCall(binding, match.Segments));
            context.Request.Path = binding.GrpcPath;
        }
        else if (match.Allowed.Count > 0)
        {
            context.Response.Headers.Allow = string.Join(", ", match.Allowed);
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }
        return next(context);
    }

    /// <summary>In YARP's pipeline: the REST request becomes a gRPC request, and the gRPC response a REST response.</summary>
    public async Task Forward(HttpContext context, RequestDelegate next)
    {
        // A stream ends when it ends; only a cluster's activity timeout watches it.
        if (_streams.Contains(context.Request.Path.Value ?? ""))
            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (context.Features.Get<RestCall>() is not { } call)
        {
            await Proxy(context, next);
            return;
        }
        var features = context.Features;
        var body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var trailers = features.Get<IHttpResponseTrailersFeature>();
        using var wire = new WireWriter();
        await using var request = call.Binding.IsUpload ? Upload(context, call, wire) : await Message(context, call, wire);
        await using var response = new RestResponse(call.Binding, context.Response, body);
        BecomeGrpc(context.Request, request, call.Binding.IsUpload ? null : wire.Length);
        features.Set<IHttpRequestBodyDetectionFeature>(call);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpResponseTrailersFeature>(response);
        try
        {
            await Proxy(context, next);
        }
        finally
        {
            features.Set(body);
            features.Set(trailers);
        }
        await Answer(context, call, response);
    }

    static async Task Proxy(HttpContext context, RequestDelegate next)
    {
        await next(context);
        // To YARP a timeout looks like a caller who went away.
        if (!context.Response.HasStarted
            && context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true)
            context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
    }

    async Task<Stream> Message(HttpContext context, RestCall call, WireWriter wire)
    {
        var binding = call.Binding;
        var frame = wire.BeginFrame();
        call.WriteId(wire);
        if (binding.TakesBody)
            await ReadJson(context, binding, wire);
        call.WriteParameters(context.Request.QueryString, wire);
        wire.EndFrame(frame);
        MemoryMarshal.TryGetArray(wire.Written, out var bytes);
        return new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
    }

    UploadStream Upload(HttpContext context, RestCall call, WireWriter parameters)
    {
        var limit = call.Binding.Rpc.IsClientStreaming ? _limits.UploadBytes : _limits.JsonBytes;
        if (context.Request.ContentLength > limit)
            throw new FailureException(Failure.TooLarge(limit));
        call.WriteId(parameters);
        call.WriteParameters(context.Request.QueryString, parameters);
        return new(context.Request, parameters.Written, call, limit);
    }

    async Task ReadJson(HttpContext context, Binding binding, WireWriter wire)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || request.ContentLength == 0)
            return;
        if (!IsJson(request.ContentType))
            throw new FailureException(Failure.NotJson);
        if (request.ContentLength > _limits.JsonBytes)
            throw new FailureException(Failure.TooLarge(_limits.JsonBytes));
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            var isTooLarge = read.Buffer.Length > _limits.JsonBytes;
            if (!isTooLarge && read.IsCompleted)
            {
                try
                {
                    Decode(read.Buffer, binding, wire);
                }
                finally
                {
                    reader.AdvanceTo(read.Buffer.End);
                }
                return;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (isTooLarge)
                throw new FailureException(Failure.TooLarge(_limits.JsonBytes));
        }
    }

    static void Decode(ReadOnlySequence<byte> json, Binding binding, WireWriter wire)
    {
        if (json.IsEmpty)
            return;
        if (binding.BodyField is { } field)
            JsonDecoder.Decode(json, field, wire);
        else
            JsonDecoder.Decode(json, binding.Request, wire);
    }

    static bool IsJson(string? contentType)
    {
        if (contentType == "application/json")
            return true;
        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    static void BecomeGrpc(HttpRequest request, Stream body, long? length)
    {
        var headers = request.Headers;
        foreach (var name in headers.Keys.Where(RestResponse.IsGrpc).Concat(_transportHeaders).ToList())
            headers.Remove(name);
        headers.TE = "trailers";
        request.Method = HttpMethods.Post;
        // YARP sends what it takes for a gRPC stream piece by piece, and a message that is whole at once.
        if (length is null)
            request.Protocol = HttpProtocol.Http2;
        request.QueryString = default;
        request.ContentType = "application/grpc";
        request.ContentLength = length;
        request.Body = body;
    }

    async Task Answer(HttpContext context, RestCall call, RestResponse result)
    {
        var response = context.Response;
        if (call.Failure is { } failure)
        {
            if (!response.HasStarted)
                throw new FailureException(failure);
            context.Abort();
            return;
        }
        var trailers = result.Trailers.ContainsKey("grpc-status") ? result.Trailers : response.Headers;
        if (!int.TryParse(trailers["grpc-status"], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            // YARP failed, and has aborted what had started; or the service refused at HTTP level.
            if (!response.HasStarted)
                Refuse(response, result);
        }
        else if (code == 0)
        {
            try
            {
                await result.Finish(context.RequestAborted);
            }
            catch (InvalidDataException) when (!response.HasStarted)
            {
                throw new FailureException(Failure.Of(502));
            }
        }
        else if (!response.HasStarted)
        {
            var status = new HeaderDictionary
            {
                ["grpc-message"] = trailers["grpc-message"],
                ["grpc-status-details-bin"] = trailers["grpc-status-details-bin"],
            };
            result.DropGrpcHeaders();
            await _errors.WriteStatus(context, code, status);
        }
        else if (call.Binding.IsDownload)
        {
            context.Abort(); // The only way to say that the file is not whole.
        }
        else
        {
            await result.FinishLines(code, _errors, context.RequestAborted);
        }
    }

    static void Refuse(HttpResponse response, RestResponse result)
    {
        result.DropGrpcHeaders();
        if (response.StatusCode is not (400 or 401 or 403 or 408 or 413 or 429 or 503 or 504))
            response.StatusCode = StatusCodes.Status502BadGateway;
    }

    static string RawPath(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }
}

/// <summary>How much a caller may send.</summary>
sealed class Limits
{
    /// <summary>Bytes of a JSON body, and of a file that becomes one message.</summary>
    public long JsonBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of a file that is streamed.</summary>
    public long UploadBytes { get; init; } = 512 << 20;

    /// <summary>Calls that one client may make at once after a pause.</summary>
    public int BurstCalls { get; init; } = 400;

    /// <summary>Calls per second that one client may make for long.</summary>
    public int CallsPerSecond { get; init; } = 200;

    /// <summary>The same for whoever has not signed in, all of one address together: enough for a hall that looks at the public board.</summary>
    public int AnonymousBurstCalls { get; init; } = 100;

    public int AnonymousCallsPerSecond { get; init; } = 20;
}
