using Governance.Platform.Rules;

namespace Governance.Monitoring;

/// <summary>Every rule of monitoring. A code is the rule's id in the domain and the case of it that was broken.</summary>
static class Rules
{
    // ---- MON-01 registry

    public static readonly Rule OneHouseholder = new("MON-01.one_householder",
        "每户必须有且只有一名户主。请核对“与户主关系”。",
        "A household has exactly one householder. Check the relations.", "MON-01");

    public static readonly Rule HouseholderStays = new("MON-01.householder_stays",
        "户主移出时须由另一名成员接任户主。请填写继任户主。",
        "The householder leaves when another member takes over. Name the successor.", "MON-01");

    public static readonly Rule LeavesAfterBirth = new("MON-01.leaves_after_birth",
        "死亡或移出日期不能早于出生日期 {0}。请核对日期。",
        "Nobody dies or leaves before being born on {0}. Check the date.", "MON-01");

    public static readonly Rule IdentityKnown = new("MON-01.identity_known",
        "该成员的身份证号码已登记，不能更改。如登记有误，请移出后重新登记。",
        "This member's identity number is registered and does not change. If it is wrong, remove the member and add the right one.", "MON-01");

    public static readonly Rule IdentityAgrees = new("MON-01.identity_agrees",
        "身份证号码中的出生日期或性别与出生登记（{0}）不一致。请核对证件。",
        "The identity number states another birth date or gender than the birth registration ({0}). Check the documents.", "MON-01");

    public static readonly Rule CertificateAgrees = new("MON-01.certificate_agrees",
        "出生日期或性别与该出生医学证明已登记的不一致。请核对证件；如登记有误，请移出后重新登记。",
        "The birth date or gender differs from what is registered with this birth certificate. Check it; if the registration is wrong, remove the member and add the right one.", "MON-01");

    public static readonly Rule NewbornTwice = new("MON-01.newborn_twice",
        "该户已登记同名、同日出生、同性别的儿童，但登记的是另一种编号（出生医学证明或身份证）。请填写已登记的编号；补录身份证号码请单独办理。",
        "The household has a child of this name, birth date and gender, by the other number (birth certificate or identity). Give that one; an identity is completed by itself.", "MON-01");

    public static readonly Rule SplitStays = new("MON-01.split_stays",
        "分户时户主留在原户。请由其他成员分出，或先变更户主。",
        "The householder stays when a household is split. Let others leave, or change the householder first.", "MON-01");

    public static readonly Rule SplitHouseholder = new("MON-01.split_householder",
        "新户的户主须是分出的成员之一。",
        "The new household's householder is one of those who leave.", "MON-01");

    public static readonly Rule MergeTogether = new("MON-01.merge_together",
        "合户的两户须住在同一村（社区）、同一安置点。请先办理迁移。",
        "Two households that merge live in the same village and settlement. Move one of them first.", "MON-01");

    public static readonly Rule MergeOther = new("MON-01.merge_other",
        "不能与本户合户。请填写另一户。",
        "A household does not merge with itself. Name another one.", "MON-01");

    public static readonly Rule PersonTwice = new("MON-01.person_twice",
        "同一身份证号码或出生医学证明编号出现了不止一次。一人只登记一次，请删除多余的一条。",
        "The same identity number or birth certificate is given more than once. A person is registered once: leave the others out.", "MON-01");

    public static readonly Rule RegisteredAlready = new("MON-01.registered_already",
        "该人员已登记在户编号 {0} 的农户中。请先从原户移出，再登记到本户。",
        "This person is registered in household {0} already. Remove the person there first.", "MON-01");

    public static readonly Rule RegisteredElsewhere = new("MON-01.registered_elsewhere",
        "该人员已在其他地区登记。请联系上一级主管部门核对后办理迁移。",
        "This person is registered in another division. Ask the authority above you to have the registration moved.", "MON-01");

    public static readonly Rule NumberElsewhere = new("MON-01.number_elsewhere",
        "户编号已被其他地区使用。请核对户编号，或联系上一级主管部门。",
        "This household number is in use in another division. Check it, or ask the authority above you.", "MON-01");

    public static readonly Rule UnknownDivision = new("MON-01.unknown_division",
        "行政区划 {0} 不在区划目录中。请核对 12 位代码，或先导入该区划。",
        "Division {0} is not in the directory. Check the 12 digits, or have the division imported first.", "MON-01");

    public static readonly Rule UnknownSettlement = new("MON-01.unknown_settlement",
        "安置点 {0} 不在安置点目录中，或不在本户所在的县。请核对编号。",
        "Settlement {0} is not in the directory, or does not lie in the household's county. Check the id.", "MON-01");

    public static readonly Rule DecisionPending = new("MON-01.decision_pending",
        "该户的识别认定、风险消除、退出或财产核查程序尚未办结，不能合户、分户或销户。请先办结该程序。",
        "The household's identification, clearance, exit or verification is being decided, so it cannot split, merge or be closed. Finish that procedure first.", "MON-01");

