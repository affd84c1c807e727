using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;
using Npgsql;
using NpgsqlTypes;

namespace Governance.Monitoring;

/// <summary>
/// Households with their members, one row per member; the household's columns are the same in all of its rows. A household is taken
/// in whole or not at all. What a file does not name stays as it is: an import removes nobody.
/// </summary>
sealed class HouseholdImport(PersonalData personal, PolicyBook policies) : Import<HouseholdImport.Row>("households")
{
    /// <summary>A row as read; <paramref name="Member"/> knows its own household only by <paramref name="Household"/>.Number.</summary>
    internal readonly record struct Row(Household Household, Member Member);

    // The order of the template and of exports.
    static readonly ImportColumn _number = new("户编号", "number");
    static readonly ImportColumn _division = new("现居行政区划", "division");
    static readonly ImportColumn _settlement = new("安置点编号", "settlement_id", Required: false);
    static readonly ImportColumn _origin = new("迁出行政区划", "origin_division", Required: false);
    static readonly ImportColumn _category = new("户类别", "category") { Choices = Words.Categories.Written };
    static readonly ImportColumn _lowIncome = new("低收入类别", "low_income_categories", Required: false);
    static readonly ImportColumn _monitoredKind = new("监测类别", "monitored_kind", Required: false) { Choices = Words.MonitoredKinds.Written };
    static readonly ImportColumn _monitoredDate = new("纳入监测日期", "monitored_date", Required: false);
    static readonly ImportColumn _building = new("楼栋", "building", Required: false);
    static readonly ImportColumn _unit = new("单元", "unit", Required: false);
    static readonly ImportColumn _room = new("房号", "room", Required: false);
    static readonly ImportColumn _grid = new("网格编号", "grid_id", Required: false);
    static readonly ImportColumn _dwelling = new("住房安全等级", "dwelling_grade", Required: false) { Choices = Words.Dwellings.Written };
    static readonly ImportColumn _water = new("饮水安全", "water_safety", Required: false) { Choices = Words.Waters.Written };
    static readonly ImportColumn _name = new("姓名", "name");
    static readonly ImportColumn _identity = new("身份证号码", "identity_number", Required: false);
    // Of a newborn whose identity number is still to come: certificate, birth and gender in its place.
    static readonly ImportColumn _certificate = new("出生医学证明编号", "birth_certificate_number", Required: false);
    static readonly ImportColumn _birth = new("出生日期", "birth_date", Required: false);
    static readonly ImportColumn _gender = new("性别", "gender", Required: false) { Choices = Words.Genders.Written };
    static readonly ImportColumn _relation = new("与户主关系", "relation") { Choices = Words.Relations.Written };
    static readonly ImportColumn _education = new("文化程度", "education", Required: false) { Choices = Words.Educations.Written };
    static readonly ImportColumn _health = new("健康状况", "health_conditions", Required: false);
    static readonly ImportColumn _disability = new("残疾等级", "disability_grade", Required: false) { Choices = Words.DisabilityGrades.Written };
    static readonly ImportColumn _labour = new("劳动能力", "labour_ability", Required: false) { Choices = Words.LabourAbilities.Written };
    static readonly ImportColumn _insurance = new("医疗保险", "insurance", Required: false) { Choices = Words.Insurances.Written };
    static readonly ImportColumn _school = new("在校状况", "school_status", Required: false) { Choices = Words.SchoolStatuses.Written };
    static readonly ImportColumn _employed = new("是否就业", "employed", Required: false) { Choices = ["是", "否"] };

    public override IReadOnlyList<ImportColumn> Columns { get; } =
    [
        _number, _division, _settlement, _origin, _category, _lowIncome, _monitoredKind, _monitoredDate, _building, _unit, _room, _grid, _dwelling, _water,
        _name, _identity, _certificate, _birth, _gender, _relation, _education, _health, _disability, _labour, _insurance, _school, _employed,
    ];

    protected override ImportColumn? Group => _number;

