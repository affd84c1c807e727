using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>What HTTP says, as gRPC says it.</summary>
static class HttpFailure
{
    /// <summary>The status in trailers, or in the headers of a response that has nothing else; null when there is none.</summary>
    public static Status? ReadStatus(HttpResponseHeaders headers)
    {
        var values = headers.NonValidated;
        if (!values.TryGetValues("grpc-status", out var code))
            return null;
        var message = values.TryGetValues("grpc-message", out var text) ? Headers.ParseStatusMessage(text.ToString()) : "";
        return new Status(Headers.ParseStatusCode(code.ToString()), message);
    }

    public static Metadata ReadMetadata(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!Headers.IsMetadata(name))
                continue;
            // What cannot be decoded is left out: it must not cost the caller the status.
            foreach (var value in values)
                Headers.TryRead(metadata, name, value);
        }
        return metadata;
    }

    /// <summary>For a response without grpc-status: it comes from a proxy or from something that is no gRPC server.</summary>
    public static Status FromStatusCode(HttpStatusCode code, string? contentType) => new(
        code switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        },
        code is HttpStatusCode.OK
            ? $"Bad gRPC response. Invalid content-type value: {contentType ?? "(none)"}"
            : $"Bad gRPC response. HTTP status code: {(int)code}");

    /// <summary>For a request that broke off.</summary>
    public static Status FromException(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HttpProtocolException { HttpRequestError: HttpRequestError.HttpProtocolError } protocol:
                    return new Status(FromHttp2Error(protocol.ErrorCode), $"HTTP/2 error: {cause.Message}", exception);
                case SocketException:
                case HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
                }:
                    return new Status(StatusCode.Unavailable, $"The server cannot be reached: {cause.Message}", exception);
            }
        }
        if (exception is OperationCanceledException)
            return new Status(StatusCode.Cancelled, "The server broke the call off.", exception);
        return exception is IOException or HttpRequestException { InnerException: IOException }
            ? new Status(StatusCode.Unavailable, $"The connection broke: {exception.Message}", exception)
            : new Status(StatusCode.Internal, $"The call failed: {exception.Message}", exception);
    }

    static StatusCode FromHttp2Error(long code) => code switch
    {
        7 => StatusCode.Unavailable,
        8 => StatusCode.Cancelled,
        11 => StatusCode.ResourceExhausted,
        12 => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
