-- The procedures that are about one household, and go along with it when it moves: those of its clues, clearances and pupils. An exit list and a
-- submission of verifications are a village's and stay there.
create view household_procedures with (security_invoker = true) as
    select household_id, procedure_id, state = 2 as running from clues where procedure_id is not null
    union all
    select household_id, procedure_id, state = 1 from clearances
    union all
    select household_id, procedure_id, state = 1 from education_aids;

-- Households that a village's list holds where they are. The view is its owner's and sees past the scope: who takes a household over does not see
-- the list of the village that it leaves. It tells that there is one and nothing else.
create view households_on_village_lists as
    select household_id from exit_households where state = 1
    union all
    select household_id from verifications where state = 3;

-- As before, but the household's procedures come along; whose step is open the service then says by their definitions.
create or replace function take_over(hand_over uuid, home text) returns boolean
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
    update procedures set division = home where id in (select procedure_id from household_procedures where household_id = moved);
    return moved is not null;
end
$$;