    public static readonly Rule OnVillageList = new("MON-01.on_village_list",
        "该户在本村的退出名单上，或有财产核查事项已随本村上报。名单由本村评议、公示和上报，不能随户转走：请先将该户从退出名单中剔除，或待核查存档后再迁移。",
        "The household is on its village's exit list, or among the verifications that the village has submitted, which stay with the village. Strike it off, or wait until they are filed.",
        "MON-11 S3a 三、MON-14 S3b 二");

    public static readonly Rule MovesAlone = new("MON-01.moves_alone",
        "该户有程序正在办理，不能随文件批量迁移。请单独办理迁移，程序随户转移。",
        "A procedure of the household is running, so a file does not move it. Move the household by itself: its procedures then go along.", "MON-01 S0 三(五)");

    public static readonly Rule OneHandOver = new("MON-01.one_hand_over",
        "该户已有移交正在等待接收。请先撤回，或等待接收地答复。",
        "A hand-over of this household waits for an answer already. Withdraw it, or wait.", "MON-01 S0 三(五)");

    public static readonly Rule HandOverElsewhere = new("MON-01.hand_over_elsewhere",
        "该户就住在 {0}，无需移交。辖区内迁移请直接办理迁移。",
        "The household lives in {0} already. Within your division, move it instead.", "MON-01 S0 三(五)");

    public static readonly Rule HandOverDecider = new("MON-01.hand_over_decider",
        "接收或拒绝由接收地决定，撤回由移出地决定：应由 {0} 办理。",
        "The destination accepts or refuses and the origin withdraws: this is for {0} to decide.", "MON-01 S0 三(五)");

    public static readonly Rule HandOverHome = new("MON-01.hand_over_home",
        "新住址须在接收地 {0} 范围内。请核对行政区划。",
        "The new home lies within {0}, which takes the household. Check the division.", "MON-01 S0 三(五)");

    public static readonly Rule HandOverOpen = new("MON-01.hand_over_open",
        "该移交已有结果，不能再变更。如仍需移交，请重新提出。",
        "This hand-over has been decided. Propose another if it is still wanted.", "MON-01 S0 三(五)");

    public static readonly Rule HandOverGone = new("MON-01.hand_over_gone",
        "该户已不在提出移交时的住址，或已销户。请拒绝本次移交，由现居地重新提出。",
        "The household no longer lives where the hand-over was proposed, or is closed. Refuse this one and have another proposed.", "MON-01 S0 三(五)");

    public static readonly Rule HouseholdSplit = new("MON-01.household_differs",
        "同一户编号各行的户信息必须一致，“{0}”不一致。请改为相同内容。",
        "The rows of one household must agree about the household; \"{0}\" does not. Make them the same.", "MON-01");

    public static readonly Rule HouseholdRejected = new("MON-01.household_rejected",
        "同户的其他行有错误，整户未导入。请改正后将全户各行一并重新上传。",
        "Another row of this household is wrong, so the household was not taken in. Mend it and send all its rows again.", "MON-01");

    // ---- MON-02 income

    public static readonly Rule QuarterOver = new("MON-02.quarter_over",
        "{0} 年第 {1} 季度尚未结束，不能登记收支。请在季度结束后采集。",
        "Quarter {1} of {0} is not over yet. Record it after it has ended.", "MON-02 S2 二(一)4");

    public static readonly Rule MedicalIsRigid = new("MON-02.medical_is_rigid",
        "医疗自付支出是刚性支出的一部分，不能大于刚性支出。请核对两个金额。",
        "Medical spending is part of rigid spending and cannot exceed it. Check both amounts.", "MON-02 S2 二(一)4");

    public static readonly Rule UnknownHousehold = new("MON-02.unknown_household",
        "户编号 {0} 未登记。请先登记该户。",
        "Household {0} is not registered. Register it first.", "MON-02");

    public static readonly Rule QuarterTwice = new("MON-02.quarter_twice",
        "同一户同一季度出现了不止一次。请删除多余的一行。",
        "The same quarter of one household is given more than once. Leave the others out.", "MON-02");

    // ---- MON-03, MON-04 clues and identification

    public static readonly Rule SourceReported = new("MON-03.source_reported",
        "登记的线索只能来自农户自主申报、干部排查、部门推送或灾情名单。",
        "A reported clue comes from self-declaration, a sweep, a department or a disaster list.", "MON-03 S2 二(一)2");

    public static readonly Rule ReportedAlready = new("MON-03.reported_already",
        "该户的同一情况已作为线索登记（发现日期 {0}），尚在核实或认定。如有新情况，请写明新情况。",
        "The same is on record as a clue found on {0} and is being dealt with. If something new has come up, say what.", "MON-03 S2 二(一)2");

