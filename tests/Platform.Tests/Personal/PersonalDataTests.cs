using System.Security.Cryptography;
using Governance.Platform.Personal;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Governance.Platform.Tests.Personal;

public sealed class PersonalDataTests
{
    static readonly string _encryptionKey = Key(1);
    static readonly string _hashKey = Key(2);

    [Fact]
    public void A_sealed_number_is_revealed_and_shows_nothing_of_itself()
    {
        using var personal = With(_encryptionKey, _hashKey);
        var number = Number("11010519491231002X");
        var once = personal.Protect(number);
        var again = personal.Protect(number);
        Assert.Equal("11010519491231002X", personal.Reveal(once.Sealed));
        Assert.NotEqual(once.Sealed, again.Sealed);
        Assert.Equal(once.Hash, again.Hash);
        Assert.Equal(32, once.Hash.Length);
        Assert.True(once.Sealed.AsSpan().IndexOf("1949"u8) < 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(5000)]
    public void Text_of_any_length_comes_back(int length)
    {
        using var personal = With(_encryptionKey, _hashKey);
        var text = new string('村', length);
        Assert.Equal(text, personal.Reveal(personal.Seal(text)));
    }

    [Fact]
    public void The_hash_depends_on_the_hash_key()
    {
        using var one = With(_encryptionKey, _hashKey);
        using var other = With(_encryptionKey, Key(3));
        var number = Number("11010519491231002X");
        Assert.NotEqual(one.Hash(number), other.Hash(number));
        Assert.NotEqual(one.Hash("示A12345"), other.Hash("示A12345"));
    }

    [Fact]
    public void Equal_texts_meet_by_their_hash_and_no_text_meets_a_number()
    {
        using var personal = With(_encryptionKey, _hashKey);
        Assert.Equal(personal.Hash("示A12345"), personal.Hash("示A12345"));
        Assert.NotEqual(personal.Hash("示A12345"), personal.Hash("示A12346"));
        Assert.NotEqual(personal.Hash("11010519491231002X"), personal.Hash(Number("11010519491231002X")));
    }

    [Fact]
    public void After_a_change_of_key_older_data_is_revealed_by_the_retired_one()
    {
        using var before = With(_encryptionKey, _hashKey);
        using var after = With(Key(4), _hashKey, _encryptionKey);
        using var without = With(Key(4), _hashKey);
        var @sealed = before.Seal("示例");
        Assert.Equal("示例", after.Reveal(@sealed));
        Assert.NotEqual(@sealed[0], after.Seal("示例")[0]);
        Assert.Throws<CryptographicException>(() => without.Reveal(@sealed));
    }

    [Fact]
    public void Altered_data_is_not_revealed()
    {
        using var personal = With(_encryptionKey, _hashKey);
        var @sealed = personal.Seal("11010519491231002X");
        @sealed[20] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => personal.Reveal(@sealed));
    }

    [Fact]
    public void Threads_share_one_instance()
    {
        using var personal = With(_encryptionKey, _hashKey);
        Parallel.For(0, 10_000, number =>
        {
            var text = $"{number}";
            Assert.Equal(text, personal.Reveal(personal.Seal(text)));
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("c2hvcnQ=")]
    public void A_missing_or_bad_key_is_refused_with_the_command_that_makes_one(string? key)
    {
        var error = Assert.Throws<InvalidOperationException>(() => With(key, _hashKey));
        Assert.Contains("PersonalData:EncryptionKey", error.Message, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_key_for_both_purposes_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => With(_encryptionKey, _encryptionKey));

    static PersonalData With(string? encryptionKey, string hashKey, string? retired = null) => PersonalData.From(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["PersonalData:EncryptionKey"] = encryptionKey,
            ["PersonalData:HashKey"] = hashKey,
        })
        .AddInMemoryCollection(retired is null ? [] : [new("PersonalData:RetiredEncryptionKeys:0", retired)])
        .Build());

    static string Key(byte seed) => Convert.ToBase64String([.. Enumerable.Repeat(seed, 32)]);

    static IdentityNumber Number(string text) =>
        IdentityNumber.TryParse(text, new DateOnly(2024, 4, 1), out var number, out _) ? number
            : throw new ArgumentException("no identity number", nameof(text));
}
