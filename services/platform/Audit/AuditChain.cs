using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Governance.Platform.Data;
using Npgsql;

namespace Governance.Platform.Audit;

/// <summary>An entry of the trail as it was written.</summary>
sealed record AuditRow(
    long Number, string TransactionId, DateTimeOffset Time, string Actor, string ActorName, string Division, string Action,
    string[] Subjects, string Purpose, string TraceId)
{
    /// <summary>Reads the columns that <see cref="AuditChain"/> selects, from <paramref name="at"/> on.</summary>
    public static AuditRow From(NpgsqlDataReader row, int at = 0) => new(
        row.GetInt64(at), row.GetString(at + 1), row.GetFieldValue<DateTimeOffset>(at + 2), row.GetString(at + 3), row.GetString(at + 4),
        row.GetString(at + 5), row.GetString(at + 6), row.GetFieldValue<string[]>(at + 7), row.GetString(at + 8), row.GetString(at + 9));

    /// <summary>
    /// SHA-256 of <paramref name="before"/> and of every field, each behind its length, so that no two entries read the same. It is
    /// spelled out here because a serializer that changes its mind would break every chain.
    /// </summary>
    public byte[] Hash(ReadOnlySpan<byte> before)
    {
        var canonical = new ArrayBufferWriter<byte>(512);
        canonical.Write(before);
        Add(Number.ToString(CultureInfo.InvariantCulture));
        Add(TransactionId);
        Add((Time.UtcTicks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture));
        Add(Actor);
        Add(ActorName);
        Add(Division);
        Add(Action);
        Add(Subjects.Length.ToString(CultureInfo.InvariantCulture));
        foreach (var subject in Subjects)
            Add(subject);
        Add(Purpose);
        Add(TraceId);
        return SHA256.HashData(canonical.WrittenSpan);

        void Add(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            var span = canonical.GetSpan(sizeof(int) + length);
            BinaryPrimitives.WriteInt32BigEndian(span, length);
            Encoding.UTF8.GetBytes(text, span[sizeof(int)..]);
            canonical.Advance(sizeof(int) + length);
        }
    }
}

/// <summary>
/// What a walk along the chain found: how many entries fit, the last hash, and the first entry that does not, 0 when all do.
/// </summary>
sealed record AuditFinding(long Entries, byte[] Head, long FirstBroken);

/// <summary>
/// Chains the entries in an order that all agree on, that of their transactions, so that none can be changed, removed or slipped in
/// between without breaking every hash after it.
/// </summary>
static class AuditChain
{
    const int BatchSize = 1000;

    static readonly byte[] _beginning = new byte[SHA256.HashSizeInBytes];

    sealed record Link(long Position, string TransactionId, long Number, byte[] Hash);

    /// <summary>Seals what was committed before every running transaction; the rest waits for its turn.</summary>
    public static async Task Seal(Database database, CancellationToken cancellation)
    {
        while (await database.TransactAsSystem("seal", SealBatch, cancellation) == BatchSize)
        {
        }
    }

    static async Task<int> SealBatch(Transaction transaction)
    {
        // The worker and a verification may meet here.
        await transaction.Query("select pg_advisory_xact_lock(hashtextextended('audit_chain', 0))", _ => true);
        var last = await transaction.First(
            "select position, transaction_id::text, number, hash from audit_chain order by position desc limit 1",
            row => new Link(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3)))
            ?? new Link(0, "0", 0, _beginning);
        var rows = await transaction.Query(
            """
            select number, transaction_id::text, time, actor, actor_name, division, action, subjects, purpose, trace_id from audit
            where (transaction_id, number) > ($1::xid8, $2) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            order by audit.transaction_id, number limit $3
            """,
            row => AuditRow.From(row), last.TransactionId, last.Number, BatchSize);
        if (rows.Count == 0)
            return 0;

        var hashes = new List<byte[]>(rows.Count);
        foreach (var row in rows)
            hashes.Add(row.Hash(hashes.Count == 0 ? last.Hash : hashes[^1]));
        // Sealing is no act of anybody's: with an entry of its own it would never come to an end.
        transaction.Recorded = true;
        await transaction.Execute(
            """
            insert into audit_chain (position, number, transaction_id, hash)
            select $1 + ordinality, number, transaction_id::xid8, hash
            from unnest($2::bigint[], $3::text[], $4::bytea[]) with ordinality as link (number, transaction_id, hash, ordinality)
            """,
            last.Position, rows.ConvertAll(row => row.Number), rows.ConvertAll(row => row.TransactionId), hashes);
        return rows.Count;
    }

    /// <summary>Walks the whole chain.</summary>
    public static Task<AuditFinding> Verify(Database database, CancellationToken cancellation) =>
        database.TransactAsSystem("verify", async transaction =>
    {
        var entries = 0L;
        var head = _beginning;
        var links = transaction.Stream(
            """
            select chain.position, chain.number, chain.hash,
                entry.number, entry.transaction_id::text, time, actor, actor_name, division, action, subjects, purpose, trace_id
            from audit_chain as chain left join audit as entry using (number) order by chain.position
            """,
            row => (Position: row.GetInt64(0), Number: row.GetInt64(1), Hash: row.GetFieldValue<byte[]>(2),
                Entry: row.IsDBNull(3) ? null : AuditRow.From(row, 3)));
        await foreach (var link in links)
        {
            if (link.Position != entries + 1 || link.Entry is null || !link.Entry.Hash(head).AsSpan().SequenceEqual(link.Hash))
                return new AuditFinding(entries, head, link.Number);
            entries++;
            head = link.Hash;
        }
        // An entry that was slipped in behind the sealer's back stands before the end of the chain and is not in it.
        var slippedIn = await transaction.First(
            """
            select entry.number from audit as entry
            where (entry.transaction_id, entry.number) <= (select transaction_id, number from audit_chain order by position desc limit 1)
              and not exists (select from audit_chain as chain where chain.number = entry.number)
            order by entry.transaction_id, entry.number limit 1
            """,
            row => row.GetInt64(0));
        return new AuditFinding(entries, head, slippedIn);
    }, cancellation);

    /// <summary>Whether the chain ever had <paramref name="head"/> as its end; the beginning always was.</summary>
    public static Task<bool> Knows(Database database, byte[] head, CancellationToken cancellation) =>
        database.TransactAsSystem("verify", transaction =>
        transaction.First("select exists (select from audit_chain where hash = $1)", row => row.GetBoolean(0), head), cancellation);
}
