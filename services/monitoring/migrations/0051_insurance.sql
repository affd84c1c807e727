-- What belongs to members in millions has no foreign key to follow its household by: this does it, and costs nothing while nobody moves.
create function follow_household() returns trigger
    language plpgsql
    as $$
begin
    execute format('update %I set division = $1 where household_id = $2', tg_argv[0]) using new.division, new.id;
    return null;
end $$;

-- Medical insurance as the insurance bureau's list of a year says.
create table insurances (
    member_id    uuid        not null,
    year         int         not null check (year between 2000 and 2100),
    household_id uuid        not null,
    division     text        collate "C" not null,
    insurance    smallint    not null check (insurance between 1 and 3),
    update_time  timestamptz not null,
    primary key (member_id, year)
);
create index insurances_household on insurances (household_id);
call scope_table('insurances');
create trigger insurances_follow after update of division on households
    for each row when (old.division <> new.division) execute function follow_household('insurances');

-- What a county confirmed in one go.
create table confirmations (
    id             uuid   primary key,
    division       text   collate "C" not null,
    year           int    not null,
    subsidies      int    not null default 0,
    amount_fen     bigint not null default 0,
    confirmed_date date   not null
);
call scope_table('confirmations');

create table subsidies (
    id              uuid     primary key,
    confirmation_id uuid     not null references confirmations,
    member_id       uuid     not null,
    household_id    uuid     not null,
    division        text     collate "C" not null,
    year            int      not null,
    category        smallint not null check (category between 1 and 3),
    amount_fen      bigint   not null check (amount_fen > 0),
    citation        jsonb    not null,
    -- 1 due, 2 paid, 3 failed.
    state           smallint not null default 1 check (state between 1 and 3),
    state_date      date,
    failure         smallint not null default 0,
    -- The sequence of the payment's event that was applied last.
    payment_version bigint   not null default 0,
    version         bigint   not null default 1,
    constraint "MON-16.subsidy_once" unique (member_id, year)
);
create index subsidies_division on subsidies (division, id);
create index subsidies_household on subsidies (household_id);
create index subsidies_confirmation on subsidies (confirmation_id, id);
call scope_table('subsidies');
create trigger subsidies_follow after update of division on households
    for each row when (old.division <> new.division) execute function follow_household('subsidies');
