-- Events on their way out. A row is written by the transaction that caused it; the relay sends it; the feed keeps it.
create table outbox (
    sequence        bigint generated always as identity primary key,
    -- Orders the feed: a reader takes only transactions older than every running one, so none that commits late is skipped.
    transaction_id  xid8        not null default pg_current_xact_id(),
    id              uuid        not null unique,
    type            text        not null,
    subject         text        not null,
    division        text        collate "C" not null,
    event           json        not null,
    created_time    timestamptz not null,
    sent_time       timestamptz,
    attempts        int         not null default 0,
    next_attempt    timestamptz,
    parked_time     timestamptz,
    error           text
);
create index outbox_waiting on outbox (sequence) where sent_time is null and parked_time is null;
create index outbox_held on outbox (next_attempt) where next_attempt is not null and sent_time is null and parked_time is null;
create index outbox_feed on outbox (transaction_id, sequence);
call scope_table('outbox');

-- Ids of the events that took effect here. The row and the effect are one transaction.
create table inbox (
    event_id      text        not null primary key,
    received_time timestamptz not null
);

-- Events that could not be taken in after every retry; kept until somebody replays them.
create table dead_letters (
    event_id      text        not null primary key,
    topic         text        not null,
    type          text        not null,
    subject       text        not null,
    division      text        collate "C" not null,
    event         json        not null,
    received_time timestamptz not null,
    replayed_time timestamptz
);
call scope_table('dead_letters');
