using System.Text;

namespace Governance.Platform.Personal;

/// <summary>What is shown of a person to who may not see more.</summary>
public static class Mask
{
    /// <summary>The last four characters, e.g. <c>**************1234</c>.</summary>
    public static string Number(string number) => number.Length <= 4
        ? new string('*', number.Length)
        : string.Create(number.Length, number, static (masked, number) =>
        {
            masked[..^4].Fill('*');
            number.AsSpan()[^4..].CopyTo(masked[^4..]);
        });

    /// <summary>The first character, which may be a rare one outside the basic plane, and <c>**</c> however long the name is.</summary>
    public static string Name(string name) =>
        Rune.DecodeFromUtf16(name, out var first, out _) == System.Buffers.OperationStatus.Done ? $"{first}**" : "";
}
