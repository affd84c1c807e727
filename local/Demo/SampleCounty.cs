using System.Globalization;
using System.Text.Json.Nodes;

namespace Governance.Local.Demo;

/// <summary>The invented county that a new suite begins with. Loading it again changes nothing: every id is in the files.</summary>
static class SampleCounty
{
    static readonly string _samples = Path.Combine("services", "organizations", "samples");

    public static async Task Load(Api api)
    {
        const string divisions = "divisions.csv";
        var report = await api.Upload("province.zhang", "/v1/divisions:import", () => File.OpenRead(Path.Combine(_samples, divisions)));
        if ((int?)report["rejected"] is > 0)
            throw new StoryException($"{divisions} has rows that were rejected: {report["errors"]}");
        foreach (var line in (await File.ReadAllLinesAsync(Path.Combine(_samples, "settlements.csv"))).Skip(1))
        {
            if (line.Split(',') is not [var id, var name, var division, var urban, var households, var population, var builtDate])
                throw new StoryException($"Not a settlement: {line}");
            var officer = division.StartsWith("619901", StringComparison.Ordinal) ? "county.wang" : "county.zhao";
            await api.Post(officer, $"/v1/settlements?settlement_id={id}", new JsonObject
            {
                ["name"] = name,
                ["division"] = division,
                ["urban"] = bool.Parse(urban),
                ["households"] = int.Parse(households, CultureInfo.InvariantCulture),
                ["population"] = int.Parse(population, CultureInfo.InvariantCulture),
                ["built_date"] = builtDate,
            });
        }
    }
}
