-- What a quarter said before it was corrected or added up, and who replaced it.
create table income_history (
    household_id uuid        not null,
    period       int         not null,
    version      bigint      not null,
    -- Where the household lived then.
    division     text        collate "C" not null,
    until        timestamptz not null,
    actor        text        not null,
    actor_name   text        not null,
    action       text        not null,
    content      jsonb       not null,
    primary key (household_id, period, version)
);
call scope_table('income_history');
create policy lives_here on income_history for select using (exists (select from households where households.id = income_history.household_id));

create function keep_incomes() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
begin
    insert into income_history (household_id, period, version, division, until, actor, actor_name, action, content)
    select before.household_id, before.period, before.version, before.division,
           coalesce(nullif(current_setting('governance.time', true), '')::timestamptz, now()), coalesce(current_setting('governance.actor', true), ''),
           coalesce(current_setting('governance.actor_name', true), ''), coalesce(current_setting('governance.action', true), ''), to_jsonb(before)
    from rows_before as before
    -- A quarter that moves with its household is not another one.
    where not exists (select from incomes as same where same.household_id = before.household_id and same.period = before.period and same.version = before.version)
    on conflict do nothing;
    return null;
end
$$;
create trigger keep after update on incomes referencing old table as rows_before for each statement execute function keep_incomes();
create trigger keep_removed after delete on incomes referencing old table as rows_before for each statement execute function keep_incomes();
