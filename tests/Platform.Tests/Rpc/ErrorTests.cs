using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Governance.Platform.Rules;
using Governance.Support;
using Grpc.Core;
using Npgsql;
using Xunit;

namespace Governance.Platform.Tests.Rpc;

/// <summary>Fails in the way in which the caller asks.</summary>
sealed class FailingService : Operations.OperationsBase
{
    public static readonly Rule Clause = new("TST-01", "第 {0} 条不成立。", "Clause {0} does not hold.", "TST-01 S1");

    public override Task<ReadEventsResponse> ReadEvents(ReadEventsRequest request, ServerCallContext context) => throw (request.After switch
    {
        "rule" => Clause.Broken(7),
        "invalid" =>
            new InvalidException(new Violation("a", "TOO_LONG", new Text("太长。", "Too long.")),
            new Violation("b", "REQUIRED", new Text("必填。", "Required."))),
        "missing" => new NotFoundException("household", "x"),
        "exists" => new AlreadyExistsException("household", "name"),
        "denied" => new DeniedException("NOT_YOURS", "不可以。", "You may not."),
        "conflict" => new PostgresException("could not serialize", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure),
        "unique" => new PostgresException("duplicate key 11010519491231002X", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation),
        "constraint" => new PostgresException("check", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation, constraintName: "TST-01"),
        "scope" => new PostgresException("row-level security", "ERROR", "ERROR", PostgresErrorCodes.InsufficientPrivilege),
        "down" => new NpgsqlException("connection", new TimeoutException()),
        _ => new InvalidOperationException("secret 11010519491231002X"),
    });

    public override Task<ReplayDeadLetterResponse> ReplayDeadLetter(ReplayDeadLetterRequest request, ServerCallContext context) =>
        Task.FromResult(new ReplayDeadLetterResponse());
}

sealed class UnlistedService : Unlisted.UnlistedBase
{
    public override Task<CallResponse> Call(CallRequest request, ServerCallContext context) => Task.FromResult(new CallResponse());
}

public sealed class FailingFixture() : ServiceFixture("platform", service => service.Rules(typeof(FailingService)).Serve<FailingService>().Serve<UnlistedService>())
{
    // The errors below are meant.
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Logging:LogLevel:Default", "None")];
}

public sealed class ErrorTests(FailingFixture service) : IClassFixture<FailingFixture>
{
    [Theory]
    [InlineData("rule", StatusCode.FailedPrecondition, "TST-01", "第 7 条不成立。", "Clause 7 does not hold.")]
    [InlineData("invalid", StatusCode.InvalidArgument, "TOO_LONG", "太长。 必填。", "Too long. Required.")]
    [InlineData("missing", StatusCode.NotFound, "NOT_FOUND", "未找到", "was found")]
    [InlineData("exists", StatusCode.AlreadyExists, "ALREADY_EXISTS", "字段 name", "\"name\"")]
    [InlineData("denied", StatusCode.PermissionDenied, "NOT_YOURS", "不可以。", "You may not.")]
    [InlineData("conflict", StatusCode.Aborted, "CONFLICT", "请重试", "Try again")]
    [InlineData("unique", StatusCode.AlreadyExists, "ALREADY_EXISTS", "已存在", "exists already")]
    [InlineData("constraint", StatusCode.FailedPrecondition, "TST-01", "第 … 条不成立。", "Clause … does not hold.")]
    [InlineData("scope", StatusCode.PermissionDenied, "OUT_OF_SCOPE", "管辖范围", "outside your division")]
    [InlineData("down", StatusCode.Unavailable, "DATABASE_UNAVAILABLE", "稍后重试", "Try again later")]
    [InlineData("bug", StatusCode.Internal, "INTERNAL", "跟踪编号", "trace")]
    public async Task What_goes_wrong_is_told_by_code_reason_and_sentence_in_the_callers_language(string what, StatusCode code,
        string reason, string zh, string en)
    {
        foreach (var (language, sentence) in (ReadOnlySpan<(string?, string)>)[(null, zh), ("zh-CN,zh;q=0.9", zh), ("en-GB", en)])
        {
            var error = Fails(what, language);
            Assert.Equal(code, error.StatusCode);
            Assert.Contains(sentence, error.Status.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("110105", error.Status.Detail, StringComparison.Ordinal);
            var info = Detail<ErrorInfo>(error);
            Assert.Equal((reason, "platform"), (info.Reason, info.Domain));
        }
        await Task.CompletedTask;
    }

    [Fact]
    public void A_broken_rule_tells_its_source_and_an_existing_thing_the_field_that_differs()
    {
        Assert.Equal("TST-01 S1", Detail<ErrorInfo>(Fails("rule", null)).Metadata["source"]);
        Assert.Equal("name", Detail<ErrorInfo>(Fails("exists", null)).Metadata["field"]);
    }

    [Fact]
    public void Every_wrong_field_is_named()
    {
        var violations = Detail<BadRequest>(Fails("invalid", "en")).FieldViolations;
        Assert.Equal([("a", "Too long."), ("b", "Required.")], violations.Select(violation => (violation.Field, violation.Description)));
    }

    [Fact]
    public async Task A_required_field_that_is_missing_is_named_before_the_service_is_asked()
    {
        var client = new Operations.OperationsClient(service.As("61", "dead-letters.manage"));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.ReplayDeadLetterAsync(new()));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("event_id", Assert.Single(Detail<BadRequest>(error).FieldViolations).Field);
        await client.ReplayDeadLetterAsync(new() { EventId = "x" });
    }

    [Fact]
    public async Task Without_a_token_and_without_the_permission_nobody_gets_in()
    {
        var request = new ReplayDeadLetterRequest { EventId = "x" };
        foreach (var (invoker, code) in (List<(CallInvoker, StatusCode)>)
            [
                (service.Anonymous, StatusCode.Unauthenticated),
                (service.As("61"), StatusCode.PermissionDenied),
                (service.As("61", "dead-letters.read", "events.read"), StatusCode.PermissionDenied),
            ])
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () =>
                await new Operations.OperationsClient(invoker).ReplayDeadLetterAsync(request));
            Assert.Equal(code, error.StatusCode);
        }
    }

    [Fact]
    public async Task An_rpc_for_which_nobody_asks_a_permission_can_be_called_by_nobody()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Unlisted.UnlistedClient(service.As("61", "", "unlisted.call")).CallAsync(new()));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        error = await Assert.ThrowsAsync<RpcException>(async () => await new Unlisted.UnlistedClient(service.Anonymous).CallAsync(new()));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    RpcException Fails(string what, string? language)
    {
        var client = new Operations.OperationsClient(service.As("61", "events.read"));
        var headers = language is null ? [] : new Grpc.Core.Metadata { { "accept-language", language } };
        return Assert.Throws<RpcException>(() => client.ReadEvents(new() { After = what }, headers));
    }

    static T Detail<T>(RpcException error) where T : class, Google.Protobuf.IMessage<T>, new()
    {
        var status = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal((int)error.StatusCode, status.Code);
        return status.Details.Single(detail => detail.Is(new T().Descriptor)).Unpack<T>();
    }
}
