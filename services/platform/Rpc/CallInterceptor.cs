using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Governance.Contracts;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Rules;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Governance.Platform.Rpc;

/// <summary>
/// Stands before every rpc: the caller has the permission that the contract asks for (an rpc that asks for none can be called by
/// nobody), the fields that the contract marks as required are there, and what goes wrong is told by the error table.
/// </summary>
sealed class CallInterceptor(Database database, RuleBook rules, ILogger<CallInterceptor> log) : Interceptor
{
    static readonly Histogram<double> _duration = Telemetry.Meter.CreateHistogram<double>("governance.rpc.duration", "s", "How long an rpc took, by its status.",
        advice: new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    static readonly FrozenDictionary<string, string> _permissions = Contract.Methods.ToFrozenDictionary(
        method => $"/{method.Service.FullName}/{method.Name}", Contract.Permission, StringComparer.Ordinal);

    static readonly FrozenDictionary<string, FieldDescriptor[]> _required = Contract.Methods.Select(method => method.InputType)
        .Distinct()
        .ToFrozenDictionary(type => type.FullName, RequiredFields, StringComparer.Ordinal);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        Handle(context, request, () => continuation(request, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        Handle(context, request, async () =>
        {
            await continuation(request, responses, context);
            return true;
        });

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        Handle(context, null, () => continuation(requests, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        Handle(context, null, async () =>
        {
            await continuation(requests, responses, context);
            return true;
        });

    /// <summary>Admits the caller, runs the rpc, tells what goes wrong, and measures. A stream of requests has no first one to look at.</summary>
    async Task<T> Handle<T>(ServerCallContext context, object? request, Func<Task<T>> rpc)
    {
        // Health and reflection are no contracts of ours: they say nothing about anybody, and a watch lasts as long as it lasts.
        if (context.Method.StartsWith("/grpc.", StringComparison.Ordinal))
            return await rpc();
        var started = Stopwatch.GetTimestamp();
        var status = StatusCode.OK;
        try
        {
            Admit(context);
            if (request is IMessage message)
                RequireFields(message);
            return await rpc();
        }
        catch (Exception exception)
        {
            if (IsToBeTold(exception, context))
            {
                var mapped = Mapped(exception, context);
                status = mapped.StatusCode;
                throw mapped;
            }
            status = exception is RpcException told ? told.StatusCode : StatusCode.Cancelled;
            throw;
        }
        finally
        {
            _duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds,
                new("service", database.Service), new("method", context.Method), new("status", status.ToString()));
        }
    }

    static void Admit(ServerCallContext context)
    {
        var permission = _permissions.GetValueOrDefault(context.Method, "");
        if (permission == "public")
            return;
        var caller = context.Caller();
        if (ReferenceEquals(caller, Caller.Anonymous))
            throw ErrorTable.Error(StatusCode.Unauthenticated, new Text("请先登录：请求缺少有效的访问令牌。", "Sign in first: the call carries no valid access token.").In(context.Locale()));
        if (permission.Length == 0 || !caller.May(permission))
            throw new DeniedException("PERMISSION_MISSING", $"您没有权限 {permission}，请联系管理员授权。", $"You lack the permission \"{permission}\". Ask an administrator for it.");
    }

    static void RequireFields(IMessage request)
    {
        if (!_required.TryGetValue(request.Descriptor.FullName, out var required))
            return;
        List<Violation>? missing = null;
        foreach (var field in required)
        {
            if (IsMissing(field.Accessor.GetValue(request)))
                (missing ??= []).Add(new Violation(field.Name, "REQUIRED", new Text($"字段 {field.Name} 必填。", $"Field \"{field.Name}\" is required.")));
        }
        if (missing is not null)
            throw new InvalidException(missing);
    }

    static bool IsMissing(object? value) => value switch
    {
        null => true,
        string text => text.Length == 0,
        System.Collections.ICollection items => items.Count == 0,
        Enum choice => Convert.ToInt32(choice, System.Globalization.CultureInfo.InvariantCulture) == 0,
        // Zero is a number that one may well mean.
        _ => false,
    };

    static FieldDescriptor[] RequiredFields(MessageDescriptor type) =>
        [.. type.Fields.InDeclarationOrder().Where(field => field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior) is { } behaviors && behaviors.Contains(FieldBehavior.Required))];

    // A call that was cancelled has nobody left to be told; the server says CANCELLED, or UNAVAILABLE when it is stopping itself.
    static bool IsToBeTold(Exception exception, ServerCallContext context) =>
        exception is not RpcException && !(exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested);

    RpcException Mapped(Exception exception, ServerCallContext context)
    {
        var mapped = ErrorTable.Map(exception, database.Service, context.Locale(), rules);
        if (ErrorTable.IsOurs(mapped))
            log.LogError(exception, "{Method} failed", context.Method);
        return mapped;
    }
}
