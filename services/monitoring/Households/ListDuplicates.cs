using Google.Protobuf.WellKnownTypes;
using Governance.Monitoring.V1;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<ListDuplicatesResponse> ListDuplicates(ListDuplicatesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var duplicates = await transaction.Duplicates(page);
            var next = page.Cut(duplicates, duplicate => duplicate.Id.ToString());
            return new ListDuplicatesResponse { Duplicates = { duplicates.Select(ToContract) }, NextPageToken = next };
        });

    V1.Duplicate ToContract(Duplicate duplicate)
    {
        var number = Mask.Number(personal.Reveal(duplicate.Sealed));
        return new V1.Duplicate
        {
            Id = duplicate.Id.ToString(),
            IdentityNumber = duplicate.IsNewborn ? "" : number,
            BirthCertificateNumber = duplicate.IsNewborn ? number : "",
            MemberId = duplicate.Member.ToString(),
            HouseholdId = duplicate.Household.ToString(),
            Division = duplicate.Division,
            ClaimedDivision = duplicate.ClaimedDivision,
            ClaimedNumber = duplicate.ClaimedNumber,
            FirstClaimTime = duplicate.First.ToTimestamp(),
            LastClaimTime = duplicate.Last.ToTimestamp(),
        };
    }
}
