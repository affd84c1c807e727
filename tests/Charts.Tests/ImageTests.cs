using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>
/// What `./governance images` builds and pushes, on a base image of one file from a registry of this test's: Microsoft's is not within
/// every builder's reach. That the programs run in the real one is for whoever can pull it to see.
/// </summary>
public sealed class ImageTests
{
    [Fact]
    public async Task Every_program_is_an_image_that_its_chart_can_run_and_is_made_the_same_at_another_time()
    {
        var blobs = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        await using var registry = await StartRegistry(blobs);
        var address = new Uri(registry.Urls.Single()).Authority;
        var pushed = await Images(address, $"{address}/governance");

        foreach (var (owner, pod) in (await Rendered.Set()).Pods().Where(pod => pod.Owner.StartsWith("Deployment", StringComparison.Ordinal)))
        {
            var name = owner.Split('/')[1];
            var program = pod["spec"]!["containers"]![0]!;
            var image = await Read(Path.Combine(Rendered.Root, "artifacts", "images", $"{name}.tar"));
            Assert.EndsWith($"/{image.Reference}", (string?)program["image"], StringComparison.Ordinal);
            Assert.Contains($"{address}/governance/{image.Reference}@{image.Digest}", pushed);
            Assert.Equal(image.Digest, Digest(blobs[$"governance/{image.Reference}"]));
            Assert.All(image.Blobs, blob => Assert.Contains(blob, blobs.Keys));

            var config = image.Config["config"]!;
            Assert.Equal($"{pod["spec"]!["securityContext"]!["runAsUser"]}", (string?)config["User"]);
            var entry = config["Entrypoint"].Items().Select(part => (string)part!).ToArray();
            Assert.Equal($"/app/Governance.{string.Concat(char.ToUpperInvariant(name[0]), name[1..])}.dll", entry[1]);
            Assert.Contains(entry[1][1..], image.Files);
            Assert.Equal(program["ports"].Items().Select(port => $"{port["containerPort"]}/tcp").Order(StringComparer.Ordinal),
                config["ExposedPorts"]!.AsObject().Select(port => port.Key).Order(StringComparer.Ordinal));

            var labels = config["Labels"]!;
            Assert.Equal(name, (string?)labels["org.opencontainers.image.title"]);
            Assert.Matches("^[0-9a-f]{40}$", (string?)labels["org.opencontainers.image.revision"]);
            Assert.NotNull(labels["org.opencontainers.image.base.digest"]);
            Assert.Null(labels["org.opencontainers.image.created"]);
            // Policies, keys and settings come from the cluster.
            Assert.DoesNotContain(image.Files, file => file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".env", StringComparison.Ordinal));
        }

        // Neither the time nor what lies about tells in it.
        await File.WriteAllTextAsync(Path.Combine(Rendered.Root, "artifacts", "publish", "Gateway", "release", "left-over.dll"), "", TestContext.Current.CancellationToken);
        Assert.Equal(pushed.Select(DigestIn), (await Images(address)).Select(DigestIn));

