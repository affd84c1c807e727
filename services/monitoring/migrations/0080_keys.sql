comment on column verification_facts.row is 'row_sealed';
comment on column verifications.asset is 'asset_hash';
comment on column verifications.facts is 'facts_hash';

-- A number that is another is both sealed and hashed anew. One of the two alone is a key that was rotated: the member is what it was.
create or replace trigger stamp before update on members for each row
    when ((old.identity_sealed = new.identity_sealed) = (old.identity_hash = new.identity_hash)) execute function stamp_member();

create function keep_changed_members() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
begin
    insert into member_history (member_id, household_id, division, transaction_id, until_transaction_id, content)
    select before.id, before.household_id, before.division, before.transaction_id, pg_current_xact_id(), to_jsonb(before)
    from rows_before as before join rows_after as after using (id)
    where before.transaction_id <> pg_current_xact_id()
      and (before.identity_sealed = after.identity_sealed) = (before.identity_hash = after.identity_hash);
    return null;
end
$$;
create or replace trigger keep after update on members referencing old table as rows_before new table as rows_after
    for each statement execute function keep_changed_members();
