-- Signs of risk. A clue of screening has a rule and evidence: the facts of the household that made the rule fire.
create table clues (
    id            uuid        primary key,
    household_id  uuid        not null,
    division      text        collate "C" not null,
    source        smallint    not null check (source between 1 and 6),
    rule          text        collate "C" not null default '',
    description   text        not null default '',
    evidence      jsonb       not null default '{}',
    aggravations  smallint[]  not null default '{}',
    citation      jsonb,
    -- 1 open, 2 verified, 3 identified, 4 refuted, 5 lapsed.
    state         smallint    not null default 1 check (state between 1 and 5),
    found_date    date        not null,
    due_date      date        not null,
    due_citation  jsonb       not null,
    overdue_told  boolean     not null default false,
    procedure_id  uuid,
    proposed_kind smallint    not null default 0,
    reason        text        not null default '',
    version       bigint      not null default 1,
    create_time   timestamptz not null,
    update_time   timestamptz not null,
    check ((source = 5) = (rule <> '')),
    check ((state = 2) <= (procedure_id is not null)),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index clues_division on clues (division, id);
create index clues_household on clues (household_id, rule);
create unique index clues_one_waiting on clues (household_id, rule) where rule <> '' and state in (1, 2);
create unique index "MON-04.one_identification" on clues (household_id) where state = 2;
create index clues_due on clues (due_date) where state in (1, 2);
call scope_table('clues');
