using Governance.Platform.Rules;

namespace Governance.Organizations;

/// <summary>Every business rule of organizations. A constraint in <c>migrations/</c> that repeats a rule is named by its code.</summary>
static class Rules
{
    public static readonly Rule DivisionCode = new("DIVISION.code",
        "区划代码必须是 2、4、6、9 或 12 位数字。", "A division code has 2, 4, 6, 9 or 12 digits.", "GB/T 2260");

    public static readonly Rule DivisionParent = new("DIVISION.parent",
        "上级区划不存在：请在同一文件中补充上级区划，或先导入上级区划。",
        "The division that this one lies in does not exist: add it to the file, or import it first.", "GB/T 2260");

    public static readonly Rule DivisionOnce = new("DIVISION.once",
        "该区划代码在文件中重复出现，只采用第一行。", "The file has this code before: only the first row is taken.", "GB/T 2260");

    public static readonly Rule DivisionUrbanRuralClass = new("DIVISION.urban_rural_class",
        "城乡分类代码必须是 111、112、121、122、123、210、220 之一，或留空。",
        "The urban-rural class is one of 111, 112, 121, 122, 123, 210, 220, or empty.", "统计用城乡划分代码");

    public static readonly Rule DivisionProvince = new("DIVISION.province",
        "只能由省级用户导入本省的行政区划。", "Only a user of province level imports divisions, and only those of the own province.", "GB/T 2260");

    public static readonly Rule DivisionExists = new("DIVISION.exists",
        "字段 division 中的区划代码不存在：请更正，或先由省级用户导入行政区划。",
        "The code in field \"division\" does not exist: correct it, or have the province import its divisions first.", "GB/T 2260");

    public static readonly Rule SettlementName = new("ORG-02.settlement_name",
        "该区划内已有同名安置点，请更换字段 name。", "The division has a settlement of this name already: change field \"name\".", "ORG-02 S0 三(一)");

    public static readonly Rule BuiltDate = new("ORG-02.built_date",
        "字段 built_date 不能晚于今天。", "Field \"built_date\" lies in the future.", "ORG-02 S0 三(一)");

    public static readonly Rule PersonKnown = new("ORG-20.person_known",
        "人员 {0} 不存在或不在您的管辖范围内，请先登记任职人员。",
        "Person {0} does not exist or lies outside your division: register the person first.", "ORG-20 S0 三(五)");

    public static readonly Rule GridName = new("ORG-20.grid_name",
        "该安置点已有同名网格，请更换字段 name。", "The settlement has a grid of this name already: change field \"name\".", "ORG-20 S0 三(五)");

    public static readonly Rule BuildingNumber = new("ORG-20.building_number",
        "该安置点已有同号楼栋，请更换字段 number。", "The settlement has a building of this number already: change field \"number\".", "ORG-20 S0 三(五)");

    public static readonly Rule UnitNumber = new("ORG-20.unit_number",
        "同一楼栋的单元号不能重复，请更正字段 units。", "Two units of the building have the same number: correct field \"units\".", "ORG-20 S0 三(五)");

    public static readonly Rule SameSettlement = new("ORG-20.same_settlement",
        "楼栋只能划入本安置点的网格，请更正字段 grid_id。", "A building belongs to a grid of its own settlement: correct field \"grid_id\".", "ORG-20 S0 三(五)");

    public static readonly Rule FoundingDate = new("ORG-04.founding_date",
        "字段 founding_date 不能晚于今天。", "Field \"founding_date\" lies in the future.", "ORG-04 S0 三(一)");

    public static readonly Rule Term = new("ORG-04.term",
        "任期须同时填写 term_start_date 和 term_end_date，起始日不早于成立日，届满日晚于起始日。",
        "A term has both \"term_start_date\" and \"term_end_date\", begins on or after the founding and ends after it begins.",
        "ORG-04 S0 三(一)");

    public static readonly Rule TermNeeded = new("ORG-04.term_needed",
        "党组织和村（居）民委员会必须填写任期。", "A Party organisation and a committee have a term.", "ORG-04 S0 三(一)");

    public static readonly Rule PostFits = new("ORG-04.post_fits",
        "职务 {0} 不适用于此类组织：书记、副书记只设在党组织，主任、理事长（会长）等只设在其他组织。",
        "Post {0} does not fit this kind: only a Party organisation has secretaries, and only the others have directors and chairs.",
        "ORG-04 S4 二(三)");

    public static readonly Rule OneHead = new("ORG-04.one_head",
        "一个组织的书记、主任、理事长（会长）只能各有一人，请更正字段 members。",
        "An organisation has one secretary, director or chair: correct field \"members\".", "ORG-04 S4 二(三)");

    public static readonly Rule OnePost = new("ORG-04.one_post",
        "同一人在同一组织只能担任一个职务，请更正字段 members。", "One person holds one post in an organisation: correct field \"members\".", "ORG-04 S4 二(三)");

    public static readonly Rule OrganizationName = new("ORG-04.organization_name",
        "该安置点已有同名组织，请更换字段 name。", "The settlement has an organisation of this name already: change field \"name\".", "ORG-04 S0 三(一)");

    public static readonly Rule DissolutionDate = new("ORG-04.dissolution_date",
        "字段 dissolution_date 须在成立日与今天之间。", "Field \"dissolution_date\" lies between the founding and today.", "ORG-04 S0 三(一)");

    public static readonly Rule Dissolved = new("ORG-04.dissolved",
        "该组织已于 {0} 撤销，不能再修改。", "The organisation was dissolved on {0} and changes no more.", "ORG-04 S0 三(一)");

    public static readonly Rule CountyApproves = new("ORG-03.county_approves",
        "设立村（社区）由县级批复，请使用县级账号。", "The county approves a new village or community: sign in as an officer of the county.", "ORG-03 S4 二(二)");

    public static readonly Rule ApprovalDate = new("ORG-03.approval_date",
        "字段 approval_date 不能晚于今天。", "Field \"approval_date\" lies in the future.", "ORG-03 S4 二(二)");

    public static readonly Rule FoundedOnce = new("ORG-03.once",
        "该安置点已批复设立同名村（社区），请更换字段 name。",
        "A village or community of this name was approved in the settlement already: change field \"name\".", "ORG-03 S4 二(二)");

    public static readonly Rule FoundingRegistered = new("ORG-03.registered",
        "设立尚不能办结，组织台账中还缺：{0}。请先登记这些组织。",
        "The founding cannot end yet; the registry of organisations lacks {0}. Register them first.", "ORG-03 S4 二(二)");
}
