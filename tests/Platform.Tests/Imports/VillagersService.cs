using Google.Api;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Governance.Platform.Tests.Imports;

sealed record Villager(string Number, string Family, string Name, IdentityNumber IdentityNumber, string Division, long? Savings,
    DateOnly? Joined);

/// <summary>An import that has some of everything.</summary>
sealed class VillagerImport(PersonalData personal) : Import<Villager>("villagers")
{
    static readonly ImportColumn _number = new("编号", "number");
    static readonly ImportColumn _family = new("户编号", "family");
    static readonly ImportColumn _name = new("姓名", "name") { Choices = ["示例甲", "示例乙"] };
    static readonly ImportColumn _identityNumber = new("身份证号", "identity_number");
    static readonly ImportColumn _division = new("行政区划", "division");
    static readonly ImportColumn _savings = new("存款", "savings", Required: false) { IsNumber = true };
    static readonly ImportColumn _joined = new("加入日期", "joined", Required: false);

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_number, _family, _name, _identityNumber, _division, _savings, _joined];

    protected internal override ImportColumn? Group => _family;

    protected internal override Villager Read(ImportRow row) => new(
        row.Text(_number, 20), row.Text(_family, 20), row.Text(_name, 50), row.IdentityNumber(_identityNumber).GetValueOrDefault(),
        row.Division(_division, 12), row.Fen(_savings), row.Date(_joined));

    protected internal override Task CreateStaged(Transaction transaction) => transaction.Execute(
        """
        create temp table staged (line int not null, number text, family text, name text, identity_number bytea, identity_hash bytea,
            division text, savings_fen bigint, joined date)
        """);

    protected internal override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.Copy(
        """
        copy staged (line, number, family, name, identity_number, identity_hash, division, savings_fen, joined)
        from stdin (format binary)
        """);

    protected internal override void Write(NpgsqlBinaryImporter copy, Villager row)
    {
        var number = personal.Protect(row.IdentityNumber);
        copy.Write(row.Number);
        copy.Write(row.Family);
        copy.Write(row.Name);
        copy.Write(number.Sealed);
        copy.Write(number.Hash);
        copy.Write(row.Division);
        copy.Write(row.Savings);
        copy.Write(row.Joined);
    }

    protected internal override async Task Check(Transaction transaction)
    {
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '编号', 'VILLAGER_TWICE', '编号在文件中重复。', 'The number is there twice.'
            from (select line, row_number() over (partition by number order by line) as nth from staged) as numbered where nth > 1
            """);
        await transaction.Execute(
            """
            insert into import_faults (line, rule, zh, en)
            select staged.line, 'FAMILY', '同户的其他行有错误。', 'Another row of the family is wrong.'
            from staged where exists (select from import_faults as fault where fault.group_key = staged.family)
            """);
    }

    protected internal override async Task<ImportCounts> Merge(Transaction transaction)
    {
        var updated = await transaction.Execute(
            """
            update villagers set name = staged.name, savings_fen = staged.savings_fen from staged
            where villagers.number = staged.number
              and (villagers.name, villagers.savings_fen) is distinct from (staged.name, staged.savings_fen)
            """);
        var created = await transaction.Execute(
            """
            insert into villagers (number, family, name, identity_number, division, savings_fen)
            select number, family, name, identity_number, division, savings_fen from staged on conflict do nothing
            """);
        foreach (var number in await transaction.Query("select number from staged order by line limit 3", row => row.GetString(0)))
            transaction.Publish(new ImportReport { ImportId = number }, number, transaction.Caller.Division, 1);
        var all = await transaction.First("select count(*)::int from staged", row => row.GetInt32(0));
        return new ImportCounts(created, updated, all - created - updated);
    }
}

sealed class VillagersService(ImportDesk imports, Database database, PersonalData personal) : Households.HouseholdsBase
{
    readonly VillagerImport _import = new(personal);

    public override Task<ImportReport> ImportHouseholds(IAsyncStreamReader<ImportHouseholdsRequest> requests, ServerCallContext context) =>
        imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);

    public override Task GetImportErrors(GetImportErrorsRequest request, IServerStreamWriter<HttpBody> responses,
        ServerCallContext context) =>
        imports.WriteErrors(request.ImportId, request.Format, responses, context);

    public override Task ExportHouseholds(ExportHouseholdsRequest request, IServerStreamWriter<HttpBody> responses,
        ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            await Table.Write(request.Format, _import.Columns, transaction.Stream(
                "select number, family, name, identity_number, division, savings_fen from villagers order by number",
                row => new[]
                {
                    row.GetString(0), row.GetString(1), row.GetString(2), personal.Reveal(row.GetFieldValue<byte[]>(3)), row.GetString(4),
                    row.IsDBNull(5) ? "" : $"{row.GetInt64(5) / 100m}", "",
                }), responses, context);
            return true;
        });
}

public sealed class VillagersFixture() : ServiceFixture("platform", service => service.Serve<VillagersService>())
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.Execute(
            """
            create table villagers (number text primary key, family text not null, name text not null, identity_number bytea not null,
                division text collate "C" not null, savings_fen bigint);
            call scope_table('villagers');
            grant all on villagers to test_platform;
            """);
    }
}
