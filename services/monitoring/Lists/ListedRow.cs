using System.Text.Json;
using Governance.Platform;
using Governance.Platform.Personal;

namespace Governance.Monitoring;

/// <summary>What a list says of a person: kept sealed, shown to assigned reviewers.</summary>
sealed record ListedRow(string Name, string Asset, DateOnly? Date, long? AmountFen, string Description)
{
    /// <summary>
    /// The keyed hash of which asset it is, however it is written: 桂A·12345 is 桂Ａ12345. A person without one has one asset of the kind.
    /// </summary>
    public byte[] AssetHash(PersonalData personal) =>
        personal.Hash(string.Concat(Asset.Select(Characters.Plain).Where(char.IsLetterOrDigit)).ToUpperInvariant());

    /// <summary>The keyed hash of what is said of it. A name that was mended is nothing new.</summary>
    public byte[] FactsHash(PersonalData personal) => personal.Hash($"{Calendar.Format(Date)}\n{AmountFen}\n{Description}");

    public byte[] Seal(PersonalData personal) => personal.Seal(JsonSerializer.Serialize(this));

    public static ListedRow Reveal(PersonalData personal, byte[] row) => JsonSerializer.Deserialize<ListedRow>(personal.Reveal(row))!;
}
