using System.Globalization;
using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class OrganizationsService
{
    public override Task<ListExpiringTermsResponse> ListExpiringTerms(ListExpiringTermsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var (afterEnd, afterId) = ParseKey(page);
        var fields = new Fields();
        var until = fields.Date("until_date", request.UntilDate, required: false);
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var organizations = await transaction.ListTerms(until ?? transaction.Today, afterEnd, afterId, page.Limit);
            return new ListExpiringTermsResponse
            {
                NextPageToken = page.Cut(organizations, Key),
                Organizations = { organizations.Select(ToContract) },
            };
        });
    }

    static string Key(Organization organization) =>
        string.Create(CultureInfo.InvariantCulture, $"{organization.Facts.TermEnd:O} {organization.Id}");

    static (DateOnly End, Guid Id) ParseKey(Page page)
    {
        if (page.After.Length == 0)
            return (DateOnly.MinValue, Guid.Empty);
        var parts = page.After.Split(' ');
        return parts.Length == 2
            && DateOnly.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end)
            && Guid.TryParse(parts[1], out var id)
            ? (end, id)
            : throw Page.NotAToken();
    }
}
