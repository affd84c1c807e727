using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Governance.Monitoring.V1;
using Governance.Platform;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>What monitoring keeps with a key outlives the key.</summary>
public sealed class KeyTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    static readonly string s_oldEncryptionKey = Convert.ToBase64String(new byte[32]);
    static readonly string s_oldHashKey = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());

    string Today => Calendar.Format(Calendar.DateOf(monitoring.Clock.GetUtcNow()));

    // A column that is not known for what it is would be left behind by a rotation, and could not be read or matched any more.
    [Fact]
    public async Task Every_column_of_bytes_is_sealed_or_keyed_or_neither_on_purpose()
    {
        string[] neither = ["audit_chain.hash", "hash_key.fingerprint", "imports.file_sha256"];
        var columns = await monitoring.Database.Query<string>(
            """
            select attrelid::regclass || '.' || coalesce(col_description(attrelid, attnum), attname)
            from pg_attribute join pg_class on pg_class.oid = attrelid
            where relnamespace = 'public'::regnamespace and relkind = 'r' and atttypid = 'bytea'::regtype order by 1
            """);
        Assert.Equal(neither, columns.Where(column => !column.EndsWith("_sealed", StringComparison.Ordinal) && !column.EndsWith("_hash", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task With_new_keys_people_are_read_as_they_are_and_were_and_found_as_before()
    {
        var (head, spouse) = (monitoring.NewMember(), monitoring.NewMember(Relation.Spouse));
        var newborn = new V1.Member
        {
            Name = "赵例宝", BirthCertificateNumber = "Q610000077", BirthDate = "2024-03-20", Gender = V1.Gender.Female, Relation = Relation.Daughter,
        };
        var registered = await monitoring.Register(monitoring.NewHousehold(head, spouse, newborn));
        var firstDay = Today;
        monitoring.Clock.Advance(TimeSpan.FromDays(1));
        var wife = registered.Members.Single(member => member.Relation == Relation.Spouse);
        await monitoring.Households().UpdateMemberAsync(new UpdateMemberRequest
        {
            HouseholdId = registered.Id, Member = new V1.Member { Id = wife.Id, Employed = false }, UpdateMask = FieldMask.FromString("employed"),
        });
        await monitoring.Households().RemoveMemberAsync(new RemoveMemberRequest { HouseholdId = registered.Id, MemberId = wife.Id, Reason = RemovalReason.MarriedOut });
        var now = await Get();
        var revisions = await Revisions();
        var list = await monitoring.RegisterList();
        string[] rows = [$"{head.IdentityNumber},{head.Name},示A77777,2014-05-01,80000,小型轿车"];
        await monitoring.Upload(list.Id, rows);
        await monitoring.Assign(list.Id);
        var verification = Assert.Single(await monitoring.Assigned(list.Id));
        var facts = await Facts();

        string[] keys = ["--PersonalData:EncryptionKey", Key("new"), "--PersonalData:RetiredEncryptionKeys:0", s_oldEncryptionKey, "--PersonalData:HashKey", $"{s_oldHashKey},{Key("added")}"];
        await Run("rotate-keys", keys);
        // The hashes cannot change under a service that runs, nor a service start with keys that its hashes are not of.
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run("rotate-hashes", keys));
        await monitoring.StopService();
        KeyValuePair<string, string?>[] settings = [new("PersonalData:EncryptionKey", Key("new")), new("PersonalData:HashKey", $"{s_oldHashKey},{Key("added")}")];
        await Assert.ThrowsAsync<InvalidOperationException>(() => monitoring.StartService(settings));
        while ((await monitoring.Database.Query<long>("select count(*) from pg_stat_activity where datname = current_database() and usename = 'test_monitoring'"))[0] > 0)
        {
            // The server lets go of a closed connection a moment later.
        }
        await Run("rotate-hashes", keys);
        // Without the old encryption key from now on.
        await monitoring.StartService(settings);

        Assert.Equal(now, await Get());
        Assert.Equal(registered, await Get(firstDay));
        Assert.Equal(revisions, await Revisions());
        Assert.Equal(facts, await Facts());
        Assert.Equal(now.Members.Single(member => member.Relation == Relation.Householder).Id,
            (await monitoring.Households().LookUpHouseholdAsync(new LookUpHouseholdRequest { IdentityNumber = head.IdentityNumber })).MemberId);
        Assert.Equal(Rules.RegisteredAlready.Code, (await MonitoringFixture.Refused(Add(await monitoring.Register(), newborn))).Reason);
        var again = await monitoring.Upload(list.Id, rows);
        Assert.Equal((0, 0, 1), (again.Created, again.Updated, again.Unchanged));
        Assert.Equal(verification, Assert.Single(await monitoring.Assigned(list.Id)));

        async Task<V1.Household> Get(string asOf = "") =>
            await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = registered.Id, AsOfDate = asOf });

        async Task<IList<HouseholdRevision>> Revisions() =>
            (await monitoring.Households().ListHouseholdRevisionsAsync(new ListHouseholdRevisionsRequest { HouseholdId = registered.Id })).Revisions;

        async Task<ShowFactsResponse> Facts() =>
            await monitoring.Verifications().ShowFactsAsync(new ShowFactsRequest { VerificationId = verification.Id, Purpose = "入户核查" });

        AsyncUnaryCall<V1.Household> Add(V1.Household household, V1.Member member) => monitoring.Households().AddMemberAsync(
            new AddMemberRequest { HouseholdId = household.Id, MemberId = MonitoringFixture.NewId(), Member = member });
    }

    /// <summary>Runs a verb of maintenance as the service's own program does.</summary>
    Task Run(string verb, string[] keys) => Service.Run("monitoring", [verb, "--ConnectionStrings:Database", monitoring.Database.Connections.Database, .. keys], Program.Configure);

    static string Key(string seed) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
}
