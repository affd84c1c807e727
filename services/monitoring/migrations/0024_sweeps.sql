-- Sweeps: every household of a division, as registered when the sweep was opened, is visited.
create table sweeps (
    id                uuid        primary key,
    division          text        collate "C" not null check (division ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    title             text        not null,
    opened_date       date        not null,
    until_date        date        not null check (until_date >= opened_date),
    closed_date       date,
    next_due_date     date,
    next_due_citation jsonb,
    version           bigint      not null default 1,
    create_time       timestamptz not null,
    check ((closed_date is null) = (next_due_date is null))
);
create index sweeps_division on sweeps (division);
call scope_table('sweeps');
-- Whoever works in a village sees the sweep of its county.
create policy covers_me on sweeps for select using (starts_with(current_setting('governance.scope_from', true), division));

create table sweep_visits (
    sweep_id     uuid     not null references sweeps (id),
    household_id uuid     not null,
    division     text     collate "C" not null,
    grid_id      uuid,
    worker       text     not null default '',
    -- 1 waiting, 2 visited, 3 absent, 4 excused.
    state        smallint not null default 1 check (state between 1 and 4),
    visit_date   date,
    note         text     not null default '',
    at_risk      boolean  not null default false check (not at_risk or state = 2),
    clue_id      uuid,
    primary key (sweep_id, household_id),
    check ((state = 1) = (visit_date is null)),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index sweep_visits_household on sweep_visits (household_id);
create index sweep_visits_division on sweep_visits (sweep_id, division);
call scope_table('sweep_visits');

-- Households that a sweep found and that were not registered.
create table unregistered (
    id           uuid primary key,
    sweep_id     uuid not null references sweeps (id),
    division     text collate "C" not null check (division ~ '^[0-9]{12}$'),
    description  text not null,
    found_date   date not null,
    household_id uuid
);
create index unregistered_sweep on unregistered (sweep_id, id);
call scope_table('unregistered');
