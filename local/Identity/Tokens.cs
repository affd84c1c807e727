using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.Local.Identity;

/// <summary>Signs and checks the realm's tokens (RS256). The key is made once and kept, so that a restart invalidates nothing.</summary>
sealed class TokenSigner : IDisposable
{
    readonly RSA _rsa = RSA.Create(2048);
    readonly string _header;

    /// <summary>Takes the key of <paramref name="folder"/>, or makes one there that only its owner can read.</summary>
    public TokenSigner(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "identity.pem");
        if (File.Exists(path))
        {
            _rsa.ImportFromPem(File.ReadAllText(path));
        }
        else
        {
            // Written aside and moved: whoever is killed here leaves no half a key.
            var draft = $"{path}.{Environment.ProcessId}";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(draft, options))
                stream.Write(Encoding.ASCII.GetBytes(_rsa.ExportPkcs8PrivateKeyPem()));
            File.Move(draft, path, overwrite: true);
        }
        var id = Base64Url.EncodeToString(SHA256.HashData(_rsa.ExportSubjectPublicKeyInfo()));
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        _header = Encode(new() { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = id });
        Keys = new()
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kid"] = id, ["kty"] = "RSA", ["alg"] = "RS256", ["use"] = "sig",
                ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent),
            }),
        };
    }

    /// <summary>The public key as a JSON Web Key Set.</summary>
    public JsonObject Keys { get; }

    public string Sign(JsonObject claims)
    {
        var signed = $"{_header}.{Encode(claims)}";
        var signature = _rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The claims of a token that this signer signed, of type <paramref name="type"/> and not expired; else null.</summary>
    public JsonObject? Verify(string token, string type, DateTimeOffset now)
    {
        var signature = token.LastIndexOf('.');
        if (signature < 0 || !token.StartsWith(_header + '.', StringComparison.Ordinal) || !Base64Url.IsValid(token.AsSpan(signature + 1))
            || !_rsa.VerifyData(Encoding.UTF8.GetBytes(token[..signature]), Base64Url.DecodeFromChars(token.AsSpan(signature + 1)),
                HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            return null;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token.AsSpan()[(_header.Length + 1)..signature]))!.AsObject();
        return (string?)claims["typ"] == type && (long)claims["exp"]! > now.ToUnixTimeSeconds() ? claims : null;
    }

    public void Dispose() => _rsa.Dispose();

    static string Encode(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
