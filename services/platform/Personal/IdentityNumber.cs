using System.Globalization;
using Governance.Platform.Rpc;

namespace Governance.Platform.Personal;

/// <summary>The two values that GB/T 2261.1 gives to people with an identity number.</summary>
public enum Gender
{
    Unspecified,
    Male,
    Female,
}

/// <summary>
/// A citizen identity number (GB 11643-1999): six digits of address code, eight of birth date, three of sequence, and a check
/// character by ISO 7064 MOD 11-2. It shows itself masked, so that no log or message can carry it by accident.
/// </summary>
public readonly record struct IdentityNumber
{
    const int Length = 18;

    static readonly DateOnly _earliestBirth = new(1900, 1, 1);

    readonly string? _digits;

    IdentityNumber(string digits) => _digits = digits;

    /// <summary>The number itself; for sealing and hashing only.</summary>
    internal string Digits => _digits ?? throw new InvalidOperationException("This identity number was never read.");

    /// <summary>The date of birth that the number states.</summary>
    public DateOnly Birth => DateOnly.ParseExact(Digits.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Odd sequence numbers are men's, even ones women's.</summary>
    public Gender Gender => (Digits[16] - '0') % 2 == 1 ? Gender.Male : Gender.Female;

    /// <summary>
    /// Reads a number of 18 characters, or an old one of 15 digits, which is brought to 18. Spaces around it, full-width
    /// digits and a small x are mended. What is wrong is said without repeating the number.
    /// </summary>
    /// <param name="text">What was written.</param>
    /// <param name="today">Nobody is born after this day, nor before 1900.</param>
    /// <param name="number">The number, when it is one.</param>
    /// <param name="violation">The first thing wrong with it, otherwise.</param>
    /// <param name="field">The field or column that <paramref name="violation"/> names.</param>
    public static bool TryParse(ReadOnlySpan<char> text, DateOnly today, out IdentityNumber number, out Violation? violation,
        string field = "identity_number")
    {
        number = default;
        Span<char> digits = stackalloc char[Length];
        if (!TryNormalise(text.Trim(), digits))
        {
            violation = new Violation(field, "IDENTITY_NUMBER_FORM", new Text(
                $"{field} 必须是 18 位公民身份号码：前 17 位为数字，末位为数字或 X。请按身份证原件填写。",
                $"\"{field}\" must be an identity number of 18 characters: 17 digits, then a digit or X. Copy it from the identity card."));
            return false;
        }
        if (!DateOnly.TryParseExact(digits.Slice(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth)
            || birth < _earliestBirth || birth > today)
        {
            violation = new Violation(field, "IDENTITY_NUMBER_BIRTH", new Text(
                $"{field} 第 7 至 14 位必须是 1900 年以来、不晚于今天的真实出生日期。请按身份证原件填写。",
                $"Characters 7 to 14 of \"{field}\" must be a date of birth since 1900, not in the future. Copy it from the card."));
            return false;
        }
        if (CheckCharacter(digits[..17]) != digits[17])
        {
            violation = new Violation(field, "IDENTITY_NUMBER_CHECKSUM", new Text(
                $"{field} 的末位校验码与前 17 位不符，号码中至少有一位填错。请按身份证原件填写。",
                $"The last character of \"{field}\" does not fit the 17 before it: one is wrong. Copy it from the identity card."));
            return false;
        }
        number = new IdentityNumber(new string(digits));
        violation = null;
        return true;
    }

    /// <summary>The check character of the first 17 digits, by ISO 7064 MOD 11-2.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> first17)
    {
        var remainder = 0;
        foreach (var digit in first17)
            remainder = (remainder + digit - '0') * 2 % 11;
        return "10X98765432"[remainder];
    }

    /// <summary>The number with all but its last four characters hidden.</summary>
    public override string ToString() => Mask.Number(_digits ?? "");

    static bool TryNormalise(ReadOnlySpan<char> text, Span<char> digits)
    {
        if (text.Length == 15)
        {
            // Numbers given out before 1999 have neither the century nor the check character.
            text[..6].CopyTo(digits);
            "19".CopyTo(digits[6..]);
            text[6..].CopyTo(digits[8..]);
            digits[17] = '0';
        }
        else if (text.Length == Length)
        {
            text.CopyTo(digits);
        }
        else
        {
            return false;
        }

        foreach (ref var digit in digits)
            digit = Characters.Plain(digit);
        if (digits[0] == '0' || digits[..17].ContainsAnyExceptInRange('0', '9'))
            return false;
        if (text.Length == 15)
            digits[17] = CheckCharacter(digits[..17]);
        else if (digits[17] == 'x')
            digits[17] = 'X';
        return char.IsAsciiDigit(digits[17]) || digits[17] == 'X';
    }
}
