-- Households on their way to another authority. Both sides see the row; neither sees the other's registry.
create table hand_overs (
    id             uuid        primary key,
    household_id   uuid        not null references households,
    -- The origin's village.
    division       text        collate "C" not null,
    to_division    text        collate "C" not null check (to_division ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    statement      text        not null,
    -- What the destination may know before it accepts; the name is masked.
    householder    text        not null,
    member_count   int         not null,
    monitored_kind smallint    not null,
    -- 1 proposed, 2 accepted, 3 refused, 4 withdrawn.
    state          smallint    not null default 1 check (state between 1 and 4),
    reason         text        not null default '',
    proposed_date  date        not null,
    due_date       date        not null,
    due_citation   jsonb       not null,
    overdue_told   boolean     not null default false,
    version        bigint      not null default 1,
    create_time    timestamptz not null,
    update_time    timestamptz not null
);
create index hand_overs_division on hand_overs (division, id);
create index hand_overs_to_division on hand_overs (to_division, id);
create index hand_overs_household on hand_overs (household_id);
create unique index "MON-01.one_hand_over" on hand_overs (household_id) where state = 1;
create index hand_overs_due on hand_overs (due_date) where state = 1;
call scope_table('hand_overs');
create policy addressed on hand_overs
    using (to_division >= current_setting('governance.scope_from', true) and to_division < current_setting('governance.scope_to', true));

-- The one step across a border: an owner's function, because the destination does not see the household yet. It moves what a proposed
-- hand-over to the caller's division names, to a village within it, and only while the household still lives where it was proposed.
create function take_over(hand_over uuid, home text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp
    as $$
declare
    moved uuid;
begin
    update households set division = home
    from hand_overs
    where hand_overs.id = hand_over and hand_overs.state = 1 and starts_with(home, hand_overs.to_division)
      and hand_overs.to_division >= current_setting('governance.scope_from', true) and hand_overs.to_division < current_setting('governance.scope_to', true)
      and households.id = hand_overs.household_id and households.division = hand_overs.division and not households.closed
    returning households.id into moved;
    update members set division = home where household_id = moved;
    update incomes set division = home where household_id = moved;
    return moved is not null;
end
$$;
