using Npgsql;

namespace Governance.Platform.Personal;

/// <summary>
/// Where a database keeps what was made with a key: <paramref name="Value"/> is SQL that reads the bytes from a row of <paramref name="Table"/>,
/// <paramref name="Assignment"/> SQL that puts <c>fresh</c> ones in their place.
/// </summary>
sealed record SecretColumn(string Table, string Name, string Value, string Assignment)
{
    /// <summary>
    /// The columns that are called, or by their comment would be called, <c>&lt;what&gt;_&lt;kind&gt;</c>, and then their copies in rows that a
    /// history keeps as JSON.
    /// </summary>
    public static async Task<List<SecretColumn>> Find(NpgsqlConnection connection, string kind, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            with columns as (
                select attrelid, attrelid::regclass::text as place, attname, atttypid, coalesce(col_description(attrelid, attnum), attname) as called
                from pg_attribute join pg_class on pg_class.oid = attrelid
                where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
            ), secret as (
                select * from columns where atttypid = 'bytea'::regtype and called like '%\_' || $1
            )
            select place, format('%s.%I', place, attname), format('%I', attname), format('%I = fresh', attname), 1 from secret
            union all
            select place, format('%s.%I.%I', place, attname, key), format('decode(substr(%I ->> %L, 3), ''hex'')', attname, key),
                   format('%1$I = jsonb_set(%1$I, array[%2$L], to_jsonb(''\x'' || encode(fresh, ''hex'')))', attname, key), 2
            from columns cross join (select distinct attname as key from secret) as keys
            where atttypid = 'jsonb'::regtype and attname = 'content'
            order by 5, 2
            """, connection) { Parameters = { new() { Value = kind } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var columns = new List<SecretColumn>();
        while (await reader.ReadAsync(cancellation))
            columns.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return columns;
    }

    /// <summary>Puts <paramref name="fresh"/> bytes into the rows at <paramref name="places"/>, which must be locked.</summary>
    public async Task<int> Replace(NpgsqlConnection connection, List<string> places, List<byte[]> fresh, CancellationToken cancellation)
    {
        // The names come quoted from the catalogue.
        await using var command = new NpgsqlCommand(
            $"update {Table} set {Assignment} from unnest($1::tid[], $2::bytea[]) as row (place, fresh) where {Table}.ctid = place", connection)
        {
            Parameters = { new() { Value = places }, new() { Value = fresh } },
        };
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