    public static readonly Rule RefutedAlready = new("MON-03.refuted_already",
        "该户的同一情况已于 {0} 核实为不属实。如有新情况，请写明新情况，或填写此后的发现日期。",
        "The same was found untrue on {0}. If something new has come up, say what, or give the later day on which it was found.", "MON-03 S2 二(一)2");

    public static readonly Rule ToldUnsafeDwelling = new("MON-03.unsafe_dwelling",
        "住房部门鉴定住房安全等级为 {0}（{1}）。",
        "The housing department graded the dwelling {0} ({1}).", "MON-03 S2 二(二)4");

    public static readonly Rule ToldNobodyEmployed = new("MON-03.nobody_employed",
        "就业部门核实：有劳动能力的成员 {0} 人，无一人就业。",
        "The employment department found that {0} members are able to work and none is employed.", "MON-03 S2 二(六)1");

    public static readonly Rule ToldJobLost = new("MON-03.job_lost",
        "{0} 名成员失去工作且尚未再就业（最近一次为 {1}）。",
        "{0} members lost their work and have found no other, the last on {1}.", "MON-03 S2 二(四)2");

    public static readonly Rule ToldArrears = new("MON-03.fee_arrears",
        "自 {0} 起欠缴物业费，现欠 {1} 元。",
        "Property fees have been owed since {0}, now {1} yuan.", "MON-03 S0 三(六)");

    public static readonly Rule ClueOpen = new("MON-04.clue_open",
        "该线索已有处理结果，不能再次核实。请查看线索状态。",
        "This clue has been dealt with already. Look at its state.", "MON-04 S2 二(一)2");

    public static readonly Rule NotMonitored = new("MON-04.not_monitored_yet",
        "该户已是监测对象，无需再次识别。请在帮扶计划中补充措施。",
        "The household is monitored already. Add measures to its plan instead.", "MON-04 S2 二(一)2");

    public static readonly Rule OneIdentification = new("MON-04.one_identification",
        "该户正在识别认定中，请先办结该程序。",
        "The household is being identified already. Finish that procedure first.", "MON-04 S2 二(一)2");

    public static readonly Rule StandingStays = new("MON-04.standing_stays",
        "监测类别与登记不一致，只能通过识别认定或风险消除变更。请改为已登记的类别或留空。",
        "The monitored kind differs from the registered one, which only identification and clearance change. Give that one, or leave it empty.", "MON-04 S2 二(一)2");

    public static readonly Rule KindFits = new("MON-04.kind_fits",
        "脱贫不稳定户只适用于脱贫户，边缘易致贫户只适用于一般户。请核对户类别或监测类别。",
        "UNSTABLE is for out-of-poverty households, MARGINAL for general ones. Check the category or the kind.", "MON-04 S2 二(二)6");

    // ---- MON-05 screening

    public static readonly Rule IncomeBelowLine = new("MON-05.income_below_line",
        "人均纯收入折合全年 {0} 元（已采集近 4 个季度中的 {1} 个），低于监测线 {2} 元。",
        "Net income per person comes to {0} yuan a year ({1} of the last 4 quarters recorded), under the monitoring line of {2} yuan.", "MON-05 S2 二(一)4");

    public static readonly Rule IncomeDrop = new("MON-05.income_drop",
        "季度人均纯收入由 {0} 元降至 {1} 元，下降 {2}%（与{3}相比），达到 {4} 的预警线。",
        "Net income per person fell from {0} to {1} yuan in a quarter, by {2} % against {3}, past the warning share of {4}.", "MON-05 S2 二(一)4");

    public static readonly Rule MedicalSpending = new("MON-05.medical_spending",
        "近 4 个季度医疗自付支出 {0} 元，超过 {1} 元。",
        "Out-of-pocket medical spending of the last 4 quarters is {0} yuan, over {1} yuan.", "MON-05 S2 二(二)2");

    public static readonly Rule UnsafeDwelling = new("MON-05.unsafe_dwelling",
        "住房安全等级为 {0}。",
        "The dwelling is graded {0}.", "MON-05 S2 二(二)4");

    public static readonly Rule UnsafeWater = new("MON-05.unsafe_water",
        "饮水不安全。",
        "The drinking water is unsafe.", "MON-05 S2 二(二)5");

    public static readonly Rule UninsuredMember = new("MON-05.uninsured_member",
        "{0} 名成员未参加基本医疗保险（全户 {1} 人）。",
        "{0} of {1} members have no basic medical insurance.", "MON-05 S2 二(二)3");

    public static readonly Rule NobodyEmployed = new("MON-05.nobody_employed",
        "有劳动能力的成员 {0} 人，无一人就业。",
        "{0} members are able to work and none is employed.", "MON-05 S2 二(六)1");

    public static readonly Rule DropOut = new("MON-05.drop_out",
        "{0} 名成员失学、辍学或疑似失辍学。",
        "{0} members dropped out of school or are suspected to have.", "MON-05 S2 二(二)1");

