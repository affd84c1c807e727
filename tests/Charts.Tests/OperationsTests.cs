using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Governance.Platform.Data;
using Governance.Support;
using Grpc.Net.Client;
using Npgsql;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>A service's database with divisions and settlements, their events and a sealed audit trail, and a dump of it.</summary>
public sealed class Dumped : IAsyncLifetime
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dump");

    public TestDatabase Source { get; private set; } = null!;

    public string Dump => Path.Combine(_folder.FullName, "whole");

    /// <summary>Where a reader of the feed stood when it was dumped.</summary>
    public string Cursor { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Source = await TestDatabase.Create("organizations");
        var identity = await TestIdentity.Shared;
        await using (var pod = await Pod.Start(await Rendered.Set($"global.identity.url={identity.Url}"), "organizations", Cluster.For("organizations", Source.Connections)))
        {
            using var channel = GrpcChannel.ForAddress(pod.GrpcAddress);
            var officer = new Officer(identity);
            await officer.ImportDivisions(channel);
            for (var number = 0; number < 5; number++)
                await officer.Register(channel, number);
            // The sealer works once a second.
            while ((await Source.Query<long>("select count(*) from audit_chain"))[0] < 4)
            {
            }
        }
        // As of a server with a longer life than a test's.
        await Source.Execute("update outbox set transaction_id = (transaction_id::text::bigint + 1000000)::text::xid8");
        Cursor = (await Source.Query<string>("select transaction_id || '-' || sequence from outbox order by outbox.transaction_id desc, sequence desc limit 1"))[0];
        await MakeDump(Dump);
    }

    public async Task MakeDump(string file)
    {
        await using var server = Postgres.Tests();
        await server.Do("pg_dump", "--format=custom", "--file", file, new NpgsqlConnectionStringBuilder(Source.Connections.Database).Database!);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>What the operations guide tells an administrator to do, done.</summary>
public sealed class OperationsTests(Dumped dumped) : IClassFixture<Dumped>
{
    // Who may do what with which table and function.
    const string Rights =
        """
        select string_agg(line, ', ' order by line) from (
            select oid::regclass || ' ' || grantee::regrole || ' ' || privilege_type as line
            from pg_class cross join aclexplode(relacl) where relnamespace = 'public'::regnamespace
            union all
            select oid::regprocedure || ' ' || grantee::regrole || ' ' || privilege_type
            from pg_proc cross join aclexplode(proacl) where pronamespace = 'public'::regnamespace) as rights
        """;

    static readonly string s_drill = Path.Combine(Rendered.Root, "charts", "operations", "restore-drill.sh");
    static readonly string s_provision = Path.Combine(Rendered.Root, "charts", "operations", "provision.sql");

    [Fact]
    public async Task A_provisioned_service_serves_as_a_role_that_owns_nothing()
    {
        await using var server = Postgres.Tests();
        var name = $"provisioned_{Guid.NewGuid():N}"[..20];
        try
        {
            await server.Do("psql", "--variable", $"name={name}", "--file", s_provision);
            await using (await Serve(server, name))
                Assert.Equal("0", await server.Query(name, $"select count(*) from pg_class where relowner = '{name}'::regrole"));
            Assert.Equal("f|f|f", await server.Query(name, $"select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = '{name}'"));
            // Once more sets the passwords and leaves the data.
            await server.Do("psql", "--variable", $"name={name}", "--file", s_provision);
            Assert.NotEqual("0", await server.Query(name, "select count(*) from migrations"));
        }
        finally
        {
            await server.Do("dropdb", "--if-exists", "--force", name);
            await server.Do("psql", "--command", $"drop role if exists {name}, {name}_owner");
        }
    }

    [Fact]
    public async Task A_database_is_believed_by_the_installations_own_authority_and_no_other()
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = RSA.Create(2048);
        var request = new CertificateRequest("CN=Example Authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(from, until);
        using var key = RSA.Create(2048);
        request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, until, [1]);

        var folder = Directory.CreateTempSubdirectory("authorities");
        await using var server = await Postgres.Fresh(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        try
        {
            await server.Do("psql", "--variable", "name=organizations", "--file", s_provision);
            var identity = await TestIdentity.Shared;
            var objects = await Rendered.Set($"global.identity.url={identity.Url}", "global.authorities=province");
            Assert.Equal("province", (string?)objects.Get("Deployment/organizations")["spec"]!["template"]!["spec"]!["volumes"].Items()
                .Single(volume => (string?)volume["name"] == "authorities")["configMap"]!["name"]);
            var cluster = Cluster.For("organizations", new(Verified("organizations", "serving's"), Verified("organizations_owner", "owner's"))) with { Authorities = folder.FullName };
            Assert.Contains("certificate", (await Assert.ThrowsAsync<InvalidOperationException>(() => Pod.Start(objects, "organizations", cluster))).Message, StringComparison.Ordinal);

            // As a ConfigMap's files lie: behind a link.
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.FullName, "..data")).FullName, "ca.crt"), authority.ExportCertificatePem(),
                TestContext.Current.CancellationToken);
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "ca.crt"), Path.Combine("..data", "ca.crt"));
            await (await Pod.Start(objects, "organizations", cluster)).DisposeAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string Verified(string role, string password) => new NpgsqlConnectionStringBuilder(server.For("organizations", role, password))
        {
            Host = "localhost", SslMode = SslMode.VerifyFull,
        }.ConnectionString;
    }

    [Fact]
    public async Task A_drill_finds_all_of_it_back_and_a_trail_that_was_touched()
    {
        await using var server = Postgres.Tests();
        var settlements = (await dumped.Source.Query<long>("select count(*) from settlements"))[0];
        var (code, output) = await Drill(server, dumped.Dump);
        Assert.True(code == 0, output);
        Assert.Matches($@"public\.settlements +{settlements}\n", output);
        Assert.Matches(@"audit: \d+ entries intact", output);
        Assert.Matches(@"restored in \d+ s", output);

        await dumped.Source.Execute(
            """
            alter table audit disable trigger append_only;
            update audit set actor_name = 'nobody' where number = (select min(number) from audit_chain);
            alter table audit enable trigger append_only;
            """);
        var touched = $"{dumped.Dump}-touched";
        await dumped.MakeDump(touched);
        (code, output) = await Drill(server, touched);
        Assert.NotEqual(0, code);
        Assert.Contains("The audit trail is broken at entry", output, StringComparison.Ordinal);
    }

    // Readers of the feed keep a cursor in the old server's transaction ids: what happens after the restore must come behind it.
    [Fact]
    public async Task A_service_goes_on_from_a_dump_on_a_new_server_and_its_feed_with_it()
    {
        await using var server = await Postgres.Fresh();
        var (code, output) = await Drill(server, dumped.Dump);
        Assert.True(code == 0, output);
        Assert.Contains("pg_resetwal --epoch=1 ", output, StringComparison.Ordinal);

        // The server's name for the roles is the dump's, as it is where a service is restored.
        const string name = "test_organizations";
        await server.Do("psql", "--variable", $"name={name}", "--file", s_provision);
        await server.Do("pg_restore", "--exit-on-error", "--no-owner", "--role", $"{name}_owner", "--dbname", name, dumped.Dump);
        Assert.Equal((await dumped.Source.Query<string>(Rights))[0], await server.Query(name, Rights));
        await server.Stop();
        await server.ResetWal("--epoch=1");
        await server.Start();

        await using var pod = await Serve(server, name);
        using var channel = GrpcChannel.ForAddress(pod.GrpcAddress);
        var officer = new Officer(await TestIdentity.Shared);
        await officer.Register(channel, 1000);
        // The feed hands out what is older than every running transaction, so it may come a moment later.
        for (var started = Stopwatch.StartNew(); !(await officer.ReadEvents(channel, dumped.Cursor)).Events.Any(told => told.Subject.EndsWith("1000", StringComparison.Ordinal));)
            Assert.True(started.Elapsed < TimeSpan.FromSeconds(60), "The reader never heard of it.");
    }

    // No cluster is here: kubectl is a stand-in that hands out what the chart renders and keeps what it is to apply.
    [Fact]
    public async Task A_verb_runs_once_as_a_job_with_the_services_environment_and_without_its_calls()
    {
        var folder = Directory.CreateTempSubdirectory("run-once");
        try
        {
            var deployment = (await Rendered.Set()).Get("Deployment/monitoring");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "deployment"), deployment.ToJsonString(), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "kubectl"), $"""
                #!/bin/bash
                case "$*" in *" get "*) cat {folder}/deployment ;; *" apply "*) cat >{folder}/applied ;; esac
                """, TestContext.Current.CancellationToken);
            await Shell.Run("chmod", folder.FullName, "", "+x", "kubectl");
            var (code, output) = await Shell.Run("env", folder.FullName, "", $"PATH={folder}:{Environment.GetEnvironmentVariable("PATH")}",
                Path.Combine(Rendered.Root, "charts", "operations", "run-once.sh"), "monitoring", "rotate-keys", "--dry=1");
            Assert.True(code == 0, output);

            var job = Assert.Single(Rendered.Objects(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "applied"), TestContext.Current.CancellationToken)));
            var (wanted, pod) = (deployment["spec"]!["template"]!["spec"]!, job["spec"]!["template"]!);
            Assert.Null(pod["metadata"]);
            var container = Assert.Single(pod.Containers());
            Assert.Equal("""["rotate-keys","--dry=1"]""", container["args"]!.ToJsonString());
            foreach (var same in (string[])["env", "image", "securityContext", "resources", "volumeMounts"])
                Assert.True(JsonNode.DeepEquals(wanted["containers"]![0]![same], container[same]), same);
            Assert.Equal("", await Faults.Of(job));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task<Pod> Serve(Postgres server, string database)
    {
        var identity = await TestIdentity.Shared;
        var connections = new Provisioning.Connections(server.For(database, database, "serving's"), server.For(database, $"{database}_owner", "owner's"));
        return await Pod.Start(await Rendered.Set($"global.identity.url={identity.Url}"), "organizations", Cluster.For("organizations", connections));
    }

    static Task<(int Code, string Output)> Drill(Postgres server, string dump) =>
        server.Run("bash", s_drill, dump, "dotnet", Pod.Program("organizations"), "verify");
}
