using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>Somebody of the province who calls organizations.</summary>
sealed class Officer(TestIdentity identity)
{
    const string Village = "619901001001";

    readonly Metadata _headers = new() { { "authorization", $"Bearer {identity.Token("61", ["divisions.import", "settlements.write", "events.read"])}" } };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task ImportDivisions(GrpcChannel channel)
    {
        var file = await File.ReadAllBytesAsync(Path.Combine(Rendered.Root, "services", "organizations", "samples", "divisions.csv"), Cancellation);
        using var call = new Divisions.DivisionsClient(channel).ImportDivisions(_headers);
        await call.RequestStream.WriteAsync(new ImportDivisionsRequest
        {
            ImportId = Guid.CreateVersion7().ToString(), File = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFrom(file) },
        }, Cancellation);
        await call.RequestStream.CompleteAsync();
        Assert.Equal(0, (await call.ResponseAsync).Rejected);
    }

    public async Task Register(GrpcChannel channel, int number) =>
        await new Settlements.SettlementsClient(channel).RegisterSettlementAsync(new RegisterSettlementRequest
        {
            SettlementId = $"01900000-0000-7000-8000-{number:000000000000}",
            Settlement = new() { Name = $"第{number}安置点", Division = Village, Population = 100 + number },
        }, _headers, cancellationToken: Cancellation);

    public async Task<ReadEventsResponse> ReadEvents(GrpcChannel channel, string after) =>
        await new Operations.OperationsClient(channel).ReadEventsAsync(new() { After = after, Limit = 1000 }, _headers, cancellationToken: Cancellation);
}
