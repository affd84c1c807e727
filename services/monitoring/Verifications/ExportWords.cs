using Governance.Monitoring.V1;
using Governance.Platform;

namespace Governance.Monitoring;

/// <summary>How exports call kinds and states. Nobody reads these files back.</summary>
static class ExportWords
{
    public static Text Of(ListKind kind) => kind switch
    {
        ListKind.FiscalPayroll => new("财政供养", "public pay"),
        ListKind.Vehicle => new("车辆", "vehicle"),
        ListKind.RealEstate => new("房产", "real estate"),
        ListKind.Land => new("土地", "land"),
        ListKind.Business => new("经济实体", "business"),
        ListKind.Pension => new("养老金", "pension"),
        _ => new("", ""),
    };

    public static Text Of(VerificationState state) => state switch
    {
        VerificationState.Pending => new("待核查", "pending"),
        VerificationState.Checked => new("已核查", "checked"),
        VerificationState.Submitted => new("已上报", "submitted"),
        VerificationState.Filed => new("已存档", "filed"),
        _ => new("", ""),
    };
}
