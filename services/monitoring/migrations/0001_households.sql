-- The registry. Enumerations are kept as the numbers that the contract gives them, so that nothing has to be translated.

create table households (
    id                    uuid        primary key,
    number                text        collate "C" not null unique,
    settlement_id         uuid,
    division              text        collate "C" not null check (division ~ '^[0-9]{12}$'),
    origin_division       text        collate "C" not null default '' check (origin_division ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})?$'),
    category              smallint    not null check (category between 1 and 2),
    low_income_categories smallint[]  not null default '{}',
    building              text        not null default '',
    unit                  text        not null default '',
    room                  text        not null default '',
    grid_id               uuid,
    dwelling_grade        smallint    not null default 0 check (dwelling_grade between 0 and 5),
    water_safety          smallint    not null default 0 check (water_safety between 0 and 2),
    monitored_kind        smallint    not null default 0 check (monitored_kind between 0 and 3),
    monitored_date        date,
    -- Set from identification until the plan is entered.
    plan_due_date         date,
    plan_due_citation     jsonb,
    plan_overdue_told     boolean     not null default false,
    version               bigint      not null default 1,
    create_time           timestamptz not null,
    update_time           timestamptz not null,
    constraint "MON-04.kind_fits" check (not (monitored_kind = 1 and category <> 1) and not (monitored_kind = 2 and category <> 2)),
    check ((monitored_kind = 0) = (monitored_date is null)),
    -- What belongs to a household carries its division for the scope, and follows it when it moves.
    unique (id, division)
);
create index households_division on households (division, id);
create index households_settlement on households (settlement_id, id);
create index households_plan_due on households (plan_due_date) where plan_due_date is not null;
call scope_table('households');

create table members (
    id                uuid       primary key,
    household_id      uuid       not null,
    division          text       collate "C" not null,
    name              text       not null,
    identity_sealed   bytea      not null,
    -- Keyed: whoever has the table alone learns nothing from it. A person belongs to one household of the province.
    identity_hash     bytea      not null unique,
    birth_date        date       not null,
    gender            smallint   not null check (gender between 1 and 2),
    relation          smallint   not null check (relation between 1 and 9),
    education         smallint   not null default 0 check (education between 0 and 5),
    health_conditions smallint[] not null default '{}',
    disability_grade  smallint   not null default 0 check (disability_grade between 0 and 4),
    labour_ability    smallint   not null default 0 check (labour_ability between 0 and 4),
    insurance         smallint   not null default 0 check (insurance between 0 and 3),
    school_status     smallint   not null default 0 check (school_status between 0 and 5),
    employed          boolean    not null default false
    -- No foreign key: it is checked row by row, which would cost an import more than everything else together. A member is written
    -- with its household in one transaction and by HouseholdStore and HouseholdImportStore alone.
);
create index members_household on members (household_id);
create unique index "MON-01.one_householder" on members (household_id) where relation = 1;
call scope_table('members');

-- Who is registered anywhere in the province, by keyed hash, and which household numbers are taken. The views are their owner's, so
-- they see past the scope; they tell that something is registered and nothing else about it. The empty second half keeps them from
-- being views that one could write through.
create view registered_people as
    select identity_hash, household_id from members union all select null, null where false;
create view registered_numbers as
    select number, id as household_id from households union all select null, null where false;
