using System.Globalization;

namespace Governance.Monitoring;

/// <summary>How values are written in sentences.</summary>
static class Texts
{
    /// <summary>Fen as yuan with two decimals, e.g. 8000.00.</summary>
    public static string Yuan(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
