using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Governance.Platform.Personal;

/// <summary>
/// An identity number as the database keeps it: <paramref name="Sealed"/> to be revealed, <paramref name="Hash"/> to be matched.
/// </summary>
public sealed record ProtectedNumber(byte[] Sealed, byte[] Hash);

/// <summary>
/// Keeps personal data unreadable where it lies. Text is sealed with AES-256-GCM as key id (1 byte) ‖ nonce (12) ‖ ciphertext ‖
/// tag (16); an identity number also gets an HMAC-SHA-256 by which equal numbers meet without being read. A hash key is never taken
/// away: one that is added hashes what those before it made, so that hashes can be brought up to it also where their text is gone.
/// </summary>
public sealed class PersonalData : IDisposable
{
    const int KeySize = 32;
    const int NonceSize = 12;
    const int TagSize = 16;
    const int Overhead = 1 + NonceSize + TagSize;
    const int LongestOnStack = 512;

    readonly byte _current;
    // Neither is safe for several threads at once, and making one costs more than using it.
    readonly ThreadLocal<AesGcm>?[] _ciphers = new ThreadLocal<AesGcm>?[256];
    readonly ThreadLocal<IncrementalHash[]> _hashes;

    PersonalData(byte[] encryptionKey, IEnumerable<byte[]> retiredKeys, byte[][] hashKeys)
    {
        _current = Add(encryptionKey);
        foreach (var key in retiredKeys)
            Add(key);
        HashKeyCount = hashKeys.Length;
        _hashes = new(() => Array.ConvertAll(hashKeys, key => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key)), trackAllValues: true);
    }

    /// <summary>
    /// Reads <c>PersonalData:EncryptionKey</c>; <c>PersonalData:HashKey</c>, one key or several with commas between them in the order in which
    /// they were added; and <c>PersonalData:RetiredEncryptionKeys</c>, with which nothing is sealed any more but older data can be revealed.
    /// </summary>
    /// <exception cref="InvalidOperationException">A key is missing or is no key; the message says how to make one.</exception>
    public static PersonalData From(IConfiguration configuration)
    {
        var section = configuration.GetSection("PersonalData");
        var encryptionKey = Key(section.GetSection("EncryptionKey"));
        var hashKeys = Keys(section.GetSection("HashKey"));
        if (hashKeys.Any(key => key.AsSpan().SequenceEqual(encryptionKey)))
            throw new InvalidOperationException("PersonalData:EncryptionKey and PersonalData:HashKey are the same. Use two keys.");
        return new PersonalData(encryptionKey, section.GetSection("RetiredEncryptionKeys").GetChildren().Select(Key), hashKeys);
    }

    /// <summary>The id of the key that seals, the first byte of what it sealed.</summary>
    internal byte CurrentKey => _current;

    internal int HashKeyCount { get; }

    /// <summary>By what the first <paramref name="keys"/> hash keys are known again; it tells nothing about them.</summary>
    internal byte[] Fingerprint(int keys)
    {
        var hashes = _hashes.Value!;
        hashes[0].AppendData("fingerprint:"u8);
        return Finish(hashes.AsSpan(0, keys));
    }

    /// <summary>What a <paramref name="hash"/> made with the first <paramref name="known"/> hash keys is with all of them.</summary>
    internal byte[] Rehash(byte[] hash, int known)
    {
        byte[] fresh = [.. hash];
        Add(_hashes.Value.AsSpan(known), fresh);
        return fresh;
    }

    /// <summary>Seals and hashes an identity number.</summary>
    public ProtectedNumber Protect(IdentityNumber number) => new(Seal(number.Digits), Hash(number));

    /// <summary>The keyed hash of an identity number, 32 bytes: the same for the same number as long as the hash keys are the same.</summary>
    public byte[] Hash(IdentityNumber number)
    {
        Span<byte> bytes = stackalloc byte[number.Digits.Length];
        Encoding.ASCII.GetBytes(number.Digits, bytes);
        var hashes = _hashes.Value!;
        hashes[0].AppendData(bytes);
        return Finish(hashes);
    }

    /// <summary>
    /// The keyed hash of any other text that equal texts are to meet by, such as a number plate, which anybody could guess from a plain
    /// hash.
    /// </summary>
    public byte[] Hash(string text)
    {
        var hashes = _hashes.Value!;
        // Behind a mark of its own: a text never meets an identity number.
        hashes[0].AppendData("text:"u8);
        hashes[0].AppendData(Encoding.UTF8.GetBytes(text));
        return Finish(hashes);
    }

    /// <summary>Seals a text. Sealing it again gives other bytes.</summary>
    public byte[] Seal(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var plain = length <= LongestOnStack ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(text, plain);

        var result = new byte[Overhead + length];
        result[0] = _current;
        var nonce = result.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        _ciphers[_current]!.Value!.Encrypt(nonce, plain, result.AsSpan(1 + NonceSize, length), result.AsSpan(1 + NonceSize + length));
        return result;
    }

    /// <summary>The text that was sealed.</summary>
    /// <exception cref="CryptographicException">It was sealed with a key that is not configured, or was altered.</exception>
    public string Reveal(byte[] @sealed)
    {
        if (@sealed.Length < Overhead || _ciphers[@sealed[0]] is not { } cipher)
            throw new CryptographicException("Sealed with a key that is not configured. Add it to PersonalData:RetiredEncryptionKeys.");
        var length = @sealed.Length - Overhead;
        var plain = length <= LongestOnStack ? stackalloc byte[length] : new byte[length];
        cipher.Value!.Decrypt(@sealed.AsSpan(1, NonceSize), @sealed.AsSpan(1 + NonceSize, length), @sealed.AsSpan(1 + NonceSize + length),
            plain);
        return Encoding.UTF8.GetString(plain);
    }

    public void Dispose()
    {
        foreach (var cipher in _ciphers)
        {
            foreach (var ofThread in cipher?.Values ?? [])
                ofThread.Dispose();
            cipher?.Dispose();
        }
        foreach (var ofThread in _hashes.Values.SelectMany(hashes => hashes))
            ofThread.Dispose();
        _hashes.Dispose();
    }

    static byte[] Finish(ReadOnlySpan<IncrementalHash> hashes)
    {
        var hash = hashes[0].GetHashAndReset();
        Add(hashes[1..], hash);
        return hash;
    }

    static void Add(ReadOnlySpan<IncrementalHash> hashes, byte[] hash)
    {
        foreach (var added in hashes)
        {
            added.AppendData(hash);
            added.GetHashAndReset(hash);
        }
    }

    // A key's id is taken from its hash, so no configuration has to number keys and none can number them wrongly.
    byte Add(byte[] key)
    {
        var id = SHA256.HashData(key)[0];
        if (_ciphers[id] is not null)
            throw new InvalidOperationException("Two keys of PersonalData have the same id. Make another one: openssl rand -base64 32");
        _ciphers[id] = new ThreadLocal<AesGcm>(() => new AesGcm(key, TagSize), trackAllValues: true);
        return id;
    }

    static byte[] Key(IConfigurationSection section) => Key(section, section.Value ?? "");

    static byte[][] Keys(IConfigurationSection section) => Array.ConvertAll((section.Value ?? "").Split(','), key => Key(section, key));

    static byte[] Key(IConfigurationSection section, string base64)
    {
        var key = new byte[KeySize];
        return Convert.TryFromBase64String(base64, key, out var written) && written == KeySize
            ? key
            : throw new InvalidOperationException(
                $"Configuration \"{section.Path}\" must be 32 random bytes in base64. Make them: openssl rand -base64 32");
    }
}
