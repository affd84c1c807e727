using Governance.Bench;
using Governance.Support;

// Every figure is a ratio of two things measured in this run on this machine, in turn, so that a slow machine slows both.
var benches = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["grpc"] = GrpcBench.Run,
    ["gateway"] = GatewayBench.Run,
    ["import"] = ImportBench.Run,
    ["import-province"] = ImportBench.RunProvince,
    ["screening"] = ScreeningBench.Run,
    ["matching"] = MatchingBench.Run,
    ["registry"] = RegistryBench.Run,
};

var chosen = args.Length == 0 ? [.. benches.Keys] : args;
if (Array.Find(chosen, name => !benches.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no bench \"{unknown}\". There are: {string.Join(", ", benches.Keys)}.");
    return 2;
}
try
{
    foreach (var name in chosen)
    {
        Console.WriteLine($"\n== {name}");
        await benches[name]();
    }
}
finally
{
    await SampleProvince.Forget();
}
return Report.Missed == 0 ? 0 : 1;
