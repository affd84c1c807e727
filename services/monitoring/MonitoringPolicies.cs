using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Every number that monitoring takes from policy.</summary>
static class MonitoringPolicies
{
    /// <summary>Per-capita net income of a year under which a household is at risk.</summary>
    public static readonly Policy<long> IncomeLine = new("monitoring.income_line");

    /// <summary>Share by which a quarter's per-capita net income falls before it is a sign of risk.</summary>
    public static readonly Policy<decimal> IncomeDrop = new("monitoring.income_drop");

    /// <summary>Out-of-pocket medical spending of a household and year that is a sign of risk.</summary>
    public static readonly Policy<long> MedicalSpending = new("monitoring.medical_spending");

    /// <summary>Age from which a person counts as old.</summary>
    public static readonly Policy<int> ElderlyAge = new("monitoring.elderly_age");

    /// <summary>Calendar days from finding a clue to identification.</summary>
    public static readonly Policy<int> IdentificationDays = new("monitoring.identification.days");

    /// <summary>Calendar days from identification to an entered plan.</summary>
    public static readonly Policy<int> PlanDays = new("monitoring.plan.days");

    // ---- the registry

    /// <summary>Calendar days for a destination to take a household over.</summary>
    public static readonly Policy<int> HandOverDays = new("monitoring.hand_over.days");

    /// <summary>Calendar days for the identity number of a newborn that was registered by birth certificate.</summary>
    public static readonly Policy<int> NewbornIdentityDays = new("monitoring.newborn_identity.days");

    // ---- identification, clues and sweeps

    /// <summary>Share of a year's net income that rigid spending reaches before it is a sign of risk.</summary>
    public static readonly Policy<decimal> RigidSpending = new("monitoring.rigid_spending");

    /// <summary>Disability grades from 1 up to this count as severe.</summary>
    public static readonly Policy<int> SevereDisabilityGrade = new("monitoring.severe_disability_grade");

    // Whether a rule of screening is on.

    public static readonly Policy<bool> ScreenIncomeBelowLine = new("monitoring.screening.income_below_line");

    public static readonly Policy<bool> ScreenIncomeDrop = new("monitoring.screening.income_drop");

    public static readonly Policy<bool> ScreenMedicalSpending = new("monitoring.screening.medical_spending");

    public static readonly Policy<bool> ScreenRigidSpending = new("monitoring.screening.rigid_spending");

    public static readonly Policy<bool> ScreenUnsafeDwelling = new("monitoring.screening.unsafe_dwelling");

    public static readonly Policy<bool> ScreenUnsafeWater = new("monitoring.screening.unsafe_water");

    public static readonly Policy<bool> ScreenUninsuredMember = new("monitoring.screening.uninsured_member");

    public static readonly Policy<bool> ScreenNobodyEmployed = new("monitoring.screening.nobody_employed");

    public static readonly Policy<bool> ScreenDropOut = new("monitoring.screening.drop_out");

    /// <summary>Days from one run of screening by itself to the next; 0 is never.</summary>
    public static readonly Policy<int> ScreeningInterval = new("monitoring.screening.interval.days");

    /// <summary>Hour of the day, in Asia/Shanghai, from which it runs.</summary>
    public static readonly Policy<int> ScreeningHour = new("monitoring.screening.hour");

    /// <summary>Calendar days from aid in the green channel to the start of identification.</summary>
    public static readonly Policy<int> AidIdentificationDays = new("monitoring.aid.identification.days");

    /// <summary>Calendar days from the end of one full sweep of a division to the next.</summary>
    public static readonly Policy<int> SweepInterval = new("monitoring.sweep.interval.days");

    // ---- exit, notices and education aid

    /// <summary>Months for which support goes on after an exit.</summary>
    public static readonly Policy<int> ExitSupportMonths = new("monitoring.exit.support_months");

    /// <summary>What the county's authority that approves exits is called, after the county's name.</summary>
    public static readonly Policy<string> ExitAuthority = new("monitoring.exit.authority");

    /// <summary>Where a notice sends those who object.</summary>
    public static readonly Policy<string> NoticeContact = new("monitoring.notices.contact");

    // ---- department lists and asset verification

    /// <summary>Calendar days for which what a list says of people is kept.</summary>
    public static readonly Policy<int> ListKeepDays = new("monitoring.lists.keep_days");

    /// <summary>The day that parts what was before identification from what came after.</summary>
    public static readonly Policy<DateOnly> IdentificationCutOff = new("monitoring.identification.cut_off");