    public static readonly Rule RigidSpending = new("MON-05.rigid_spending",
        "近 4 个季度刚性支出 {0} 元，纯收入 {1} 元，占比达到 {2} 的预警线。",
        "Rigid spending of the last 4 quarters is {0} yuan against {1} yuan of net income, past the warning share of {2}.", "MON-05 S2 二(一)2");

    // ---- MON-08 plans

    public static readonly Rule PlanForMonitored = new("MON-08.monitored_only",
        "该户不是监测对象。请先完成识别认定，再制定帮扶计划。",
        "The household is not monitored. Have it identified first.", "MON-08 S2 二(一)2");

    public static readonly Rule OnePlan = new("MON-08.one_plan",
        "该户已有帮扶计划。请在原计划中增加措施。",
        "The household has a plan already. Add measures to it.", "MON-08 S2 二(一)2");

    public static readonly Rule PlanWithMeasures = new("MON-08.one_measure",
        "帮扶计划至少要有一条帮扶措施，没有措施的计划不算按期制定。请在 plan.measures 中填写措施。",
        "A plan has at least one measure: one without any does not count as entered. Name a measure in plan.measures.", "MON-08 S2 二(一)2");

    public static readonly Rule PlanOpen = new("MON-08.plan_open",
        "该帮扶计划已随风险消除而关闭，不能再变更。",
        "The plan was closed when the risk was cleared.", "MON-08");

    public static readonly Rule MeasureRunning = new("MON-08.measure_running",
        "该措施已登记过结果，结果不能改写。请另加一条措施。",
        "The measure's result is recorded and is not rewritten. Add another measure.", "MON-08");

    public static readonly Rule MeasureEnds = new("MON-08.measure_ends",
        "措施的结束日期不能早于开始日期 {0}，也不能晚于今天。",
        "A measure ends between its start on {0} and today.", "MON-08");

    public static readonly Rule MeasureNames = new("MON-08.measure_names",
        "“{0}”措施须在 details 中写明：{1}。请补充后重新提交。",
        "A measure of the kind \"{0}\" names in its details: {1}. Add them.", "MON-08 S2 二(一)4");

    // ---- MON-09 clearance

    public static readonly Rule ClearMonitored = new("MON-09.monitored_only",
        "该户不是监测对象，无需消除风险。",
        "The household is not monitored, so there is no risk to clear.", "MON-09 S2 二(一)2");

    public static readonly Rule OneClearance = new("MON-09.one_clearance",
        "该户已有风险消除申请正在办理。",
        "A clearance of this household is being decided already.", "MON-09 S2 二(一)2");

    public static readonly Rule IncomeKnown = new("MON-09.income_known",
        "收入是否稳定须看近 4 个季度，现只采集了 {0} 个。请补录收支后再申请。",
        "Whether income is stable shows over the last 4 quarters; {0} are recorded. Record the others first.", "MON-09 S2 二(一)2");

    public static readonly Rule IncomeAboveLine = new("MON-09.income_above_line",
        "近 4 个季度人均纯收入 {0} 元，未超过监测线 {1} 元。",
        "Net income per person of the last 4 quarters is {0} yuan, not above the monitoring line of {1} yuan.", "MON-09 S2 二(一)2");

    public static readonly Rule SafeDwelling = new("MON-09.safe_dwelling",
        "住房安全等级须为 A 级或 B 级。请先解决住房安全问题或登记鉴定结果。",
        "The dwelling must be graded A or B. See to its safety, or record the appraisal.", "MON-09 S2 二(一)2");

    public static readonly Rule SafeWater = new("MON-09.safe_water",
        "饮水须经确认为安全。请先解决饮水安全问题或登记检测结果。",
        "The drinking water must be known to be safe. See to it, or record the test.", "MON-09 S2 二(一)2");

    public static readonly Rule AllInsured = new("MON-09.all_insured",
        "{0} 名成员未参加或未登记基本医疗保险。请先参保或登记。",
        "{0} members have no basic medical insurance on record. Insure them, or record it.", "MON-09 S2 二(一)2");

    public static readonly Rule AllSchooled = new("MON-09.all_schooled",
        "{0} 名成员失学、辍学或疑似失辍学。请先劝返复学。",
        "{0} members dropped out of school or are suspected to have. Bring them back first.", "MON-09 S2 二(一)2");

    // ---- MON-06 sweeps

    public static readonly Rule OneSweep = new("MON-06.one_sweep",
        "该地区已有集中排查正在进行。请先完成该次排查。",
        "A sweep of this division, or of one above or below it, is on already. Finish that one first.", "MON-06 S2 二(一)2");

    public static readonly Rule NothingToSweep = new("MON-06.nothing_to_sweep",
        "该地区没有登记的农户，无需排查。请核对行政区划。",
        "No household is registered in this division. Check the code.", "MON-06 S2 二(一)2");

