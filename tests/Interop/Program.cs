// The official gRPC interoperability tests:
//   server --port 5600
//   client --port 5600 --case large_unary
using Governance.Interop;
using Grpc.Net.Client;
using Microsoft.Extensions.Hosting;

switch (args)
{
    case ["server", "--port", var port]:
        await (await InteropServer.StartAsync(int.Parse(port))).WaitForShutdownAsync();
        return 0;
    case ["client", "--port", var port, "--case", var name] when InteropClient.Cases.TryGetValue(name, out var run):
        using (var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}"))
            await run(new InteropClient(channel));
        Console.WriteLine($"OK: {name}");
        return 0;
    default:
        await Console.Error.WriteLineAsync($"server --port P | client --port P --case {string.Join('|', InteropClient.Cases.Keys)}");
        return 2;
}