        static string DigestIn(string image) => image.Split('@')[1];
    }

    /// <summary>What `./governance images` says that it made.</summary>
    static async Task<string[]> Images(string address, params string[] arguments)
    {
        // The base's name is a label of the image.
        var (code, output) = await Shell.Run("env", Rendered.Root, "", [$"GOVERNANCE_BASE_IMAGE={address}/aspnet:chiseled",
            $"DOTNET_CONTAINER_INSECURE_REGISTRIES={address}", Path.Combine(Rendered.Root, "governance"), "images", .. arguments]);
        Assert.True(code == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static async Task<(string Reference, string Digest, JsonNode Config, HashSet<string> Files, string[] Blobs)> Read(string archive)
    {
        var blobs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using var file = File.OpenRead(archive);
        await using var tar = new TarReader(file);
        while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
        {
            using var content = new MemoryStream();
            if (entry.DataStream is { } data)
                await data.CopyToAsync(content);
            blobs[entry.Name.TrimStart('.', '/')] = content.ToArray();
        }
        var listed = JsonNode.Parse(blobs["index.json"])!["manifests"]![0]!;
        var manifest = JsonNode.Parse(Blob(listed))!;
        var files = new HashSet<string>(StringComparer.Ordinal);
        using var layer = new TarReader(new GZipStream(new MemoryStream(Blob(manifest["layers"].Items().Last())), CompressionMode.Decompress));
        while (layer.GetNextEntry() is { } entry)
            files.Add(entry.Name.TrimStart('.', '/'));
        return (((string)listed["annotations"]!["io.containerd.image.name"]!).Split('/')[^1], (string)listed["digest"]!, JsonNode.Parse(Blob(manifest["config"]!))!, files,
            [.. manifest["layers"].Items().Append(manifest["config"]!).Select(blob => (string)blob["digest"]!)]);

        // What it is called by is what is in it.
        byte[] Blob(JsonNode descriptor)
        {
            var blob = blobs[$"blobs/{((string)descriptor["digest"]!).Replace(':', '/')}"];
            Assert.Equal((string?)descriptor["digest"], Digest(blob));
            Assert.Equal((long?)descriptor["size"], blob.Length);
            return blob;
        }
    }

    /// <summary>
    /// A registry that holds one image of one file and keeps in <paramref name="blobs"/> what is pushed to it, by digest and, of manifests, by
    /// name: as much of the distribution protocol as that takes.
    /// </summary>
    static async Task<WebApplication> StartRegistry(ConcurrentDictionary<string, byte[]> blobs)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/base") { DataStream = new MemoryStream("base"u8.ToArray()) });
        var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(tar.ToArray());
        var layer = zipped.ToArray();
        var config = Encoding.UTF8.GetBytes($$"""
            {"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/bin","APP_UID=1654"],"User":"1654"},
             "rootfs":{"type":"layers","diff_ids":["{{Digest(tar.ToArray())}}"]},"history":[]}
            """);
        var manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(config)}}","size":{{config.Length}}},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{Digest(layer)}}","size":{{layer.Length}}}]}
            """);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/v2/", () => "{}");
        app.MapGet("/v2/aspnet/manifests/{reference}", (HttpContext http) =>
        {
            http.Response.Headers["Docker-Content-Digest"] = Digest(manifest);
            return Results.Bytes(manifest, "application/vnd.oci.image.manifest.v1+json");
        });
        app.MapGet("/v2/aspnet/blobs/{digest}", (string digest) => Results.Bytes(digest == Digest(config) ? config : layer));
        app.MapMethods("/v2/governance/{name}/blobs/{digest}", ["HEAD"], (string digest) => blobs.TryGetValue(digest, out var blob) ? Results.Bytes(blob) : Results.NotFound());
        app.MapPost("/v2/governance/{name}/blobs/uploads/", (HttpContext http) => Accepted(http, $"{http.Request.Path}{Guid.NewGuid():N}"));
        app.MapPatch("/v2/governance/{name}/blobs/uploads/{upload}", async (HttpContext http, string upload) =>
        {
            blobs[upload] = [.. blobs.GetValueOrDefault(upload, []), .. await Body(http)];
            return Accepted(http, http.Request.Path);
        });
        app.MapPut("/v2/governance/{name}/blobs/uploads/{upload}", async (HttpContext http, string upload, string digest) =>
        {
            blobs[digest] = [.. blobs.GetValueOrDefault(upload, []), .. await Body(http)];
            return Digest(blobs[digest]) == digest ? Results.Created() : Results.BadRequest();
        });
        app.MapPut("/v2/governance/{name}/manifests/{tag}", async (HttpContext http, string name, string tag) =>
        {
            blobs[$"governance/{name}:{tag}"] = await Body(http);
            return Results.Created();
        });
        await app.StartAsync();
        return app;
    }

    static IResult Accepted(HttpContext http, string location)
    {
        http.Response.Headers.Location = location;
        return Results.StatusCode(202);
    }

    static async Task<byte[]> Body(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
}
