-- What screening needs of a household's incomes, in one row: the four quarters up to the one recorded last, and the quarters that this
-- one is compared with. It is counted from what is recorded and not from today, so that a day that passes changes no evidence.
create table income_years (
    household_id       uuid     primary key,
    division           text     collate "C" not null,
    last_period        int      not null,
    quarters           int      not null,
    -- Per head, the recorded quarters projected to four.
    per_capita_fen     bigint   not null,
    net_fen            bigint   not null,
    rigid_fen          bigint   not null,
    medical_fen        bigint   not null,
    latest_fen         bigint   not null,
    quarter_before_fen bigint,
    year_before_fen    bigint
);
call scope_table('income_years');

-- Kept by the table of incomes itself, a statement at a time, whoever writes to it.
create function keep_income_years() returns trigger language plpgsql
    as $$
begin
    -- Who records another quarter of the same household waits here, and then counts this one, too.
    perform from households where id in (select household_id from changed) order by id for no key update;
    delete from income_years where household_id in (select household_id from changed);
    insert into income_years
    select income.household_id, income.division, latest.period, count(*) filter (where income.period > latest.period - 4),
           sum(income.per_capita_net_fen) filter (where income.period > latest.period - 4) * 4 / count(*) filter (where income.period > latest.period - 4),
           sum(wage_fen + business_fen + property_fen + transfer_fen - production_cost_fen) filter (where income.period > latest.period - 4),
           sum(rigid_spending_fen) filter (where income.period > latest.period - 4),
           sum(medical_fen) filter (where income.period > latest.period - 4),
           max(per_capita_net_fen) filter (where income.period = latest.period),
           max(per_capita_net_fen) filter (where income.period = latest.period - 1),
           max(per_capita_net_fen) filter (where income.period = latest.period - 4)
    from (select household_id, max(period) as period from incomes where household_id in (select household_id from changed) group by household_id) as latest
    join incomes as income on income.household_id = latest.household_id and income.period >= latest.period - 4
    group by income.household_id, income.division, latest.period;
    return null;
end
$$;
create trigger recorded after insert on incomes referencing new table as changed for each statement execute function keep_income_years();
create trigger corrected after update on incomes referencing new table as changed for each statement execute function keep_income_years();
create trigger handed_over after update on incomes referencing old table as changed for each statement execute function keep_income_years();
create trigger removed after delete on incomes referencing old table as changed for each statement execute function keep_income_years();

-- What was recorded before.
update incomes set division = division;
