using Google.Protobuf.WellKnownTypes;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;

namespace Governance.Organizations;

sealed partial class SettlementsService(Database database, PolicyBook policies) : V1.Settlements.SettlementsBase
{
    static SettlementFacts Facts(Fields fields, V1.Settlement settlement) => new(
        fields.Text("settlement.name", settlement.Name),
        fields.Division("settlement.division", settlement.Division, minDigits: 6),
        settlement.Urban,
        (int)fields.Number("settlement.households", settlement.Households, max: 1_000_000),
        (int)fields.Number("settlement.population", settlement.Population, max: 10_000_000),
        fields.Date("settlement.built_date", settlement.BuiltDate, required: false),
        settlement.Qualified,
        fields.Text("settlement.party_covered_by", settlement.PartyCoveredBy, required: false),
        fields.Text("settlement.committee_covered_by", settlement.CommitteeCoveredBy, required: false));

    static V1.Settlement ToContract(Standing standing)
    {
        var (settlement, facts, size) = (standing.Settlement, standing.Settlement.Facts, standing.Settlement.Size);
        return new()
        {
            Id = settlement.Id.ToString(),
            Name = facts.Name,
            Division = facts.Division,
            Urban = facts.Urban,
            Households = facts.Households,
            Population = facts.Population,
            BuiltDate = Calendar.Format(facts.BuiltDate),
            Qualified = facts.Qualified,
            PartyCoveredBy = facts.PartyCoveredBy,
            CommitteeCoveredBy = facts.CommitteeCoveredBy,
            Scale = size.Scale,
            ScaleCitation = size.ScaleCitation,
            ManagementUnit = size.Unit,
            ManagementUnitCitation = size.UnitCitation,
            PartyCoverage = standing.Party,
            CommitteeCoverage = standing.Committee,
            Covered = standing.Covered,
            OneShoulder = standing.OneShoulder,
            Version = settlement.Version,
            CreateTime = settlement.CreateTime.ToTimestamp(),
            UpdateTime = settlement.UpdateTime.ToTimestamp(),
        };
    }
}
