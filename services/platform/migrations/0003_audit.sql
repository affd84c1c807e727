-- Who did what to whom, and why. Rows are only ever added: the trigger stands in everybody's way who is not the server's superuser,
-- and the chain shows what a superuser did.
create table audit (
    number         bigint generated always as identity primary key,
    transaction_id xid8        not null default pg_current_xact_id(),
    time           timestamptz not null,
    actor          text        not null,
    actor_name     text        not null,
    division       text        collate "C" not null,
    action         text        not null,
    subjects       text[]      not null,
    purpose        text        not null,
    trace_id       text        not null
);
create index audit_sealing on audit (transaction_id, number);
create index audit_subjects on audit using gin (subjects);
call scope_table('audit');

-- Each committed entry in its place: hash = SHA-256(hash before ‖ entry). Only the service itself seals and verifies.
create table audit_chain (
    position       bigint not null primary key,
    number         bigint not null unique,
    transaction_id xid8   not null,
    hash           bytea  not null
);

create function refuse_change() returns trigger
    language plpgsql
    as $$ begin raise exception 'rows of % are final', tg_table_name; end $$;
create trigger append_only before update or delete or truncate on audit for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on audit_chain for each statement execute function refuse_change();
