using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Audit;

/// <summary>Answers a service's rpcs about its audit trail: who did what, and whether the trail is whole.</summary>
public sealed class AuditDesk(Database database)
{
    /// <summary>Lists the entries of the caller's division, newest first.</summary>
    public Task<ListAuditEntriesResponse> List(ListAuditEntriesRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var before = long.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
        return database.Transact(context, async transaction =>
        {
            var entries = await transaction.Query(
                """
                select number, transaction_id::text, time, actor, actor_name, division, action, subjects, purpose, trace_id from audit
                where number < $1 and ($2 = '' or subjects @> array[$2]) and ($3 = '' or actor = $3)
                order by number desc limit $4
                """,
                row => ToContract(AuditRow.From(row)), before, request.Subject, request.Actor, page.Limit);
            var next = page.Cut(entries, entry => entry.Number.ToString(CultureInfo.InvariantCulture));
            return new ListAuditEntriesResponse { NextPageToken = next, Entries = { entries } };
        });
    }

    /// <summary>
    /// Seals what is not sealed yet and walks the whole chain, whatever the caller's division: it says whether the trail is whole and
    /// nothing of what it holds. Only a head that was noted elsewhere shows that the end of the chain is missing.
    /// </summary>
    public async Task<VerifyAuditResponse> Verify(VerifyAuditRequest request, ServerCallContext context)
    {
        var knownHead = KnownHead(request.KnownHead);
        await AuditChain.Seal(database, context.CancellationToken);
        var finding = await AuditChain.Verify(database, context.CancellationToken);
        if (finding.FirstBroken == 0 && knownHead.Length > 0 && !await AuditChain.Knows(database, knownHead, context.CancellationToken))
            finding = finding with { FirstBroken = finding.Entries + 1 };
        return new VerifyAuditResponse
        {
            Intact = finding.FirstBroken == 0,
            Entries = finding.Entries,
            FirstBrokenEntry = finding.FirstBroken,
            Head = Convert.ToHexStringLower(finding.Head),
        };
    }

    static byte[] KnownHead(string head)
    {
        try
        {
            return Convert.FromHexString(head);
        }
        catch (FormatException)
        {
            throw new InvalidException("known_head", "NOT_A_HEAD", "known_head 必须是以前核验返回的 head。",
                "\"known_head\" must be the head of an earlier answer.");
        }
    }

    static AuditEntry ToContract(AuditRow row) => new()
    {
        Number = row.Number,
        Time = row.Time.ToTimestamp(),
        Actor = row.Actor,
        ActorName = row.ActorName,
        Division = row.Division,
        Action = row.Action,
        Subjects = { row.Subjects },
        Purpose = row.Purpose,
        TraceId = row.TraceId,
    };
}
