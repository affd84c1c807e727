using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

/// <summary>The registry of households; one file per rpc.</summary>
sealed partial class HouseholdsService(Database database, PersonalData personal, PolicyBook policies, ImportDesk imports,
    Platform.Procedures.Procedures procedures) : V1.Households.HouseholdsBase
{
    /// <summary>Reads a new household; what is wrong is noted in <paramref name="fields"/>.</summary>
    Household Parse(Fields fields, Guid id, V1.Household household, DateOnly today) => new(
        id,
        Number(fields, "household.number", household.Number),
        ParseHome(fields, "household.", household.Division, household.SettlementId, household.Building, household.Unit, household.Room,
            household.GridId),
        fields.Choice("household.category", household.Category),
        [.. household.Members.Select((member, index) => ParseMember(fields, $"household.members[{index}].", member, household.Division, today))])
    {
        Origin = household.OriginDivision.Length == 0 ? "" : fields.Division("household.origin_division", household.OriginDivision),
        LowIncome = [.. household.LowIncomeCategories.Select(category => fields.Choice("household.low_income_categories",
            category)).Distinct().Order()],
        Dwelling = fields.Choice("household.dwelling_grade", household.DwellingGrade, required: false),
        Water = fields.Choice("household.water_safety", household.WaterSafety, required: false),
    };

    static string Number(Fields fields, string field, string number)
    {
        number = fields.Text(field, number, 32);
        if (!number.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            fields.Wrong(field, "NOT_A_HOUSEHOLD_NUMBER", "户编号只能由字母、数字和“-”组成。",
                "A household number consists of letters, digits and \"-\".");
        return number;
    }

    internal static Home ParseHome(Fields fields, string prefix, string division, string settlement, string building, string unit, string room,
        string grid) => new(
        fields.Division($"{prefix}division", division, minDigits: 12),
        fields.Id($"{prefix}settlement_id", settlement, required: false),
        fields.Text($"{prefix}building", building, 40, required: false),
        fields.Text($"{prefix}unit", unit, 40, required: false),
        fields.Text($"{prefix}room", room, 40, required: false),
        fields.Id($"{prefix}grid_id", grid, required: false));

    Member ParseMember(Fields fields, string prefix, V1.Member member, string division, DateOnly today)
    {
        var id = member.Id.Length == 0 ? Guid.CreateVersion7() : fields.Id($"{prefix}id", member.Id);
        if (member.BirthCertificateNumber.Length > 0)
            return Details(fields, prefix, member, Newborn(fields, prefix, member, id, division, today));
        var number = Identity(fields, $"{prefix}identity_number", member.IdentityNumber, today);
        return Details(fields, prefix, member, new Member(
            id, "", number is { } known ? personal.Protect(known) : new ProtectedNumber([],
                []), number?.Birth ?? default, (V1.Gender)(number?.Gender ?? default), default));
    }

    /// <summary>A newborn as its birth certificate has it; the certificate's number stands for the identity number until that is there.</summary>
    Member Newborn(Fields fields, string prefix, V1.Member member, Guid id, string division, DateOnly today)
    {
        var certificate = member.BirthCertificateNumber.Trim().ToUpperInvariant();
        if (member.IdentityNumber.Length > 0)
            Wrong("birth_certificate_number", "EITHER_NUMBER", BirthCertificate.EitherNumber);
        if (!BirthCertificate.IsNumber(certificate))
            Wrong("birth_certificate_number", "NOT_A_BIRTH_CERTIFICATE", BirthCertificate.NotANumber);
        var birth = Past(fields, $"{prefix}birth_date", member.BirthDate, today);
        if (birth is { } day && !BirthCertificate.WereIssued(day))
            Wrong("birth_date", "BEFORE_CERTIFICATES", BirthCertificate.TooEarly);
        var days = policies.Get(MonitoringPolicies.NewbornIdentityDays, division, today);
        return new Member(id, "", new ProtectedNumber(personal.Seal(certificate), personal.Hash(certificate)), birth ?? today,
            fields.Choice($"{prefix}gender", member.Gender), default) { IdentityDue = new IdentityDue(today.AddDays(days.Value), days.Citation) };

        void Wrong(string field, string code, Text text) => fields.Wrong(prefix + field, code, text.Zh, text.En);
    }

    static Member Details(Fields fields, string prefix, V1.Member from, Member to) => to with
    {
        Name = fields.Text($"{prefix}name", from.Name, 50),
        Relation = fields.Choice($"{prefix}relation", from.Relation),
        Education = fields.Choice($"{prefix}education", from.Education, required: false),
        Health = [.. from.HealthConditions.Select(condition => fields.Choice($"{prefix}health_conditions", condition)).Distinct().Order()],
        DisabilityGrade = (int)fields.Number($"{prefix}disability_grade", from.DisabilityGrade, 0, 4),
        Labour = fields.Choice($"{prefix}labour_ability", from.LabourAbility, required: false),
        Insurance = fields.Choice($"{prefix}insurance", from.Insurance, required: false),
        School = fields.Choice($"{prefix}school_status", from.SchoolStatus, required: false),
        Employed = from.Employed,
    };

    static IdentityNumber? Identity(Fields fields, string field, string text, DateOnly today)
    {
        if (IdentityNumber.TryParse(text, today, out var number, out var violation, field))
            return number;
        fields.Wrong(violation!.Field, violation.Code, violation.Sentence.Zh, violation.Sentence.En);
        return null;
    }

    /// <summary>What is said of members' relations; who becomes the householder is said elsewhere.</summary>
    static Dictionary<Guid, Relation> Relations(Fields fields, RepeatedField<MemberRelation> relations)
    {
        var read = new Dictionary<Guid, Relation>();
        for (var i = 0; i < relations.Count; i++)
        {
            var relation = fields.Choice($"relations[{i}].relation", relations[i].Relation);
            if (relation == Relation.Householder)
                fields.Wrong($"relations[{i}].relation", "ONE_HOUSEHOLDER", "户主由专门字段指定，此处只填写其他成员与新户主的关系。",
                    "The householder is named by a field of its own; here stands what the others are to the householder.");
            read[fields.Id($"relations[{i}].member_id", relations[i].MemberId)] = relation;
        }
        return read;
    }

    /// <summary>Throws unless all of these are members of the household.</summary>
    static void RequireMembers(Household household, IEnumerable<Guid> members)
    {
        foreach (var id in members)
        {
            if (household.Members.All(member => member.Id != id))
                throw new NotFoundException("member", id.ToString());
        }
    }

    /// <summary>A day up to today.</summary>
    static DateOnly? Past(Fields fields, string field, string text, DateOnly today, bool required = true)
    {
        var day = fields.Date(field, text, required);
        if (day > today)
            fields.Wrong(field, "IN_THE_FUTURE", $"字段 {field} 不能晚于今天。", $"Field \"{field}\" must not lie in the future.");
        return day;
    }

    /// <summary>What callers see. Names and identity numbers are masked unless it is to be compared with what a caller wrote.</summary>
    V1.Household ToContract(HouseholdSummary shown, bool masked = true)
    {
        var household = shown.Household;
        return new V1.Household
        {
            Id = household.Id.ToString(),
            Number = household.Number,
            SettlementId = household.Home.Settlement?.ToString() ?? "",
            Division = household.Division,
            OriginDivision = household.Origin,
            Category = household.Category,
            LowIncomeCategories = { household.LowIncome },
            Building = household.Home.Building,
            Unit = household.Home.Unit,
            Room = household.Home.Room,
            GridId = household.Home.Grid?.ToString() ?? "",
            DwellingGrade = household.Dwelling,
            WaterSafety = household.Water,
            MonitoredKind = household.Monitored?.Kind ?? MonitoredKind.Unspecified,
            MonitoredDate = Calendar.Format(household.Monitored?.Since),
            Members = { household.Members.Select(member => ToContract(member, masked)) },
            Householder = Mask.Name(shown.Householder),
            MemberCount = shown.MemberCount,
            Version = household.Version,
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
            CloseDate = Calendar.Format(shown.Closed),
        };
    }

    V1.Member ToContract(Member member, bool masked)
    {
        var number = personal.Reveal(member.Number.Sealed);
        if (masked)
            number = Mask.Number(number);
        return new V1.Member
        {
            Id = member.Id.ToString(),
            Name = masked ? Mask.Name(member.Name) : member.Name,
            Relation = member.Relation,
            BirthDate = Calendar.Format(member.Birth),
            Gender = member.Gender,
            Education = member.Education,
            HealthConditions = { member.Health },
            DisabilityGrade = member.DisabilityGrade,
            LabourAbility = member.Labour,
            Insurance = member.Insurance,
            SchoolStatus = member.School,
            Employed = member.Employed,
            IdentityNumber = member.IdentityDue is null ? number : "",
            BirthCertificateNumber = member.IdentityDue is null ? "" : number,
            IdentityDueDate = Calendar.Format(member.IdentityDue?.Date),
            IdentityDueCitation = member.IdentityDue?.Citation,
        };
    }

    /// <summary>Saves a move of a household, tells of it, and answers with the household.</summary>
    async Task<V1.Household> Save(Transaction transaction, Household before, Household after)
    {
        await transaction.Save(before, after);
        transaction.Publish(new HouseholdChanged { Household = after.Facts() }, after.Id.ToString(), after.Division, after.Version);
        return ToContract(await transaction.HouseholdToShow(after.Id));
    }
}