    protected override Row Read(ImportRow row)
    {
        var kind = row.Choice(_monitoredKind, Words.MonitoredKinds.Values);
        var since = row.Date(_monitoredDate);
        if (kind is not null && row.IsEmpty(_monitoredDate))
            row.Wrong(_monitoredDate, "REQUIRED", "填写监测类别时必须填写纳入监测日期。", "A monitored household has the date since when.");
        if (since is not null && row.IsEmpty(_monitoredKind))
            row.Wrong(_monitoredKind, "REQUIRED", "填写纳入监测日期时必须填写监测类别。", "A date since when comes with the kind.");
        if (since > row.Today)
            row.Wrong(_monitoredDate, "IN_THE_FUTURE", "不能晚于今天。", "Must not lie in the future.");
        var household = new Household(
            Guid.CreateVersion7(), Number(row),
            new Home(row.Division(_division, 12), row.Id(_settlement), row.Code(_building, 40), row.Code(_unit, 40), row.Code(_room, 40),
                row.Id(_grid)),
            row.Choice(_category, Words.Categories.Values) ?? default, [])
        {
            Origin = Origin(row),
            LowIncome = row.Choices(_lowIncome, Words.LowIncome.Values, "无"),
            Dwelling = row.Choice(_dwelling, Words.Dwellings.Values) ?? default,
            Water = row.Choice(_water, Words.Waters.Values) ?? default,
            Monitored = kind is { } monitored && since is { } date ? new Monitored(monitored, date) : null,
        };
        if (kind is { } fit && !Household.Fits(fit, household.Category))
            row.Wrong(_monitoredKind, Rules.KindFits.Code, Rules.KindFits.Zh, Rules.KindFits.En);

        var person = row.IsEmpty(_certificate) ? Person(row) : Newborn(row, household.Division);
        return new Row(household, person with
        {
            Name = row.Text(_name, 50),
            Relation = row.Choice(_relation, Words.Relations.Values) ?? default,
            Education = row.Choice(_education, Words.Educations.Values) ?? default,
            Health = row.Choices(_health, Words.HealthConditions.Values, "健康", "无"),
            DisabilityGrade = row.Choice(_disability, Words.DisabilityGrades.Values) ?? 0,
            Labour = row.Choice(_labour, Words.LabourAbilities.Values) ?? default,
            Insurance = row.Choice(_insurance, Words.Insurances.Values) ?? default,
            School = row.Choice(_school, Words.SchoolStatuses.Values) ?? default,
            Employed = row.Flag(_employed) ?? false,
        });
    }

    /// <summary>Who a row is about, by the identity number.</summary>
    Member Person(ImportRow row)
    {
        var identity = row.IdentityNumber(_identity);
        if (identity is null && row.IsEmpty(_identity))
            row.Wrong(_identity, "REQUIRED", "不能为空；尚无身份证号码的新生儿填写出生医学证明编号、出生日期和性别。",
                "Must not be empty; a newborn without one has birth_certificate_number, birth_date and gender.");
        return new Member(Guid.CreateVersion7(), "", identity is { } number ? personal.Protect(number) : new ProtectedNumber([], []),
            identity?.Birth ?? default, (V1.Gender)(identity?.Gender ?? default), default);
    }

    /// <summary>Who a row is about, by the birth certificate.</summary>
    Member Newborn(ImportRow row, string division)
    {
        var certificate = row.Code(_certificate).ToUpperInvariant();
        if (!row.IsEmpty(_identity))
            Wrong(_certificate, "EITHER_NUMBER", BirthCertificate.EitherNumber);
        if (!BirthCertificate.IsNumber(certificate))
            Wrong(_certificate, "NOT_A_BIRTH_CERTIFICATE", BirthCertificate.NotANumber);
        var birth = row.Date(_birth);
        if (birth > row.Today)
            row.Wrong(_birth, "IN_THE_FUTURE", "不能晚于今天。", "Must not lie in the future.");
        if (birth is { } day && !BirthCertificate.WereIssued(day))
            Wrong(_birth, "BEFORE_CERTIFICATES", BirthCertificate.TooEarly);
        var gender = row.Choice(_gender, Words.Genders.Values);
        foreach (var column in (ImportColumn[])[_birth, _gender])
        {
            if (row.IsEmpty(column))
                row.Wrong(column, "REQUIRED", "填写出生医学证明编号时必须填写出生日期和性别。", "A birth certificate comes with birth_date and gender.");
        }
        var days = policies.Get(MonitoringPolicies.NewbornIdentityDays, division, row.Today);
        return new Member(Guid.CreateVersion7(), "", new ProtectedNumber(personal.Seal(certificate), personal.Hash(certificate)), birth ?? default,
            gender ?? default, default)
        {
            IdentityDue = new IdentityDue(row.Today.AddDays(days.Value), days.Citation),
        };

        void Wrong(ImportColumn column, string code, Text text) => row.Wrong(column, code, text.Zh, text.En);
    }

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedHouseholds();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedHouseholds();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        var (household, member) = row;
        copy.Write(household.Id);
        copy.Write(household.Number);
        copy.Write(household.Division);
        Optional(household.Home.Settlement);
        copy.Write(household.Origin);
        copy.Write((short)household.Category);
        copy.Write(HouseholdStore.Numbers(household.LowIncome));
        copy.Write((short)(household.Monitored?.Kind ?? MonitoredKind.Unspecified));
        if (household.Monitored is { } monitored)
            copy.Write(monitored.Since, NpgsqlDbType.Date);
        else
            copy.WriteNull();
        copy.Write(household.Home.Building);
        copy.Write(household.Home.Unit);
        copy.Write(household.Home.Room);
        Optional(household.Home.Grid);
        copy.Write((short)household.Dwelling);
        copy.Write((short)household.Water);

