using Governance.Platform;

namespace Governance.Monitoring;

/// <summary>A newborn's medical certificate of birth (出生医学证明): its number stands for the identity number until that is there.</summary>
static class BirthCertificate
{
    static readonly DateOnly _first = new(1996, 1, 1);

    public static Text NotANumber { get; } = new("出生医学证明编号由 1 位字母和 9 位数字组成。请按证件填写。",
        "The number of a birth certificate is a letter and nine digits. Copy it from the certificate.");

    public static Text EitherNumber { get; } = new("身份证号码与出生医学证明编号只填写一项；有身份证号码时填写身份证号码。已登记的新生儿请办理身份证号码补录。",
        "Give the identity number or that of the birth certificate; the former where there is one. Complete the identity of a newborn who is registered.");

    public static Text TooEarly { get; } = new("出生医学证明自 1996 年起签发，此前出生的人员请填写身份证号码。",
        "Birth certificates are issued since 1996: give the identity number of who was born before.");

    /// <summary>Whether <paramref name="number"/> is a letter and nine digits.</summary>
    public static bool IsNumber(string number) => number is [>= 'A' and <= 'Z', _, _, _, _, _, _, _, _, _] && number[1..].All(char.IsAsciiDigit);

    /// <summary>Whether there were certificates when somebody was born.</summary>
    public static bool WereIssued(DateOnly birth) => birth >= _first;
}
