-- What households and members were before every change, who changed them and when. A row is kept when it is replaced, never when it is made:
-- an import of new households writes nothing here. What one transaction makes and replaces itself was never seen and is not kept.

alter table households
    -- Closed: merged into another, or its last member died or left. Kept for what refers to it and shown by its history alone.
    add column closed_date    date,
    add column transaction_id xid8 not null default '0',
    add column actor          text not null default '',
    add column actor_name     text not null default '',
    add column action         text not null default '';
alter table households
    alter column transaction_id set default pg_current_xact_id(),
    alter column actor          set default coalesce(current_setting('governance.actor', true), ''),
    alter column actor_name     set default coalesce(current_setting('governance.actor_name', true), ''),
    alter column action         set default coalesce(current_setting('governance.action', true), '');
create policy not_closed on households as restrictive for select using (closed_date is null);

-- The transaction that brought a member, or made it what it is; its version of the household is found by it.
alter table members add column transaction_id xid8 not null default '0';
alter table members alter column transaction_id set default pg_current_xact_id();

-- The content is the whole row as it was, so that a column that comes later is kept without a change here. Names lie in it as in the
-- registry, numbers sealed.
create table household_history (
    household_id   uuid        not null,
    version        bigint      not null,
    -- Where it lived then.
    division       text        collate "C" not null,
    transaction_id xid8        not null,
    until          timestamptz not null,
    content        jsonb       not null,
    primary key (household_id, version)
);
create table member_history (
    member_id            uuid     not null,
    household_id         uuid     not null,
    division             text     collate "C" not null,
    transaction_id       xid8     not null,
    until_transaction_id xid8     not null,
    content              jsonb    not null,
    -- Why and when a person left the household; 0 for a mere change.
    removal_reason       smallint not null default 0,
    removal_date         date,
    primary key (member_id, transaction_id)
);
create index member_history_household on member_history (household_id);

-- Where a household lives now, all of its past is seen; where it lived before, what it was until it left.
call scope_table('household_history');
call scope_table('member_history');
create policy lives_here on household_history for select using (exists (select from households where households.id = household_history.household_id));
create policy lives_here on member_history for select using (exists (select from households where households.id = member_history.household_id));

-- Which transaction made which version: its owner's view, so that the past of a place can be told apart from what came after; it tells no more.
create view household_versions as
    select id as household_id, version, transaction_id from households union all select household_id, version, transaction_id from household_history;

create function stamp_household() returns trigger
    language plpgsql
    as $$
begin
    new.transaction_id := pg_current_xact_id();
    new.actor := coalesce(current_setting('governance.actor', true), '');
    new.actor_name := coalesce(current_setting('governance.actor_name', true), '');
    new.action := coalesce(current_setting('governance.action', true), '');
    return new;
end
$$;
create trigger stamp before update on households for each row when (old.version <> new.version) execute function stamp_household();

create function stamp_member() returns trigger
    language plpgsql
    as $$ begin new.transaction_id := pg_current_xact_id(); return new; end $$;
create trigger stamp before update on members for each row execute function stamp_member();

-- An owner's functions: whoever changes a row keeps what it was, and nobody writes history otherwise. A change that comes in two
-- statements, content first and version later, is kept by the first.
create function keep_households() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
begin
    insert into household_history (household_id, version, division, transaction_id, until, content)
    select before.id, before.version, before.division, before.transaction_id,
           coalesce(nullif(current_setting('governance.time', true), '')::timestamptz, now()), to_jsonb(before)
    from rows_before as before join rows_after as after using (id)
    where before.transaction_id <> pg_current_xact_id()
      and to_jsonb(before) - '{plan_due_date,plan_due_citation,plan_overdue_told}'::text[]
          is distinct from to_jsonb(after) - '{plan_due_date,plan_due_citation,plan_overdue_told}'::text[]
    on conflict do nothing;
    -- Nobody sees the row of a closed household any more.
    insert into household_history (household_id, version, division, transaction_id, until, content)
    select id, version, division, transaction_id, 'infinity', to_jsonb(after) from rows_after as after where closed_date is not null;
    return null;
end
$$;
create trigger keep after update on households referencing old table as rows_before new table as rows_after
    for each statement execute function keep_households();

create function keep_members() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
begin
    insert into member_history (member_id, household_id, division, transaction_id, until_transaction_id, content)
    select before.id, before.household_id, before.division, before.transaction_id, pg_current_xact_id(), to_jsonb(before)
    from rows_before as before where before.transaction_id <> pg_current_xact_id();
    return null;
end
$$;
create trigger keep after update on members referencing old table as rows_before for each statement execute function keep_members();
create trigger keep_removed after delete on members referencing old table as rows_before for each statement execute function keep_members();

-- Closing hides the row from the role that serves, which may therefore not do it by itself.
create function close_household(household uuid, day date, at timestamptz) returns bigint
    language sql security definer set search_path = public, pg_temp
    as $$
    update households set closed_date = day, version = version + 1, update_time = at
    where id = household and closed_date is null
      and division >= current_setting('governance.scope_from', true) and division < current_setting('governance.scope_to', true)
    returning version
    $$;