        copy.Write(member.Id);
        copy.Write(member.Name);
        copy.Write(member.Number.Sealed);
        copy.Write(member.Number.Hash);
        copy.Write(member.Birth, NpgsqlDbType.Date);
        copy.Write((short)member.Gender);
        copy.Write((short)member.Relation);
        copy.Write((short)member.Education);
        copy.Write(HouseholdStore.Numbers(member.Health));
        copy.Write((short)member.DisabilityGrade);
        copy.Write((short)member.Labour);
        copy.Write((short)member.Insurance);
        copy.Write((short)member.School);
        copy.Write(member.Employed);
        if (member.IdentityDue is { } due)
        {
            copy.Write(due.Date, NpgsqlDbType.Date);
            copy.Write(due.Citation.ToJson());
        }
        else
        {
            copy.WriteNull();
            copy.WriteNull();
        }

        void Optional(Guid? id)
        {
            if (id is { } value)
                copy.Write(value);
            else
                copy.WriteNull();
        }
    }

    /// <summary>A member as a row of an export, in the order of the columns; what is read back is what was written.</summary>
    public static IEnumerable<string> Cells(Household household, Member member, string number) =>
    [
        household.Number, household.Division, household.Home.Settlement?.ToString() ?? "", household.Origin, Words.Categories[household.Category],
        string.Join('、', household.LowIncome.Select(category => Words.LowIncome[category])),
        household.Monitored is { } monitored ? Words.MonitoredKinds[monitored.Kind] : "", Calendar.Format(household.Monitored?.Since),
        household.Home.Building, household.Home.Unit, household.Home.Room, household.Home.Grid?.ToString() ?? "",
        Words.Dwellings[household.Dwelling], Words.Waters[household.Water],
        member.Name, .. member.IdentityDue is null ? [number, "", "", ""] : (string[])["", number, Calendar.Format(member.Birth), Words.Genders[member.Gender]],
        Words.Relations[member.Relation], Words.Educations[member.Education],
        string.Join('、', member.Health.Select(condition => Words.HealthConditions[condition])), Words.DisabilityGrades[member.DisabilityGrade],
        Words.LabourAbilities[member.Labour], Words.Insurances[member.Insurance], Words.SchoolStatuses[member.School], member.Employed ? "是" : "否",
    ];

    protected override Task Check(Transaction transaction) => transaction.CheckStagedHouseholds();

    protected override Task<ImportCounts> Merge(Transaction transaction) => transaction.MergeStagedHouseholds();

    static string Number(ImportRow row)
    {
        var number = row.Code(_number, 32);
        if (!number.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            row.Wrong(_number, "NOT_A_HOUSEHOLD_NUMBER", "只能由字母、数字和“-”组成。", "Must consist of letters, digits and \"-\".");
        return number;
    }

    /// <summary>People come from anywhere, so this division need not lie within the caller's.</summary>
    static string Origin(ImportRow row)
    {
        var code = row.Code(_origin, 12);
        if (code.Length > 0 && !Platform.Divisions.IsCode(code))
            row.Wrong(_origin, "NOT_A_DIVISION", "必须是 2、4、6、9 或 12 位数字的行政区划代码。", "Must be a division code of 2, 4, 6, 9 or 12 digits.");
        return code;
    }
}
