using System.Globalization;
using System.Text;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Npgsql;
using NpgsqlTypes;

namespace Governance.Bench;

/// <summary>
/// The household import – checked, de-duplicated, encrypted, audited, with an event per household – beside a bare binary COPY of the same
/// people into a table without index, trigger or rule.
/// </summary>
static class ImportBench
{
    const int Households = 30_000;
    const int MembersEach = 3;
    const int People = Households * MembersEach;

    public static async Task Run()
    {
        await using var monitoring = new MonitoringService();
        await monitoring.InitializeAsync();
        await monitoring.Database.Execute(
            """
            insert into directory_divisions (code, name, urban_rural_class, version)
            values ('61', '示例省', '', 1), ('6199', '示例市', '', 1), ('619901', '示例县', '', 1), ('619901001', '甲街道', '', 1), ('619901001001', '甲一社区', '', 1);
            create unlogged table bare (number text, division text, name text, identity_number text, birth date, relation int, education int, labour int, insurance int, employed boolean)
            """);
        var csv = Encoding.UTF8.GetBytes(Csv(0, Households));
        // A service that has just started compiles its code while it runs; what is measured is one that has been running.
        await Import(monitoring, Encoding.UTF8.GetBytes(Csv(Households, 3_000)));

        var copied = await Seconds(() => Copy(monitoring.Database.Administrator));
        ImportReport report = null!;
        var imported = await Seconds(async () => report = await Import(monitoring, csv));
        if (report.Created != Households)
            throw new InvalidOperationException($"{report.Created} of {Households} households were imported: {report.Errors.FirstOrDefault()}");
        var again = await Seconds(() => Import(monitoring, csv));

        Report.Figure("bare COPY", People / copied, "persons/s");
        Report.Figure("import", People / imported, "persons/s");
        Report.Figure("the same file again (nothing changes)", People / again, "persons/s");
        Report.AtLeast("import ÷ bare COPY", copied / imported, 0.25);
        Report.AtLeast("import, persons/s", People / imported, 20_000);
    }

    static async Task<double> Seconds(Func<Task> work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    static async Task<ImportReport> Import(MonitoringService monitoring, byte[] csv)
    {
        using var call = new Households.HouseholdsClient(monitoring.As("619901", Everything.Permissions)).ImportHouseholds();
        var id = Guid.CreateVersion7().ToString();
        for (var at = 0; at < csv.Length; at += 65536)
        {
            var chunk = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFrom(csv, at, Math.Min(65536, csv.Length - at)) };
            await call.RequestStream.WriteAsync(new ImportHouseholdsRequest { ImportId = id, File = chunk });
        }
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    static async Task Copy(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync("copy bare from stdin (format binary)");
        for (var person = 0; person < People; person++)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(Number(person / MembersEach));
            await copy.WriteAsync("619901001001");
            await copy.WriteAsync("示例甲");
            await copy.WriteAsync(IdentityNumber(person));
            await copy.WriteAsync(new DateOnly(1970, 1, 1), NpgsqlDbType.Date);
            for (var column = 0; column < 4; column++)
                await copy.WriteAsync(1);
            await copy.WriteAsync(true);
        }
        await copy.CompleteAsync();
    }

    static string Csv(int first, int households)
    {
        var csv = new StringBuilder("户编号,现居行政区划,户类别,住房安全等级,饮水安全,姓名,身份证号码,与户主关系,文化程度,劳动能力,医疗保险,是否就业\r\n");
        string[] relations = ["户主", "配偶", "之子"];
        for (var person = first * MembersEach; person < (first + households) * MembersEach; person++)
            csv.Append(CultureInfo.InvariantCulture, $"{Number(person / MembersEach)},619901001001,一般户,A,安全,示例甲,{IdentityNumber(person)},{relations[person % MembersEach]},初中,普通劳动力,居民医保,是\r\n");
        return csv.ToString();
    }

    static string Number(int household) => string.Create(CultureInfo.InvariantCulture, $"BN{household:D8}");

    /// <summary>A number of nobody: the division is invented, the checksum (GB 11643) is right.</summary>
    static string IdentityNumber(int person)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"619901{new DateOnly(1950, 1, 1).AddDays(person / 999):yyyyMMdd}{person % 999 + 1:D3}");
        var sum = 0;
        for (var place = 0; place < 17; place++)
            sum += (digits[place] - '0') * (1 << (17 - place)) % 11;
        return digits + "10X98765432"[sum % 11];
    }
}
