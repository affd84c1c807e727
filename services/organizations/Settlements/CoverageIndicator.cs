using Governance.Platform;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;

namespace Governance.Organizations;

/// <summary>ORG-02: every settlement is covered by a Party organisation and a committee as its size asks.</summary>
static class CoverageIndicator
{
    public static readonly Indicator Coverage = new(
        "organizations.coverage",
        new Text("安置点党组织和自治组织覆盖率", "Settlements covered by a Party organisation and a committee"),
        new Policy<decimal>("organizations.coverage.target"),
        (transaction, _, division, digits) => transaction.MeasureCoverage(division, digits),
        (transaction, _, division, page) => transaction.ListCoverage(division, page));
}
