-- Targeted help for a monitored household.
create table plans (
    id                 uuid   primary key,
    household_id       uuid   not null,
    division           text   collate "C" not null,
    responsible_person text   not null,
    goal               text   not null,
    -- Null for a household that was monitored before it was registered here.
    due_date           date,
    due_citation       jsonb,
    entered_date       date   not null,
    closed_date        date,
    version            bigint not null default 1,
    unique (id, division),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index plans_division on plans (division, id);
create unique index "MON-08.one_plan" on plans (household_id) where closed_date is null;
call scope_table('plans');

create table measures (
    id                 uuid     primary key,
    plan_id            uuid     not null,
    division           text     collate "C" not null,
    kind               smallint not null check (kind between 1 and 11),
    description        text     not null,
    responsible_person text     not null,
    start_date         date     not null,
    result             text     not null default '',
    end_date           date,
    constraint "MON-08.measure_ends" check (end_date >= start_date),
    check ((end_date is null) = (result = '')),
    foreign key (plan_id, division) references plans (id, division) on update cascade
);
create index measures_plan on measures (plan_id);
call scope_table('measures');
