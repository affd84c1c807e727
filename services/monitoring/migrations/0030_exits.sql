-- Exit by village lists. What the forms of the file show of a household is kept as it was at nomination: the file stays true when the
-- household changes or moves.
create table exits (
    id               uuid        primary key,
    division         text        collate "C" not null check (division ~ '^[0-9]{12}$'),
    procedure_id     uuid        not null,
    citation         jsonb       not null,
    -- 1 nominated, 2 approved, 3 filed, 4 rejected.
    state            smallint    not null default 1 check (state between 1 and 4),
    -- The contract's message ExitMeeting without its votes, in proto3 JSON.
    meeting          jsonb,
    approved_date    date,
    support_until    date,
    support_citation jsonb,
    version          bigint      not null default 1,
    create_time      timestamptz not null,
    update_time      timestamptz not null,
    check ((approved_date is not null) = (state in (2, 3))),
    check ((approved_date is null) = (support_until is null) and (approved_date is null) = (support_citation is null))
);
create index exits_division on exits (division, id);
call scope_table('exits');

create table exit_households (
    exit_id            uuid     not null references exits,
    household_id       uuid     not null references households,
    -- The exit's village, wherever the household lives by now.
    division           text     collate "C" not null,
    number             text     not null,
    householder        text     not null,
    member_count       int      not null,
    per_capita_net_fen bigint   not null,
    -- 1 listed, 2 struck off, 3 exited.
    state              smallint not null default 1 check (state between 1 and 3),
    in_favour          int      check (in_favour >= 0),
    against            int      check (against >= 0),
    abstained          int      check (abstained >= 0),
    struck_step        text     not null default '',
    struck_reason      text     not null default '',
    primary key (exit_id, household_id),
    check ((state = 2) = (struck_reason <> ''))
);
create index exit_households_household on exit_households (household_id);
create unique index "MON-11.one_exit" on exit_households (household_id) where state = 1;
call scope_table('exit_households');
