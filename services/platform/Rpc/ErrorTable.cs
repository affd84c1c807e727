using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Governance.Platform.Rules;
using Grpc.Core;
using Npgsql;

namespace Governance.Platform.Rpc;

/// <summary>The one table from what went wrong inside to what the caller is told.</summary>
static class ErrorTable
{
    // Some clients refuse trailers of more than 8 KiB: the rest is told once these are mended.
    const int MostViolations = 12;

    public static RpcException Map(Exception exception, string service, Locale locale, RuleBook rules) => exception switch
    {
        RuleBrokenException broken => Error(StatusCode.FailedPrecondition, broken.Sentence.In(locale), Info(service, broken.Rule.Code, ("source", broken.Rule.Source))),
        InvalidException invalid => Error(StatusCode.InvalidArgument, string.Join(' ', invalid.Violations.Take(MostViolations).Select(violation => violation.Sentence.In(locale))),
            Info(service, invalid.Violations[0].Code), Violations(invalid, locale)),
        NotFoundException missing => Error(StatusCode.NotFound, missing.Sentence.In(locale), Info(service, "NOT_FOUND")),
        AlreadyExistsException exists => Error(StatusCode.AlreadyExists, exists.Sentence.In(locale), Info(service, "ALREADY_EXISTS", ("field", exists.Field))),
        StaleException stale => Error(StatusCode.Aborted, stale.Sentence.In(locale), Info(service, "STALE_VERSION")),
        DeniedException denied => Error(StatusCode.PermissionDenied, denied.Sentence.In(locale), Info(service, denied.Code)),
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } =>
            Error(StatusCode.Aborted, new Text("操作与其他操作冲突，未作任何更改，请重试。", "This collided with another change and did nothing. Try again.").In(locale), Info(service, "CONFLICT")),
        PostgresException { ConstraintName: { } constraint } violation when rules.Find(constraint) is { } rule =>
            Error(violation.SqlState == PostgresErrorCodes.UniqueViolation ? StatusCode.AlreadyExists : StatusCode.FailedPrecondition,
                rule.SentenceWithoutFigures().In(locale), Info(service, rule.Code, ("source", rule.Source))),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique =>
            Error(StatusCode.AlreadyExists, new Text("已存在相同的记录。", "Something like this exists already.").In(locale), Info(service, "ALREADY_EXISTS", ("constraint", unique.ConstraintName ?? ""))),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            Error(StatusCode.PermissionDenied, new Text("该记录不在您的管辖范围内。", "This lies outside your division.").In(locale), Info(service, "OUT_OF_SCOPE")),
        NpgsqlException { IsTransient: true } =>
            Error(StatusCode.Unavailable, new Text("数据库暂时不可用，未作任何更改，请稍后重试。", "The database is not available; nothing was changed. Try again later.").In(locale),
                Info(service, "DATABASE_UNAVAILABLE")),
        _ => Error(StatusCode.Internal, new Text($"内部错误，跟踪编号 {TraceId}。", $"Internal error, trace {TraceId}.").In(locale), Info(service, "INTERNAL", ("trace_id", TraceId))),
    };

    /// <summary>Whether the caller is not to blame, so that the log should tell all.</summary>
    public static bool IsOurs(RpcException mapped) => mapped.StatusCode is StatusCode.Internal or StatusCode.Unavailable or StatusCode.Unknown;

    static string TraceId => Activity.Current?.TraceId.ToHexString() ?? "-";

    public static RpcException Error(StatusCode code, string message, params IMessage[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.AddRange(details.Select(Any.Pack));
        return new RpcException(new Grpc.Core.Status(code, message), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });
    }

    public static ErrorInfo Info(string service, string reason, params (string Key, string Value)[] metadata)
    {
        var info = new ErrorInfo { Reason = reason, Domain = service };
        foreach (var (key, value) in metadata)
            info.Metadata[key] = value;
        return info;
    }

    static BadRequest Violations(InvalidException invalid, Locale locale)
    {
        var details = new BadRequest();
        details.FieldViolations.AddRange(invalid.Violations.Take(MostViolations).Select(violation =>
            new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Sentence.In(locale) }));
        return details;
    }
}
