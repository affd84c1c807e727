namespace Governance.Platform;

/// <summary>A sentence for people, in Chinese and in English. Which one is shown is decided where it leaves the service.</summary>
public sealed record Text(string Zh, string En)
{
    /// <summary>The sentence in <paramref name="locale"/>.</summary>
    public string In(Locale locale) => locale == Locale.En ? En : Zh;
}

/// <summary>The language of an answer. Chinese unless the caller's <c>accept-language</c> asks for English.</summary>
public enum Locale
{
    Zh,
    En,
}
