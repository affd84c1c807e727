-- Family doctors of the chronically ill.
create table signings (
    id              uuid       primary key,
    member_id       uuid       not null,
    household_id    uuid       not null,
    division        text       collate "C" not null,
    institution     text       not null,
    doctor          text       not null,
    diseases        smallint[] not null check (cardinality(diseases) > 0 and diseases <@ '{2,3,4,5}'),
    signed_date     date       not null,
    until_date      date       not null,
    last_visit_date date,
    finding         text       not null default '',
    visit_due_date  date       not null,
    citation        jsonb      not null,
    overdue_told    boolean    not null default false,
    version         bigint     not null default 1,
    check (until_date >= signed_date),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index signings_division on signings (division, id);
create index signings_household on signings (household_id);
create index signings_member on signings (member_id, until_date);
create index signings_due on signings (visit_due_date) where not overdue_told;
call scope_table('signings');

-- Patients of the 30 major diseases.
create table illnesses (
    id             uuid     primary key,
    member_id      uuid     not null,
    household_id   uuid     not null,
    division       text     collate "C" not null,
    disease        smallint not null check (disease between 1 and 30),
    diagnosed_date date     not null,
    -- 1 diagnosed, 2 in treatment, 3 followed up, 4 recovered.
    state          smallint not null default 1 check (state between 1 and 4),
    hospital       text     not null default '',
    note           text     not null default '',
    state_date     date     not null,
    version        bigint   not null default 1,
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index illnesses_division on illnesses (division, id);
create index illnesses_household on illnesses (household_id);
create unique index "MON-17.one_entry" on illnesses (member_id, disease);
call scope_table('illnesses');
