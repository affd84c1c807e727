namespace Governance.Platform;

/// <summary>How Chinese input methods write what machines compare.</summary>
public static class Characters
{
    /// <summary>The plain character that a full-width one stands for: Ａ is A, ０ is 0. Any other is itself.</summary>
    public static char Plain(char character) => character is >= '\uFF01' and <= '\uFF5E' ? (char)(character - 0xFEE0) : character;
}
