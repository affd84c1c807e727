-- What every table of every service stands on: the scope that a transaction sees.

-- Says what may be seen from now on, in this transaction or, for a worker, in this session: a division prefix, or '' for everything.
-- Codes are digits and ':' is the character after '9', so the two ends hold the prefix itself and everything below it. A setting that
-- was never made, or ended with its transaction, reads as null or '': then nothing is below the upper end, and nothing is seen.
create function enter_scope(division text, for_transaction boolean) returns void
    language sql volatile
    as $$
        select set_config('governance.scope_from', division, for_transaction), set_config('governance.scope_to', division || ':', for_transaction)
    $$;

-- Puts a table under row-level security by its column "division". An index on division serves it; the settings are read as they
-- are, without a function around them, because a large table is asked for each of its rows.
create procedure scope_table(target regclass)
    language plpgsql
    as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format(
        'create policy scope on %s using (division >= current_setting(''governance.scope_from'', true) and division < current_setting(''governance.scope_to'', true))',
        target);
end
$$;
