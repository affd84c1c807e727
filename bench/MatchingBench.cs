using System.Diagnostics;
using System.Text;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Personal;
using Governance.Support;
using Npgsql;

namespace Governance.Bench;

/// <summary>
/// A department's list of a million people, one in ten of whom is registered, against a province of two million: what the service spends on
/// finding whom the list means, beside the bare hash join of the same numbers. How long the whole upload takes is shown, too.
/// </summary>
static class MatchingBench
{
    const int Rows = 1_000_000;
    const int OneIn = 10;

    // The statements that find, by what only they contain.
    static readonly string[] _finding = ["from staged join members", "insert into hits"];

    public static async Task Run()
    {
        await using var province = new ProvinceService();
        await province.InitializeAsync();
        await CopyBare(province);
        var found = TimeSpan.Zero;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = statement =>
            {
                if (statement.Tags.Any(tag => tag.Value is { } sql && Array.Exists(_finding, part => sql.Contains(part, StringComparison.Ordinal))))
                    found += statement.Duration;
            },
        };
        ActivitySource.AddActivityListener(listener);

        var uploaded = 0d;
        var (matched, joined) = await Report.InTurn(3,
            async () =>
            {
                found = TimeSpan.Zero;
                uploaded = await Report.Seconds(() => Upload(province));
                return found.TotalSeconds;
            },
            () => Report.Seconds(() => province.Database.Query<long>("select count(*) from bare_list join members using (identity_hash)")));
        Report.Figure($"a list of {Rows:N0} rows, upload to report", uploaded, "s");
        Report.Figure("of which finding whom it means", matched, "s");
        Report.Figure("the bare join", joined, "s");
        Report.AtMost("finding ÷ bare join, time", matched / joined, 2);
    }

    /// <summary>A new list each time, of new assets: what is said again is found as fast, but writes less.</summary>
    static async Task Upload(ProvinceService province)
    {
        var lists = new Lists.ListsClient(province.As("61", Everything.Permissions));
        var list = await lists.RegisterListAsync(new RegisterListRequest
        {
            DepartmentListId = Guid.CreateVersion7().ToString(),
            List = new DepartmentList { Kind = ListKind.Vehicle, Department = "示例车辆管理所", ReferenceDate = "2024-03-31" },
        });
        using var call = lists.ImportList();
        await call.RequestStream.WriteAsync(new ImportListRequest { DepartmentListId = list.Id, ImportId = Guid.CreateVersion7().ToString() });
        foreach (var piece in Csv(list.Id[^8..]))
            await call.RequestStream.WriteAsync(new ImportListRequest { File = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFrom(piece) } });
        await call.RequestStream.CompleteAsync();
        var report = await call;
        if (report.Created != Rows / OneIn)
            throw new InvalidOperationException($"{report.Created} of {Rows / OneIn} were found: {report.Errors.FirstOrDefault()}");
    }

    /// <summary>One row in ten is of somebody registered; the others are of people who come after the last of the province.</summary>
    static string NumberOf(int row) => row % OneIn == 0
        ? SampleProvince.IdentityOf((int)((long)row * 7_919 % SampleProvince.People))
        : SampleCounty.Identity(SampleProvince.People + row, 1975, true);

    static IEnumerable<byte[]> Csv(string plate)
    {
        var csv = new StringBuilder("身份证号码,资产标识,发生日期,金额\r\n");
        for (var row = 0; row < Rows; row++)
        {
            csv.Append(NumberOf(row)).Append(",示").Append(plate).Append(row).Append(",2020-03-05,80000\r\n");
            if (csv.Length < 32_768)
                continue;
            yield return Encoding.UTF8.GetBytes(csv.ToString());
            csv.Clear();
        }
        yield return Encoding.UTF8.GetBytes(csv.ToString());
    }

    static async Task CopyBare(ProvinceService province)
    {
        var personal = (PersonalData)province.Services.GetService(typeof(PersonalData))!;
        await province.Database.Execute("create table bare_list (identity_hash bytea not null)");
        await using (var connection = await province.Database.Administrator.OpenConnectionAsync())
        await using (var copy = await connection.BeginBinaryImportAsync("copy bare_list from stdin (format binary)"))
        {
            copy.Timeout = TimeSpan.FromMinutes(10);
            for (var row = 0; row < Rows; row++)
            {
                if (!IdentityNumber.TryParse(NumberOf(row), new DateOnly(2024, 1, 1), out var number, out _))
                    throw new InvalidOperationException($"Row {row} has no right number.");
                copy.StartRow();
                copy.Write(personal.Hash(number));
            }
            await copy.CompleteAsync();
        }
        await province.Database.Execute("vacuum analyze bare_list");
    }
}
