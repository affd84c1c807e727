-- An event is published by a plain insert, of one or of a million: "insert into outbox (type, subject, division, version, data) select …".
-- The rest is the transaction's, which says it when it begins.
alter table outbox
    add column version     bigint,
    add column data        json,
    add column traceparent text;
update outbox
    set version = (event ->> 'sequence')::bigint, data = event -> 'data', traceparent = coalesce(event ->> 'traceparent', '');
alter table outbox
    drop column event,
    -- Nobody looks for it, and random numbers need no index to differ.
    drop constraint outbox_id_key,
    alter column id set default gen_random_uuid(),
    alter column created_time set default current_setting('governance.time')::timestamptz,
    alter column traceparent set default current_setting('governance.traceparent'),
    alter column version set not null,
    alter column data set not null,
    alter column traceparent set not null;

-- The CloudEvent that a row is. The trace goes on at the subscriber, however much later that is; Dapr leaves it alone when it finds its
-- own name for it, too.
create function cloud_event(event outbox, service text) returns text
    language sql stable
    as $$
    select format('{"specversion":"1.0","id":"%s","type":"%s","source":"/governance/%s","subject":%s,"time":"%s","datacontenttype":"application/json",'
                  '"division":"%s","sequence":"%s","partitionkey":%4$s%8$s,"data":%s}',
                  event.id, event.type, service, to_json(event.subject), to_char(event.created_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                  event.division, event.version, case when event.traceparent <> '' then format(',"traceparent":%s,"traceid":%1$s', to_json(event.traceparent)) end,
                  event.data)
    $$;

create function wake_relay() returns trigger
    language plpgsql
    as $$ begin notify outbox; return null; end $$;
create trigger wake_relay after insert on outbox for each statement execute function wake_relay();
