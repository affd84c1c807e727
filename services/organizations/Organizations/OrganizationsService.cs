using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Rpc;

namespace Governance.Organizations;

sealed partial class OrganizationsService(Database database) : V1.Organizations.OrganizationsBase
{
    static OrganizationFacts Facts(Fields fields, V1.Organization organization) => new(
        fields.Text("organization.name", organization.Name, max: 100),
        fields.Date("organization.term_start_date", organization.TermStartDate, required: false),
        fields.Date("organization.term_end_date", organization.TermEndDate, required: false),
        [
            .. organization.Members.Select((member, i) => new Member(
                fields.Id($"organization.members[{i}].person_id", member.PersonId),
                fields.Choice($"organization.members[{i}].post", member.Post))),
        ]);

    static V1.Organization ToContract(Organization organization) => new()
    {
        Id = organization.Id.ToString(),
        SettlementId = organization.SettlementId.ToString(),
        Kind = organization.Kind,
        Name = organization.Facts.Name,
        FoundingDate = Calendar.Format(organization.FoundingDate),
        TermStartDate = Calendar.Format(organization.Facts.TermStart),
        TermEndDate = Calendar.Format(organization.Facts.TermEnd),
        Members =
        {
            organization.Facts.Members.Select(member => new V1.OrganizationMember
            {
                PersonId = member.PersonId.ToString(), Post = member.Post, Name = member.Name,
            }),
        },
        DissolutionDate = Calendar.Format(organization.DissolutionDate),
        Division = organization.Division,
        Version = organization.Version,
    };
}
