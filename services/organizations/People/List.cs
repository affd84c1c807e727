using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class PeopleService
{
    public override Task<ListPeopleResponse> ListPeople(ListPeopleRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var fields = new Fields();
        var division = fields.Division("division", request.Division, required: false);
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var people = await transaction.ListPeople(division, page);
            return new ListPeopleResponse
            {
                NextPageToken = page.Cut(people, person => person.Id.ToString()),
                People = { people.Select(ToContract) },
            };
        });
    }
}
