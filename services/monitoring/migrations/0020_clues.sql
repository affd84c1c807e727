-- Clues from every source. What a machine finds – screening, a department's list, an event of another service – has a rule and
-- evidence; what a person reports has a description. The evidence is compared without its "figures", which may change every month.
alter table clues
    drop constraint clues_check,
    add constraint clues_rule check (rule <> '' or source in (1, 2, 3, 4)),
    -- Whether a decision still answers for the evidence: it ends when the evidence goes, so that what comes back is found anew.
    add column stands boolean not null default true,
    add column gravity int generated always as (cardinality(aggravations)) stored;

-- What other services say of households, by the event's subject: the evidence while it lasts, null when it has gone. There is no
-- division, because an event may come before its household; a clue is made of it once the household is here.
create table signals (
    rule                text    collate "C" not null,
    subject             text    collate "C" not null,
    household_id        uuid,
    -- Whom it was said of before, until that is settled, too.
    former_household_id uuid,
    sequence            bigint  not null,
    evidence            jsonb,
    figures             jsonb,
    citation            jsonb,
    settled             boolean not null default false,
    primary key (rule, subject)
);
create index signals_household on signals (household_id);
create index signals_unsettled on signals (household_id) where not settled;
