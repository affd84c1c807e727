using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;
using static Governance.Monitoring.V1.MemberChange.Types;
using Calendar = Governance.Platform.Calendar;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<ListHouseholdRevisionsResponse> ListHouseholdRevisions(ListHouseholdRevisionsRequest request,
        ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var id = Fields.ParseId("household_id", request.HouseholdId);
            var before = page.After.Length == 0 ? long.MaxValue
                : long.TryParse(page.After, CultureInfo.InvariantCulture, out var version) ? version : throw Page.NotAToken();

            var revisions = await transaction.Revisions(id, before, page.Limit);
            if (revisions.Count == 0)
                throw new NotFoundException("household", id.ToString());
            var people = await transaction.Memberships(id);
            // The row too many is what the last one shown is compared with.
            var shown = revisions.Select((revision, index) => ToContract(revision, revisions.ElementAtOrDefault(index + 1), people)).ToList();
            var next = page.Cut(shown, revision => revision.Household.Version.ToString(CultureInfo.InvariantCulture));
            return new ListHouseholdRevisionsResponse { Revisions = { shown }, NextPageToken = next };
        });

    HouseholdRevision ToContract(Revision revision, Revision? before, List<Membership> people)
    {
        var household = ToContract(revision.With(people).Summary());
        var shown = new HouseholdRevision
        {
            Household = household,
            CreateTime = revision.Updated.ToTimestamp(),
            Actor = revision.Actor,
            ActorName = revision.ActorName,
            Action = revision.Action,
            MemberChanges = { Changes(revision.Version, people) },
        };
        if (before is not null)
            shown.ChangedFields.Add(Differences(ToContract(before.With(people).Summary()), household).Except(["members", "version", "update_time"]));
        return shown;
    }

    /// <summary>What became of whom by the change that made <paramref name="version"/>.</summary>
    IEnumerable<MemberChange> Changes(long version, List<Membership> people)
    {
        foreach (var person in people.Where(person => person.From == version))
        {
            var before = people.Find(other => other.Until == version && other.Member.Id == person.Member.Id);
            if (before is null)
                yield return new MemberChange { MemberId = Id(person), Kind = Kind.Added, OtherHouseholdId = person.CameFrom?.ToString() ?? "" };
            else if (Differences(ToContract(before.Member, masked: false), ToContract(person.Member, masked: false)).ToList() is { Count: > 0 } fields)
                yield return new MemberChange { MemberId = Id(person), Kind = Kind.Changed, ChangedFields = { fields } };
        }
        foreach (var person in people.Where(person => person.Until == version))
        {
            if (people.Exists(other => other.From == version && other.Member.Id == person.Member.Id))
                continue;
            yield return new MemberChange
            {
                MemberId = Id(person),
                Kind = Kind.Removed,
                RemovalReason = person.Reason,
                RemovalDate = Calendar.Format(person.Left),
                OtherHouseholdId = person.WentTo?.ToString() ?? "",
            };
        }

        static string Id(Membership person) => person.Member.Id.ToString();
    }

    /// <summary>The names of the fields in which two messages differ.</summary>
    static IEnumerable<string> Differences<T>(T left, T right) where T : IMessage<T> =>
        left.Descriptor.Fields.InDeclarationOrder()
            .Where(field => !Equals(field.Accessor.GetValue(left), field.Accessor.GetValue(right)))
            .Select(field => field.Name);
}
