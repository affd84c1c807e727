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
/// What `./governance images` builds, on a base image of one file from a registry of this test's: Microsoft's is not within every
/// builder's reach. That the programs run in the real one is for whoever can pull it to see.
/// </summary>
public sealed class ImageTests
{
    [Fact]
    public async Task Every_program_is_an_image_that_its_chart_can_run()
    {
        await using var registry = await StartRegistry();
        var address = new Uri(registry.Urls.Single()).Authority;
        var (code, output) = await Shell.Run("env", Rendered.Root, "", $"GOVERNANCE_BASE_IMAGE={address}/aspnet:chiseled",
            $"DOTNET_CONTAINER_INSECURE_REGISTRIES={address}", Path.Combine(Rendered.Root, "governance"), "images");
        Assert.True(code == 0, output);

        foreach (var (owner, pod) in (await Rendered.Set()).Pods().Where(pod => pod.Owner.StartsWith("Deployment", StringComparison.Ordinal)))
        {
            var name = owner.Split('/')[1];
            var program = pod["spec"]!["containers"]![0]!;
            var image = await Read(Path.Combine(Rendered.Root, "artifacts", "images", $"{name}.tar.gz"));
            Assert.EndsWith($"/{image.Reference}", (string?)program["image"], StringComparison.Ordinal);

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
    }

    static async Task<(string Reference, JsonNode Config, HashSet<string> Files)> Read(string archive)
    {
        var blobs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using var file = File.OpenRead(archive);
        await using var tar = new TarReader(file.ReadByte() == 0x1f ? new GZipStream(Rewound(file), CompressionMode.Decompress) : Rewound(file));
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
            files.Add(entry.Name);
        return (((string)listed["annotations"]!["io.containerd.image.name"]!).Split('/')[^1], JsonNode.Parse(Blob(manifest["config"]!))!, files);

        byte[] Blob(JsonNode descriptor) => blobs[$"blobs/{((string)descriptor["digest"]!).Replace(':', '/')}"];

        static Stream Rewound(Stream stream)
        {
            stream.Position = 0;
            return stream;
        }
    }

    /// <summary>A registry that holds one image of one file, as much of the distribution protocol as a pull takes.</summary>
    static async Task<WebApplication> StartRegistry()
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
        await app.StartAsync();
        return app;
    }

    static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
}
