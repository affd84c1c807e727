-- What every table of every service stands on: the scope that a transaction sees.

-- Says what may be seen from now on, in this transaction or, for a worker, in this session: a division prefix, or '' for everything.
-- The mark before it tells everything from nothing: a setting that was never made, or ended with its transaction, reads as ''.
create function enter_scope(division text, for_transaction boolean) returns text
    language sql volatile
    as $$ select set_config('governance.scope', '=' || division, for_transaction) $$;

-- The division prefix that may be seen; null, and so nothing at all, when none was entered.
create function scope() returns text
    language sql stable parallel safe
    as $$ select substr(nullif(current_setting('governance.scope', true), ''), 2) $$;

-- Puts a table under row-level security by its column "division". Codes are digits and ':' is the character after '9', so the
-- range holds the prefix itself and everything below it, and an index on division serves it.
create procedure scope_table(target regclass)
    language plpgsql
    as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format(
        'create policy scope on %s using (division >= scope() and division < scope() || '':'') with check (division >= scope() and division < scope() || '':'')',
        target);
end
$$;
