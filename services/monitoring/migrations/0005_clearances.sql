-- Requests to clear a monitored household's risk.
create table clearances (
    id                 uuid        primary key,
    household_id       uuid        not null,
    division           text        collate "C" not null,
    statement          text        not null default '',
    -- 1 requested, 2 cleared, 3 rejected.
    state              smallint    not null default 1 check (state between 1 and 3),
    per_capita_net_fen bigint      not null,
    citation           jsonb       not null,
    procedure_id       uuid        not null,
    version            bigint      not null default 1,
    create_time        timestamptz not null,
    update_time        timestamptz not null,
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index clearances_division on clearances (division, id);
create unique index "MON-09.one_clearance" on clearances (household_id) where state = 1;
call scope_table('clearances');
