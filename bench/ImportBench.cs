using System.Globalization;
using System.Text;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
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
    const int MegaByte = 1024 * 1024;

    static readonly string[] _relations = ["户主", "配偶", "儿子", "女儿"];

    public static async Task Run()
    {
        await using var monitoring = await Start();
        var (people, copied, imported, file) = await Measure(monitoring, Households);
        var again = await Report.Seconds(() => Send(monitoring, file));
        Report.Figure("bare COPY", people / copied, "persons/s");
        Report.Figure("import", people / imported, "persons/s");
        Report.Figure("the same file again (nothing changes)", people / again, "persons/s");
        Report.AtLeast("import ÷ bare COPY", copied / imported, 0.25);
        Report.AtLeast("import, persons/s", people / imported, 20_000);
        await Workbooks(monitoring, people);
    }

    /// <summary>A whole province in one file.</summary>
    public static async Task RunProvince()
    {
        await using var monitoring = await Start();
        var (people, copied, imported, _) = await Measure(monitoring, SampleProvince.Households);
        Report.Figure($"bare COPY of {people:N0}", people / copied, "persons/s");
        Report.Figure("import", people / imported, "persons/s");
        Report.AtLeast("import ÷ bare COPY", copied / imported, 0.25);
        Report.AtLeast("import, persons/s", people / imported, 20_000);
    }

    /// <summary>Seconds that a bare COPY of the province's first households takes, and their import; nobody waits for what makes them up.</summary>
    static async Task<(int People, double Copied, double Imported, List<byte[]> File)> Measure(MonitoringService monitoring, int households)
    {
        var rows = People(0, households).Select(person =>
        {
            var (household, place) = SampleProvince.Home(person);
            return new Row(SampleProvince.NumberOf(household), SampleProvince.DivisionOf(household), SampleProvince.NameOf(person),
                SampleProvince.IdentityOf(person), place);
        }).ToList();
        var copied = await Report.Seconds(() => Copy(monitoring.Database.Administrator, rows));
        var people = rows.Count;
        rows = null;
        var file = Csv(0, households).ToList();
        var before = BeginPeak();
        var imported = await Report.Seconds(() => Import(monitoring, file, households));
        Report.Figure("memory that the import took at its peak", Peak() - before, "MiB");
        return (people, copied, imported, file);
    }

    readonly record struct Row(string Number, string Division, string Name, string Identity, int Place);

    /// <summary>What was imported, out as a workbook and in again.</summary>
    static async Task Workbooks(MonitoringService monitoring, int people)
    {
        var before = BeginPeak();
        using var workbook = new MemoryStream();
        var written = await Report.Seconds(async () =>
        {
            var client = new Households.HouseholdsClient(monitoring.As("61", Everything.Permissions));
            using var call = client.ExportHouseholds(new ExportHouseholdsRequest { Purpose = "bench", Format = TableFormat.Xlsx });
            await foreach (var piece in call.ResponseStream.ReadAllAsync())
                piece.Data.WriteTo(workbook);
        });
        var peakOut = Peak() - before;
        before = BeginPeak();
        ImportReport report = null!;
        var read = await Report.Seconds(async () => report = await Send(monitoring, workbook.ToArray().Chunk(65_536)));
        var peakIn = Peak() - before;
        if (report.Rejected > 0 || report.Updated > 0 || report.Rows < people)
            throw new InvalidOperationException($"What was exported did not come back unchanged: {report}");
        Report.AtMost($"{report.Rows:N0} rows out as XLSX, seconds", written, 60);
        Report.AtMost("… MiB more at its peak", peakOut, 300);
        Report.AtMost($"{report.Rows:N0} rows in as XLSX, seconds", read, 60);
        Report.AtMost("… MiB more at its peak", peakIn, 300);
    }

    static async Task<MonitoringService> Start()
    {
        var monitoring = new MonitoringService();
        await monitoring.InitializeAsync();
        await SampleProvince.CopyDirectories(monitoring.Database.Administrator);
        await monitoring.Database.Execute(
            "create table bare (number text, division text, name text, identity_number text, birth date, relation int, education int, labour int, insurance int, employed boolean)");
        // A service that has just started compiles its code while it runs, for as long as an import of this size takes; what is measured is
        // one that has been running.
        await Import(monitoring, Csv(SampleProvince.Households, Households), Households);
        return monitoring;
    }

    static async Task Import(MonitoringService monitoring, IEnumerable<byte[]> file, int households)
    {
        var report = await Send(monitoring, file);
        if (report.Created != households)
            throw new InvalidOperationException($"{report.Created} of {households} households were imported: {report.Errors.FirstOrDefault()}");
    }

    static async Task<ImportReport> Send(MonitoringService monitoring, IEnumerable<byte[]> file)
    {
        using var call = new Households.HouseholdsClient(monitoring.As("61", Everything.Permissions)).ImportHouseholds();
        await call.RequestStream.WriteAsync(new ImportHouseholdsRequest { ImportId = Guid.CreateVersion7().ToString() });
        foreach (var piece in file)
            await call.RequestStream.WriteAsync(new ImportHouseholdsRequest { File = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFrom(piece) } });
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    static async Task Copy(NpgsqlDataSource database, List<Row> rows)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync("copy bare from stdin (format binary)");
        copy.Timeout = TimeSpan.FromMinutes(10);
        foreach (var row in rows)
        {
            copy.StartRow();
            copy.Write(row.Number);
            copy.Write(row.Division);
            copy.Write(row.Name);
            copy.Write(row.Identity);
            copy.Write(new DateOnly(1970, 1, 1), NpgsqlDbType.Date);
            copy.Write(row.Place);
            for (var column = 0; column < 3; column++)
                copy.Write(1);
            copy.Write(true);
        }
        await copy.CompleteAsync();
    }

    /// <summary>The members of the province's households from <paramref name="first"/> on.</summary>
    static IEnumerable<int> People(int first, int households) =>
        Enumerable.Range(SampleProvince.FirstPersonOf(first), SampleProvince.FirstPersonOf(first + households) - SampleProvince.FirstPersonOf(first));

    /// <summary>A file in pieces, as it is uploaded.</summary>
    static IEnumerable<byte[]> Csv(int first, int households)
    {
        var csv = new StringBuilder("户编号,现居行政区划,户类别,住房安全等级,饮水安全,姓名,身份证号码,与户主关系,文化程度,劳动能力,医疗保险,是否就业\r\n");
        foreach (var person in People(first, households))
        {
            var (household, place) = SampleProvince.Home(person);
            csv.Append(CultureInfo.InvariantCulture,
                $"{SampleProvince.NumberOf(household)},{SampleProvince.DivisionOf(household)},一般户,A,安全,{SampleProvince.NameOf(person)},");
            csv.Append(CultureInfo.InvariantCulture, $"{SampleProvince.IdentityOf(person)},{_relations[place]},初中,普通劳动力,居民医保,是\r\n");
            if (csv.Length < 32_768)
                continue;
            yield return Encoding.UTF8.GetBytes(csv.ToString());
            csv.Clear();
        }
        yield return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>Forgets the process's peak memory so far and answers with what it holds.</summary>
    static double BeginPeak()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Peak();
    }

    static double Peak() => (double)long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).AsSpan(6).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024 / MegaByte;
}
