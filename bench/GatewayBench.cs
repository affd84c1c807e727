using Google.Protobuf;
using Governance.Organizations.V1;
using Governance.Support;
using Microsoft.Extensions.Configuration;

namespace Governance.Bench;

/// <summary>The same read through the gateway, by gRPC and by REST: what transcoding costs.</summary>
static class GatewayBench
{
    public static async Task Run()
    {
        await using var organizations = new OrganizationsService();
        await organizations.InitializeAsync();
        await organizations.Database.Execute("insert into divisions (code, name, urban_rural_class, version) values ('61', '示例省', '', 1), ('6199', '示例市', '', 1), ('619901', '示例县', '', 1)");
        var id = Guid.CreateVersion7().ToString();
        await new Settlements.SettlementsClient(organizations.As("619901", Everything.Permissions)).RegisterSettlementAsync(new RegisterSettlementRequest
        {
            SettlementId = id, Settlement = new Settlement { Name = "示例安置点", Division = "619901", Households = 331, Population = 1268, BuiltDate = "2019-06-30" },
        });

        var identity = await TestIdentity.Shared;
        await using var gateway = Gateway.Program.Build(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Kestrel:Endpoints:Rest:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Grpc:Url"] = "http://127.0.0.1:0",
            ["Keycloak:auth-server-url"] = identity.Url,
            ["ReverseProxy:Clusters:organizations:Destinations:default:Address"] = organizations.GrpcAddress,
            ["Limits:BurstCalls"] = "100000000",
            ["Limits:CallsPerSecond"] = "100000000",
            ["Logging:LogLevel:Default"] = "Error",
        }).Build());
        await gateway.StartAsync();
        var (rest, grpc) = (gateway.Urls.Last() + $"/v1/settlements/{id}", gateway.Urls.First() + "/governance.organizations.v1.Settlements/GetSettlement");
        var token = $"authorization: Bearer {identity.Token("619901", Everything.Permissions)}";
        var message = new GetSettlementRequest { SettlementId = id }.ToByteArray();
        byte[] frame = [0, 0, 0, 0, (byte)message.Length, .. message];

        var (restRate, grpcRate) = await Report.InTurn(3, () => Load.Get(rest, 10_000, 50, token), () => Load.Grpc(grpc, frame, 10_000, 2, 25, token));
        Report.Figure("REST through the gateway, 50 in flight", restRate, "calls/s");
        Report.Figure("gRPC through the gateway, 50 in flight", grpcRate, "calls/s");
        Report.AtLeast("REST ÷ gRPC, throughput", restRate / grpcRate, 0.6);

        var (restAlone, grpcAlone) = await Report.InTurn(3, () => Load.Get(rest, 2_000, 1, token), () => Load.Grpc(grpc, frame, 2_000, 1, 1, token));
        Report.Figure("REST, one at a time", 1000 / restAlone, "ms");
        Report.Figure("gRPC, one at a time", 1000 / grpcAlone, "ms");
        Report.AtMost("REST − gRPC, added time of a call in ms", 1000 / restAlone - 1000 / grpcAlone, 0.3);
    }
}
