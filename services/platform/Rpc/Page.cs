using System.Buffers.Text;
using System.Text;

namespace Governance.Platform.Rpc;

/// <summary>
/// One page of a list, by key rather than by offset: rows that come and go between two pages shift nothing. The query asks for
/// <see cref="Limit"/> rows after <see cref="After"/>, one more than are shown, and so learns whether there is a next page.
/// </summary>
public readonly record struct Page(int Size, string After)
{
    public int Limit => Size + 1;

    /// <summary><see cref="After"/> where the key is an id; the empty UUID comes before every other.</summary>
    /// <exception cref="InvalidException">The token is not one of ours.</exception>
    public Guid AfterId => After.Length == 0 ? Guid.Empty : Guid.TryParse(After, out var id) ? id : throw NotAToken();

    /// <summary>Reads the standard fields: 1 to <paramref name="max"/> rows, 50 when the caller does not say.</summary>
    /// <exception cref="InvalidException">The size is out of range or the token is not one of ours.</exception>
    public static Page From(int pageSize, string pageToken, int max = 1000)
    {
        if (pageSize < 0 || pageSize > max)
            throw new InvalidException("page_size", "OUT_OF_RANGE", $"page_size 必须在 1 与 {max} 之间。",
                $"\"page_size\" must lie between 1 and {max}.");
        var after = "";
        if (pageToken.Length > 0)
        {
            try
            {
                after = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(pageToken));
            }
            catch (FormatException)
            {
                throw NotAToken();
            }
        }
        return new Page(pageSize == 0 ? 50 : pageSize, after);
    }

    /// <summary>What is said of a token that is not one of ours.</summary>
    public static InvalidException NotAToken() =>
        new("page_token", "NOT_A_TOKEN", "page_token 必须是上一页返回的 next_page_token。",
            "\"page_token\" must be the next_page_token of the page before.");

    /// <summary>
    /// Cuts the row too many off <paramref name="rows"/> and answers with the next page's token, empty when this is the last.
    /// </summary>
    public string Cut<T>(List<T> rows, Func<T, string> key)
    {
        if (rows.Count <= Size)
            return "";
        rows.RemoveRange(Size, rows.Count - Size);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key(rows[^1])));
    }
}