    public static readonly Rule SweepOn = new("MON-06.sweep_on",
        "该次排查已结束，不能再登记。",
        "The sweep is closed. Nothing more is recorded in it.", "MON-06 S2 二(一)2");

    public static readonly Rule VisitedAlready = new("MON-06.visited_already",
        "该户已于 {0} 走访并登记，结果不能改写。如有新情况，请另行登记线索。",
        "This household was visited on {0}, and the result is not rewritten. Report a clue if something new has come up.", "MON-06 S2 二(一)2");

    public static readonly Rule AllVisited = new("MON-06.all_visited",
        "还有 {0} 户未走访、{1} 户无人在家。请全部走访，或登记免于走访的原因。",
        "{0} households have not been visited and {1} were not at home. Visit them all, or record why one is excused.", "MON-06 S2 二(一)2");

    public static readonly Rule LinkedAlready = new("MON-06.linked_already",
        "该未登记户已关联到另一户，不能再改。",
        "This find is linked with another household already.", "MON-06 S2 二(一)2");

    // ---- MON-07 green channel and disasters

    public static readonly Rule Disaster = new("MON-07.disaster",
        "应急管理部门报送受灾：{0}，经济损失 {1} 元{2}。",
        "Emergency management reports a disaster: {0}, with a loss of {1} yuan{2}.", "MON-07 S2 二(一)5");

    public static readonly Rule DisasterOfWhom = new("MON-07.disaster_of_whom",
        "请填写户编号或身份证号码，两者都填时须为同一户。",
        "Give the household's number or a member's identity number; both must be of one household.", "MON-07 S2 二(一)5");

    public static readonly Rule DisasterUnknown = new("MON-07.household_unknown",
        "辖区内没有登记该户或该人员。请核对，或先登记该户。",
        "No such household or person is registered in your division. Check it, or register the household first.", "MON-07 S2 二(一)5");

    public static readonly Rule FollowedLater = new("MON-07.followed_later",
        "跟踪日期不能早于救助日期 {0}，也不能晚于今天。",
        "Aid is followed between the day on which it was given, {0}, and today.", "MON-07 S2 二(一)5");

    // ---- MON-11 exit

    public static readonly Rule ExitMonitored = new("MON-11.monitored_only",
        "户编号 {0} 不是监测对象，无需退出。",
        "Household {0} is not monitored, so there is nothing to exit from.", "MON-11 S3a 三");

    public static readonly Rule ExitVillage = new("MON-11.one_village",
        "户编号 {0} 现居行政区划 {1}，不在本名单所在的村。请由其所在村提名。",
        "Household {0} lives in division {1}, not in this list's village. Its own village nominates it.", "MON-11 S3a 三");

    public static readonly Rule OneExit = new("MON-11.one_exit",
        "户编号 {0} 已在退出名单中，或其识别认定、风险消除尚未办结。请先办结该程序。",
        "Household {0} is on a list already, or its identification or clearance is being decided. Finish that first.", "MON-11 S3a 三");

    public static readonly Rule OnOneList = new("MON-11.on_one_list",
        "名单上有农户已列入另一份退出名单。一户同时只能在一份名单上，请先办结那一份。",
        "A household of the list is on another one by now. It is on one list at a time: finish that one first.", "MON-11 S3a 三");

    public static readonly Rule ExitIncome = new("MON-11.income",
        "户编号 {0}：年人均纯收入须稳定超过当年标准 {3} 元；近 4 个季度已采集 {1} 个，折合全年 {2} 元。",
        "Household {0}: net income per person must stay above the year's line of {3} yuan; {1} of the last 4 quarters are recorded and come to {2} yuan a year.",
        "MON-11 S3a 三");

    public static readonly Rule ExitDwelling = new("MON-11.dwelling",
        "户编号 {0}：须有安全住房（A 级或 B 级）。请先解决住房安全问题或登记鉴定结果。",
        "Household {0}: the dwelling must be graded A or B. See to its safety, or record the appraisal.", "MON-11 S3a 三");

    public static readonly Rule ExitSchooling = new("MON-11.schooling",
        "户编号 {0}：有 {1} 名成员失学、辍学或疑似失辍学。请先劝返复学。",
        "Household {0}: {1} members dropped out of school or are suspected to have. Bring them back first.", "MON-11 S3a 三");

    public static readonly Rule ExitOnList = new("MON-11.on_list",
        "该户不在名单中，或已被移出名单。请核对名单。",
        "The household is not on the list, or was struck off. Look at the list.", "MON-11 S3a 三");

    public static readonly Rule ExitGone = new("MON-11.gone",
        "户编号 {0} 已不在册。请先将其移出名单。",
        "Household {0} is not registered any more. Strike it off the list first.", "MON-11 S3a 三");

