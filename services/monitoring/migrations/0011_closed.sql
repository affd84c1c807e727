-- Whether a household is closed, as a column of its own: of a table without statistics the planner takes next to no date to be null, and
-- joined an import's households one by one.
alter table households add column closed boolean not null default false;
drop policy not_closed on households;
create policy not_closed on households as restrictive for select using (not closed);

create or replace function close_household(household uuid, day date, at timestamptz) returns bigint
    language sql security definer set search_path = public, pg_temp
    as $$
    update households set closed = true, closed_date = day, version = version + 1, update_time = at
    where id = household and not closed
      and division >= current_setting('governance.scope_from', true) and division < current_setting('governance.scope_to', true)
    returning version
    $$;
