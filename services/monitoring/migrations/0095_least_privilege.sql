-- What a program that has gone wrong could still do within a county's scope, the database refuses.

-- The destination sees a hand-over and decides it; only the origin proposes one. Whose household goes where, and what was decided, stays.
drop policy addressed on hand_overs;
create policy addressed_reads on hand_overs for select
    using (to_division >= current_setting('governance.scope_from', true) and to_division < current_setting('governance.scope_to', true));
create policy addressed_decides on hand_overs for update
    using (to_division >= current_setting('governance.scope_from', true) and to_division < current_setting('governance.scope_to', true));

create function keep_hand_over() returns trigger
    language plpgsql
    as $$
begin
    if old.state <> 1 or (old.id, old.household_id, old.division, old.to_division) is distinct from (new.id, new.household_id, new.division, new.to_division) then
        raise exception 'what was proposed or decided in a hand-over is final' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger keep before update on hand_overs for each row execute function keep_hand_over();

-- Of a hand-over, and of nothing else, an event may lie with the other side.
create policy hand_over on outbox for insert with check (
    case when division >= current_setting('governance.scope_from', true) and division < current_setting('governance.scope_to', true) then true
         when subject !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then false
         else exists (select from hand_overs where hand_overs.id = outbox.subject::uuid and outbox.division in (hand_overs.division, hand_overs.to_division))
    end);

-- Functions that run as the owner: called by who serves, or, of triggers, by nobody at all; a trigger of one's own would otherwise write history.
call serve_function('take_over(uuid, text)');
call serve_function('close_household(uuid, date, timestamptz)');
revoke execute on function keep_households(), keep_members(), keep_changed_members(), keep_incomes() from public;

-- History is written by them alone, as its owner; why a member left is added by the transaction in which it did, and what is
-- sealed is sealed anew by the service's own job, whose scope has no end but ':'.
create policy owner_inserts on household_history as restrictive for insert with check (false);
create policy nobody_updates on household_history as restrictive for update using (false);
create policy nobody_deletes on household_history as restrictive for delete using (false);
create policy owner_inserts on member_history as restrictive for insert with check (false);
create policy removal_or_keys on member_history as restrictive for update
    using (until_transaction_id = pg_current_xact_id() or current_setting('governance.scope_to', true) = ':');
create policy nobody_deletes on member_history as restrictive for delete using (false);
create policy owner_inserts on income_history as restrictive for insert with check (false);
create policy nobody_updates on income_history as restrictive for update using (false);
create policy nobody_deletes on income_history as restrictive for delete using (false);
