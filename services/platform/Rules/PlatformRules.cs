namespace Governance.Platform.Rules;

/// <summary>The rules that every service shares. A procedure's own numbers and their sources are in its policy file.</summary>
public static class PlatformRules
{
    public static readonly Rule ProcedureRunning = new("PROCEDURE_RUNNING",
        "该事项已有同类流程正在进行，办结或撤销后方可再次发起。",
        "A procedure of this kind is running about this already. Start another once it has ended or was cancelled.",
        "procedures: one at a time about one subject");

    public static readonly Rule ProcedureEnded = new("PROCEDURE_ENDED",
        "流程已结束，不能再办理。如情况有变，请重新发起。",
        "The procedure has ended. If things have changed, start a new one.",
        "procedures: acts are final");

    public static readonly Rule ProcedureStepClosed = new("PROCEDURE_STEP_CLOSED",
        "步骤 {0} 当前未开放，正在办理的步骤是 {1}。",
        "Step \"{0}\" is not open. The open step is \"{1}\".",
        "procedures: steps in order");

    public static readonly Rule ProcedureRunsByItself = new("PROCEDURE_RUNS_BY_ITSELF",
        "步骤 {0} 为公示或公告，期限至 {1}，期满无未处理的异议时自动完成。",
        "Step \"{0}\" is on until {1} and then completes by itself, unless an objection stands.",
        "procedures: minimum duration of notices, MON-11 S3a 三");

    public static readonly Rule ProcedureOutcome = new("PROCEDURE_OUTCOME",
        "步骤 {0} 不能作此处理（{1}），可选：{2}。",
        "Step \"{0}\" does not end in {1}. It may end in: {2}.",
        "procedures: outcomes by kind of step");

    public static readonly Rule ProcedureAttachments = new("PROCEDURE_ATTACHMENTS",
        "步骤 {0} 缺少必要附件：{1}。",
        "Step \"{0}\" lacks the attachments it takes: {1}.",
        "procedures: required attachments, MON-11 S3a 附件");

    public static readonly Rule ProcedureQuorum = new("PROCEDURE_QUORUM",
        "应到 {1} 人，参加表决 {0} 人，参加比例须 {2}，表决无效，请重新召集。",
        "{0} of the {1} entitled took part and it takes {2}: the vote does not count. Call it again.",
        "procedures: quorum of a vote, MON-11 S3a 三");

    public static readonly Rule ProcedureMajority = new("PROCEDURE_MAJORITY",
        "参加表决 {1} 人，赞成 {0} 人，通过比例须 {2}：办理结果与票数不符。",
        "{0} of the {1} who voted are in favour and passing takes {2}: the outcome contradicts the count.",
        "procedures: majority of a vote, MON-11 S3a 三");

    public static readonly Rule ProcedureObjectionClosed = new("PROCEDURE_OBJECTION_CLOSED",
        "只能在公示期内提出异议，步骤 {0} 当前不在公示。",
        "Objections are taken while a notice is on, and step \"{0}\" is not.",
        "procedures: objections, MON-11 S3a 三");

    public static readonly Rule ProcedureObjectionStands = new("PROCEDURE_OBJECTION_STANDS",
        "步骤 {0} 的公示有异议尚未处理，流程暂不能随迁。请先由公示地处理异议。",
        "An objection to the notice of step \"{0}\" is still to be decided where it hangs. Decide it before the procedure moves.",
        "procedures: objections, MON-11 S3a 三");

    public static readonly Rule ProcedureObjectionDecided = new("PROCEDURE_OBJECTION_DECIDED",
        "第 {0} 号异议已处理，或其公示已重新进行。",
        "Objection {0} was decided already, or its notice was started anew.",
        "procedures: acts are final");
}
