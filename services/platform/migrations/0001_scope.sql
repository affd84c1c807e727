-- What every table of every service stands on: the scope that a transaction sees.

-- The division prefix that this transaction may see; null, and so nothing at all, when it was never set.
create function scope() returns text
    language sql stable parallel safe
    as $$ select current_setting('governance.scope', true) $$;

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
