-- Runs of screening: when, where, by which policies, and what each rule did.
create table screening_runs (
    id         uuid        primary key,
    division   text        collate "C" not null,
    start_time timestamptz not null,
    scheduled  boolean     not null,
    households int         not null,
    rules      jsonb       not null,
    citations  jsonb       not null
);
create index screening_runs_division on screening_runs (division, start_time);
call scope_table('screening_runs');