    /// <summary>Living area a head from which a timber dwelling of two storeys is vetoed.</summary>
    public static readonly Policy<decimal> VetoDwellingArea = new("monitoring.veto.dwelling_area");

    /// <summary>Value from which a vehicle, machine or ship is vetoed.</summary>
    public static readonly Policy<long> VetoVehicleValue = new("monitoring.veto.vehicle_value");

    /// <summary>Years for which a whole family has been away before it is vetoed.</summary>
    public static readonly Policy<int> VetoAbsenceYears = new("monitoring.veto.absence_years");

    // ---- sector support and key villages

    /// <summary>Calendar days after a quarter for collecting its income and expenditure.</summary>
    public static readonly Policy<int> IncomeCollectionDays = new("monitoring.income_collection.days");

    /// <summary>What a key village is to reach, and by when: income as a share of the county's average.</summary>
    public static readonly Policy<decimal> VillageIncome = new("monitoring.key_villages.income");

    public static readonly Policy<DateOnly> VillageIncomeDue = new("monitoring.key_villages.income.due");

    public static readonly Policy<decimal> VillageTapWater = new("monitoring.key_villages.tap_water.target");

    public static readonly Policy<DateOnly> VillageTapWaterDue = new("monitoring.key_villages.tap_water.due");

    public static readonly Policy<decimal> VillageToilets = new("monitoring.key_villages.sanitary_toilets.target");

    public static readonly Policy<DateOnly> VillageToiletsDue = new("monitoring.key_villages.sanitary_toilets.due");

    public static readonly Policy<long> VillageCollectiveIncome = new("monitoring.key_villages.collective_income");

    public static readonly Policy<DateOnly> VillageCollectiveIncomeDue = new("monitoring.key_villages.collective_income.due");

    /// <summary>Day of the month from which its meeting may be held.</summary>
    public static readonly Policy<int> MeetingFirstDay = new("monitoring.meeting.first_day");

    /// <summary>Days for which a family doctor is signed.</summary>
    public static readonly Policy<int> SigningDays = new("monitoring.family_doctor.days");

    /// <summary>Days from one visit of the family doctor to the next, by disease.</summary>
    public static readonly Policy<int> VisitHypertension = new("monitoring.family_doctor.visit.hypertension");

    public static readonly Policy<int> VisitDiabetes = new("monitoring.family_doctor.visit.diabetes");

    public static readonly Policy<int> VisitTuberculosis = new("monitoring.family_doctor.visit.tuberculosis");

    public static readonly Policy<int> VisitMentalDisorder = new("monitoring.family_doctor.visit.mental_disorder");

    // What a measure of each kind names in its details, separated by commas.

    public static readonly Policy<string> MeasuresOfIndustry = new("monitoring.measures.industry");

    public static readonly Policy<string> MeasuresOfEmployment = new("monitoring.measures.employment");

    public static readonly Policy<string> MeasuresOfEducation = new("monitoring.measures.education");

    public static readonly Policy<string> MeasuresOfHealth = new("monitoring.measures.health");

    public static readonly Policy<string> MeasuresOfHousing = new("monitoring.measures.housing");

    public static readonly Policy<string> MeasuresOfWater = new("monitoring.measures.water");

    public static readonly Policy<string> MeasuresOfMinimumLiving = new("monitoring.measures.minimum_living");

    public static readonly Policy<string> MeasuresOfTemporaryAid = new("monitoring.measures.temporary_aid");

    public static readonly Policy<string> MeasuresOfInsuranceSubsidy = new("monitoring.measures.insurance_subsidy");

    public static readonly Policy<string> MeasuresOfMicroCredit = new("monitoring.measures.micro_credit");

    public static readonly Policy<string> MeasuresOfPublicWelfarePost = new("monitoring.measures.public_welfare_post");

    /// <summary>Age at which a child begins school, and the years for which it has to attend.</summary>
    public static readonly Policy<int> SchoolAge = new("monitoring.school_age");

    public static readonly Policy<int> CompulsorySchooling = new("monitoring.compulsory_schooling.years");

    /// <summary>Age until which an orphan or unattended child counts as a child.</summary>
    public static readonly Policy<int> ChildAge = new("monitoring.child_age");

    /// <summary>Yearly subsidy of medical insurance for destitute people, orphans and unattended children.</summary>
    public static readonly Policy<long> SubsidyDestitute = new("monitoring.insurance_subsidy.destitute");

    public static readonly Policy<long> SubsidyDibao = new("monitoring.insurance_subsidy.dibao");

    public static readonly Policy<long> SubsidyMonitored = new("monitoring.insurance_subsidy.monitored");
}
