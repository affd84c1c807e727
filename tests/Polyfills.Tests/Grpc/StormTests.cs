using System.Collections.Concurrent;
using Google.Protobuf;
using Governance.Interop;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>Calls that end at every possible moment: cancelled, past their deadline, disposed, or not at all.</summary>
public sealed class StormTests
{
    static readonly StatusCode[] _allowed = [StatusCode.OK, StatusCode.Cancelled, StatusCode.DeadlineExceeded];

    [Fact]
    public async Task Calls_that_end_at_any_moment_disturb_nobody()
    {
        var errors = new ErrorLog();
        await using var server = await GrpcServer.StartAsync(
            services: services => services.AddSingleton<ILoggerProvider>(errors),
            kestrel: kestrel => kestrel.Limits.Http2.MaxStreamsPerConnection = 1000);
        var payload = new Payload { Body = ByteString.CopyFrom(new byte[20_000]) };
        server.Service.OnUnary = async (request, _) =>
        {
            await Task.Yield();
            return new SimpleResponse { Payload = request.Payload };
        };
        server.Service.OnInput = async (requests, _) => new() { AggregatedPayloadSize = await requests.ReadAllAsync().CountAsync() };
        server.Service.OnOutput = async (responses, context) =>
        {
            for (var message = 0; message < 20; message++)
                await responses.WriteAsync(new StreamingOutputCallResponse { Payload = payload });
        };
        server.Service.OnDuplex = async (requests, responses, context) =>
        {
            await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
                await responses.WriteAsync(new StreamingOutputCallResponse { Payload = request.Payload });
        };
        var endings = new ConcurrentDictionary<StatusCode, int>();
        var client = server.Client;

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (number, _) =>
        {
            using var cancellation = new CancellationTokenSource();
            // Cancelled by its token, by its deadline, by disposal, or let be.
            var options = (number / 4 % 4) switch
            {
                0 => new CallOptions(cancellationToken: cancellation.Token),
                1 => new CallOptions(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(1 + number % 30)),
                _ => new CallOptions(),
            };
            if (options.CancellationToken.CanBeCanceled)
                cancellation.CancelAfter(TimeSpan.FromMicroseconds(number % 50 * 200));
            var disposeEarly = number / 4 % 4 == 2;
            var ending = StatusCode.OK;
            try
            {
                switch (number % 4)
                {
                    case 0:
                        using (var call = client.UnaryCallAsync(new SimpleRequest { Payload = payload }, options))
                        {
                            if (disposeEarly)
                                call.Dispose();
                            await call;
                        }
                        break;
                    case 1:
                        using (var call = client.StreamingInputCall(options))
                        {
                            for (var message = 0; message < 10; message++)
                                await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = payload });
                            if (disposeEarly)
                                call.Dispose();
                            await call.RequestStream.CompleteAsync();
                            await call;
                        }
                        break;
                    case 2:
                        using (var call = client.StreamingOutputCall(new StreamingOutputCallRequest(), options))
                        {
                            for (var message = 0; await call.ResponseStream.MoveNext(); message++)
                            {
                                if (disposeEarly && message == number % 20)
                                    call.Dispose();
                            }
                        }
                        break;
                    default:
                        using (var call = client.FullDuplexCall(options))
                        {
                            for (var message = 0; message < 5; message++)
                            {
                                await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = payload });
                                await call.ResponseStream.MoveNext();
                                if (disposeEarly && message == number % 5)
                                    call.Dispose();
                            }
                            await call.RequestStream.CompleteAsync();
                            await call.ResponseStream.MoveNext();
                        }
                        break;
                }
            }
            catch (RpcException exception)
            {
                ending = exception.StatusCode;
                Assert.True(_allowed.Contains(ending), $"Call {number}: {exception.Status}");
            }
            endings.AddOrUpdate(ending, 1, (_, count) => count + 1);
        });

        Assert.Equal(2000, endings.Values.Sum());
        Assert.All(_allowed, status => Assert.True(endings.ContainsKey(status)));
        Assert.Equal(payload, (await client.UnaryCallAsync(new SimpleRequest { Payload = payload })).Payload);
        Assert.True(errors.Messages.IsEmpty, string.Join('\n', errors.Messages.Take(3)));
    }

    /// <summary>What the server logs as an error.</summary>
    sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Messages.Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose() { }
    }
}