    public static readonly Rule ExitStrikeStep = new("MON-11.strike_step",
        "步骤 {0} 期间不能直接移出农户。公示期内请提出并处理异议。",
        "Nobody is struck off at step \"{0}\". While a notice is on, object to it and have the objection decided.", "MON-11 S3a 三");

    public static readonly Rule ExitNobodyLeft = new("MON-11.nobody_left",
        "名单上已没有农户，不能通过。请不予通过，或在下一批重新提名。",
        "Nobody is left on the list, so it cannot pass. Reject it, and nominate anew with the next list.", "MON-11 S3a 三");

    public static readonly Rule ExitMeetingStep = new("MON-11.meeting_step",
        "当前步骤 {0} 不是民主评议，不能登记评议会议。",
        "The open step \"{0}\" is no vote, so no meeting can be recorded.", "MON-11 S3a 三");

    public static readonly Rule ExitMeetingRecorded = new("MON-11.meeting_recorded",
        "请先登记村民代表会议及对每户的表决票数，再办结民主评议。",
        "Record the representatives' meeting with its vote on every household before completing the step.", "MON-11 S3a 三");

    public static readonly Rule ExitVotes = new("MON-11.votes",
        "须对名单上的 {0} 户逐户填报票数，每户赞成、反对、弃权之和须等于到会人数 {1}。",
        "Give the votes on each of the {0} households of the list; in favour, against and abstained add up to the {1} who were there.",
        "MON-11 S3a 三");

    // ---- MON-12 the exit file

    public static readonly Rule DocumentDue = new("MON-12.document_due",
        "文书 {0} 尚不能出具，须待步骤 {1} 开始或办结（会议文书须先登记会议）。",
        "Document \"{0}\" cannot be had before step \"{1}\" is open or done, those of the meeting not before it is recorded.", "MON-12 S3a 附件");

    // ---- MON-18 education aid

    public static readonly Rule AidPupil = new("MON-18.aid_pupil",
        "该成员不在校，不能申请教育资助。请先核实在校状况。",
        "This member is not in school, so there is no education aid. Check the school status first.", "MON-18 S2 二(二)1");

    public static readonly Rule AidHousehold = new("MON-18.aid_household",
        "教育资助面向脱贫户、监测对象和低收入户的学生。请核对户类别和低收入类别。",
        "Education aid is for pupils of households that are out of poverty, monitored or of low income. Check the categories.", "MON-18 S2 二(二)1");

    public static readonly Rule OneAid = new("MON-18.one_aid",
        "该学生本学年已有教育资助。同一学年只资助一次。",
        "This pupil has an aid for the school year already. There is one a year.", "MON-18 S2 二(二)1");

    // ---- MON-13 to MON-15 department lists and asset verification

    public static readonly Rule ListErased = new("MON-13.list_erased",
        "该名单的保存期限已于 {0} 届满，内容已删除，不能再上传。请登记新的名单。",
        "The list was kept until {0} and is erased. Register a new one.", "MON-13 MON-15 S3b 四(二)");

    public static readonly Rule AssetTwice = new("MON-13.asset_twice",
        "同一人员的同一资产在名单中出现了不止一次，且内容不一致。请合并，或填写能区分各项资产的“资产标识”。",
        "The list says different things of the same asset of a person. Merge the rows, or give each asset its own mark.", "MON-13 S3b 一");

    public static readonly Rule ListedMedicalBills = new("MON-13.medical_bills",
        "医保部门名单中的自付医疗费用合计 {0} 元，超过 {1} 元。",
        "The medical bills on the insurer's list come to {0} yuan, over {1} yuan.", "MON-03 MON-13 S2 二(一)2、二(二)2");

    public static readonly Rule ListedDropOut = new("MON-13.drop_out",
        "{0} 名成员列入教育部门的疑似失辍学名单。",
        "{0} members are on the schools' list of suspected drop-outs.", "MON-03 MON-13 S2 二(一)2、二(二)1");

    public static readonly Rule CheckOpen = new("MON-14.check_open",
        "该核查结果已上报或存档，不能更改。退回或名单内容变化后可重新核查。",
        "What was found is submitted or filed already. It can be checked anew when it is sent back or a list says something new.", "MON-14 S3b 二");

    public static readonly Rule SaysWhy = new("MON-14.spared_for_a_reason",
        "情况不属实，或者提出否决、不予否决意见的，须填写理由。",
        "What is untrue takes a reason, and so does a veto, whether it holds or the family is spared.", "MON-14 S3b 一、二(二)");

    public static readonly Rule NoVetoAfter = new("MON-14.no_veto_after",
        "{0} 及以后发生的情况属于识别后发生，不适用“一票否决”。请取消否决情形，或核对发生日期。",
        "What happened on {0} or later came after identification, and no veto holds. Leave the veto out, or check the date.", "MON-14 S3b 一、二(二)");

