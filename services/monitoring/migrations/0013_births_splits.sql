-- A newborn is registered by its birth certificate; the identity number comes later, once, and until then there is a day for it.
alter table members
    add column identity_due_date     date,
    add column identity_due_citation jsonb,
    add column identity_overdue_told boolean not null default false;
create index members_identity_due on members (identity_due_date) where identity_due_date is not null;

-- What belongs to a member follows it when its household is split or merged. A new table of this kind takes one such trigger.
create function follow_member() returns trigger
    language plpgsql
    as $$
begin
    execute format('update %I set household_id = $1, division = $2 where member_id = $3', tg_argv[0]) using new.household_id, new.division, new.id;
    return null;
end
$$;
create trigger insurances_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('insurances');
create trigger subsidies_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('subsidies');
create trigger recognitions_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('recognitions');
