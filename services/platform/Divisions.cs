using Governance.Common.V1;

namespace Governance.Platform;

/// <summary>Division codes: 2 digits province, 4 city, 6 county, 9 township, 12 village. A longer code lies under its prefixes.</summary>
public static class Divisions
{
    /// <summary>Whether <paramref name="code"/> has the form of a division code.</summary>
    public static bool IsCode(string code) => code.Length is 2 or 4 or 6 or 9 or 12 && code.All(char.IsAsciiDigit);

    /// <summary>Whether <paramref name="code"/> is <paramref name="prefix"/> itself or lies under it.</summary>
    public static bool Covers(string prefix, string code) => code.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>The level that a code of this length stands for; unspecified for no code.</summary>
    public static Level LevelOf(string code) => code.Length switch
    {
        2 => Level.Province,
        4 => Level.City,
        6 => Level.County,
        9 => Level.Township,
        12 => Level.Village,
        _ => Level.Unspecified,
    };

    /// <summary>How many digits a code of <paramref name="level"/> has; 0 for none. A department is its county's.</summary>
    public static int DigitsOf(Level level) => level switch
    {
        Level.Province => 2,
        Level.City => 4,
        Level.County or Level.Department => 6,
        Level.Township => 9,
        Level.Village => 12,
        _ => 0,
    };

    /// <summary>The part of <paramref name="code"/> at <paramref name="level"/>, e.g. its county; all of it when it is shorter.</summary>
    public static string At(Level level, string code)
    {
        var digits = DigitsOf(level);
        return code.Length <= digits ? code : code[..digits];
    }
}