    public static readonly Rule VetoFigure = new("MON-14.veto_figure",
        "该否决情形的标准为 {0}，核实的数值为 {1}，未达到标准。请核对数值，或取消否决情形。",
        "The veto takes {0} or more, and {1} was found. Check the figure, or leave the veto out.", "MON-14 S3b 一");

    public static readonly Rule AllChecked = new("MON-14.all_checked",
        "本村该名单还有 {0} 项未核查，请全部核查后再上报。",
        "{0} verifications of the list in this village are not checked yet. Check them first.", "MON-14 S3b 二");

    public static readonly Rule OneSubmission = new("MON-14.one_submission",
        "本村该名单的核查结果正在审核，办结后方可再次上报。",
        "A submission of this village and list is on its way already. Submit again once it has ended.", "MON-14 S3b 二(三)");

    public static readonly Rule NotOneself = new("MON-15.not_oneself",
        "不能将核查任务分配给自己。请由其他有权限的人员分配。",
        "Nobody assigns themselves. Ask somebody else who may assign.", "MON-15 S3b 四(二)");

    public static readonly Rule AssignedAlready = new("MON-15.assigned_already",
        "该人员已负责核查该区划的这份名单，无需重复分配。",
        "This person is assigned to the list and the division already.", "MON-15 S3b 四(二)");

    // ---- MON-10, MON-16 to MON-19 sector support, key villages and the monthly meeting

    public static readonly Rule UnknownPerson = new("MON-01.unknown_person",
        "该身份证号码未登记在您管辖范围内的任何农户。请先登记该人员。",
        "Nobody with this identity number is registered within your division. Register the person first.", "MON-01");

    public static readonly Rule RecognizedLayer = new("MON-01.recognized_layer",
        "监测对象只能通过识别认定产生，不能在此认定。请选择其他低收入类别。",
        "A household becomes monitored by identification alone. Choose another layer.", "MON-01 S2 二(二)6");

    public static readonly Rule RecognizedAlready = new("MON-01.recognized_already",
        "该户或该人员在此低收入类别中已有未终止的认定。请先终止原认定。",
        "The household or person is recognized in this layer already. End that recognition first.", "MON-01 S2 二(二)6");

    public static readonly Rule RecognitionLasts = new("MON-01.recognition_lasts",
        "该认定已终止，不能再变更。如需重新认定，请另行登记。",
        "The recognition has ended. Record a new one instead.", "MON-01 S2 二(二)6");

    public static readonly Rule RecognitionEnds = new("MON-01.recognition_ends",
        "终止日期不能早于认定日期 {0}，也不能晚于今天。",
        "A recognition ends between its first day, {0}, and today.", "MON-01 S2 二(二)6");

    public static readonly Rule BriefingOfCounty = new("MON-10.county",
        "每月联席会议由县召开，行政区划须为 6 位县级代码。",
        "The monthly meeting is a county's: give its 6 digits.", "MON-10 S2 二(一)3");

    public static readonly Rule MeetingDays = new("MON-10.meeting_days",
        "联席会议在每月下旬召开，简报自 {0} 起方可生成。",
        "The meeting is held in the last ten days of the month; its briefing is made from {0} on.", "MON-10 S2 二(一)3");

    public static readonly Rule BriefingOnce = new("MON-10.one_briefing",
        "该县本月的简报已生成，数据不再改变。请查看原简报。",
        "The county has its briefing of this month already, and it does not change. Read that one.", "MON-10 S2 二(一)3");

    public static readonly Rule MeetingOnce = new("MON-10.meeting_once",
        "本次会议已登记于 {0} 召开，不能再变更。",
        "The meeting is on record as held on {0} and is not rewritten.", "MON-10 S2 二(一)3");

    public static readonly Rule MeetingDate = new("MON-10.meeting_date",
        "会议日期不能早于简报生成日期 {0}，也不能晚于今天。",
        "The meeting is held between the day of its briefing, {0}, and today.", "MON-10 S2 二(一)3");

    public static readonly Rule ChronicDisease = new("MON-17.chronic_disease",
        "该成员未登记高血压、糖尿病、结核病或严重精神障碍。请先核对健康状况。",
        "The member is not on record with hypertension, diabetes, tuberculosis or a severe mental disorder. Check the health conditions first.",
        "MON-17 S2 二(二)2");

    public static readonly Rule SignedAlready = new("MON-17.signed_already",
        "该成员的家庭医生签约有效至 {0}，期满后方可续签。",
        "The member is signed until {0}. Sign again from the day after.", "MON-17 S2 二(二)2");

    public static readonly Rule VisitDate = new("MON-17.visit_date",
        "随访日期须在上次随访或签约日期 {0} 与签约截止日期 {1} 之间，且不能晚于今天。",
        "A visit lies between the one before, or the signing, on {0} and the signing's last day {1}, and not in the future.", "MON-17 S2 二(二)2");

