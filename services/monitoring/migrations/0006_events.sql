-- An event as the outbox keeps it, for statements that change many things at once and tell of each.
create function cloud_event(id uuid, type text, subject text, at timestamptz, division text, sequence bigint, data json) returns json
    language sql stable parallel safe
    as $$
    select json_build_object(
        'specversion', '1.0', 'id', id, 'type', type, 'source', '/governance/monitoring', 'subject', subject,
        'time', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'datacontenttype', 'application/json',
        'division', division, 'sequence', sequence::text, 'partitionkey', subject, 'data', data)
    $$;
