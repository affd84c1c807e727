-- Who is at school in a term, as the schools' registers say; of them, members alone.
create table enrolments (
    member_id    uuid        not null,
    -- Twice the year in which the school year begins, and one more in its second term.
    period       int         not null check (period between 4000 and 4201),
    household_id uuid        not null,
    division     text        collate "C" not null,
    school       text        not null,
    grade        text        not null default '',
    update_time  timestamptz not null,
    primary key (member_id, period)
);
create index enrolments_household on enrolments (household_id);
call scope_table('enrolments');
create trigger enrolments_follow after update of division on households
    for each row when (old.division <> new.division) execute function follow_household('enrolments');
create trigger enrolments_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('enrolments');

-- What came of comparing them with the registry's children.
create table enrolment_comparisons (
    id            uuid  primary key,
    division      text  collate "C" not null check (division ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    period        int   not null,
    compared_date date  not null,
    children      int   not null,
    enrolled      int   not null,
    suspected     int   not null,
    known         int   not null,
    citations     jsonb not null
);
create index enrolment_comparisons_division on enrolment_comparisons (division, id);
call scope_table('enrolment_comparisons');
create trigger enrolment_comparisons_are_final before update or delete or truncate on enrolment_comparisons
    for each statement execute function refuse_change();

-- A case is found on no school's register, too.
alter table drop_outs
    drop constraint drop_outs_source_check,
    add constraint drop_outs_source_check check (source between 1 and 3);