    public static readonly Rule OneEntry = new("MON-17.one_entry",
        "该成员的此种大病已登记。请在原记录中更新救治情况。",
        "The member is entered with this disease already. Record the treatment there.", "MON-17 S2 二(二)2");

    public static readonly Rule OneCase = new("MON-18.one_case",
        "该学生已在失学辍学台账中且尚未销号。请在原记录中办理。",
        "The pupil is in the ledger already. Go on with that case.", "MON-18 S2 二(二)1");

    public static readonly Rule CaseOpen = new("MON-18.case_open",
        "该学生已销号，不能再变更。如再次失学辍学，请重新登记。",
        "The case is closed. If the pupil drops out again, enter a new one.", "MON-18 S2 二(二)1");

    public static readonly Rule StillAtSchoolAge = new("MON-18.still_at_school_age",
        "该学生仍在义务教育年龄，不能按离校销号。请劝返复学，或落实特殊教育、送教上门。",
        "The pupil is still of compulsory school age and does not leave school. Bring the pupil back, or have the pupil taught.", "MON-18 S2 二(二)1");

    public static readonly Rule CasePlanned = new("MON-18.case_planned",
        "请先制定“一生一案”，再报送月报。",
        "Make the pupil's plan first, then report by month.", "MON-18 S2 二(二)1");

    public static readonly Rule ReportMonth = new("MON-18.report_month",
        "月报月份须在 {0} 与 {1} 之间。",
        "A report is of a month between {0} and {1}.", "MON-18 S2 二(二)1");

    public static readonly Rule ReportOnce = new("MON-18.report_once",
        "{0} 的月报已报送，不能改写。请在下月月报中说明。",
        "The report of {0} is in and is not rewritten. Say it in the next month's.", "MON-18 S2 二(二)1");

    public static readonly Rule TermBegun = new("MON-18.term_begun",
        "学期尚未开始，目前最晚为 {0} 学年第 {1} 学期。请核对学年和学期。",
        "The term has not begun; the latest is term {1} of the school year {0}. Check them.", "MON-18 S2 二(二)1");

    public static readonly Rule EnrolledTwice = new("MON-18.enrolled_twice",
        "同一学生同一学期出现了不止一次。请只保留就读学校的一行。",
        "The same pupil and term are given more than once. Keep the row of the school that the pupil attends.", "MON-18");

    public static readonly Rule RegisterThere = new("MON-18.register_there",
        "{0} 学年第 {1} 学期尚无学校上传的在校学生名册，无法比对。请先上传名册。",
        "No school's register of term {1} of the school year {0} is there to compare with. Upload the registers first.", "MON-18 S2 二(二)1");

    public static readonly Rule VillageOnce = new("MON-19.one_village",
        "该村已登记为重点帮扶村。请在原记录中补充年度数据。",
        "The village is entered as a key village already. Add its figures there.", "MON-19 S3d 二");

    public static readonly Rule UnknownVillage = new("MON-19.unknown_village",
        "该村未登记为重点帮扶村。请核对 12 位代码，或先登记。",
        "The village is not entered as a key village. Check the 12 digits, or enter it first.", "MON-19 S3d 二");

    public static readonly Rule VillageYear = new("MON-19.year",
        "年度须在 {0} 年与 {1} 年之间。",
        "The year must lie between {0} and {1}.", "MON-19 S3d 一(二)");

    public static readonly Rule VillageYearTwice = new("MON-19.year_twice",
        "同一村同一年度出现了不止一次。请删除多余的一行。",
        "The same village and year are given more than once. Leave the others out.", "MON-19");

    public static readonly Rule WithinHouseholds = new("MON-19.within_households",
        "通自来水户数和卫生厕所户数都不能大于总户数。请核对。",
        "Neither the households with tap water nor those with a sanitary toilet can be more than all. Check them.", "MON-19 S3d 一(二)3");

    public static readonly Rule ConfirmYear = new("MON-16.confirm_year",
        "参保资助只能按本年度或下一年度确认，即 {0} 年或 {1} 年。",
        "Subsidies are confirmed for this year or the next, {0} or {1}.", "MON-16 S2 二(二)3");

    public static readonly Rule InsuranceYear = new("MON-16.insurance_year",
        "参保年度不能晚于 {0} 年。请核对年度。",
        "The year of insurance cannot be later than {0}. Check it.", "MON-16 S2 二(二)3");

    public static readonly Rule InsuranceTwice = new("MON-16.insurance_twice",
        "同一人员同一年度出现了不止一次。请删除多余的一行。",
        "The same person and year are given more than once. Leave the others out.", "MON-16");

    public static readonly Rule SubsidyOnce = new("MON-16.subsidy_once",
        "该人员本年度的参保资助已确认，不能重复资助。",
        "This person's subsidy of the year is confirmed already and is not given twice.", "MON-16 S2 二(二)3");
}
