-- Definitions as they were when a procedure began with them: a policy file that changes later changes no running procedure.
create table procedure_definitions (
    version    text  not null primary key,
    id         text  not null,
    definition json  not null,
    citation   json  not null
);

-- Procedures. What lists and the sweeper look for is spelled out in columns of its own: who acts on the open step, and when time does.
create table procedures (
    id                 uuid        not null primary key,
    definition         text        not null,
    definition_version text        not null references procedure_definitions,
    subject            text        not null,
    division           text        collate "C" not null,
    since              date        not null,
    start_time         timestamptz not null,
    end_time           timestamptz,
    -- The number of the contract's enum ProcedureState.
    state              int         not null,
    current            int         not null,
    opened             timestamptz[] not null,
    done               timestamptz[] not null,
    -- The open step: whose it is, whether it waits for them, its last day in time, the last day that it is on.
    actor_division     text        collate "C" not null,
    permission         text        not null,
    waits              boolean     not null,
    due_date           date,
    end_date           date,
    overdue_told       boolean     not null,
    version            bigint      not null,
    constraint procedures_ended check ((state = 1) = (end_time is null))
);
create unique index "PROCEDURE_RUNNING" on procedures (definition, subject) where state = 1;
create index procedures_subject on procedures (definition, subject, id);
create index procedures_tasks on procedures (actor_division, coalesce(due_date, 'infinity'), id) where state = 1 and waits;
create index procedures_overdue on procedures (due_date) where state = 1 and not overdue_told;
create index procedures_ending on procedures (end_date) where state = 1 and not waits;
call scope_table('procedures');

-- What was done, act by act.
create table procedure_acts (
    procedure_id uuid not null references procedures,
    number       int  not null,
    division     text collate "C" not null,
    -- The contract's message Act in proto3 JSON.
    act          json not null,
    primary key (procedure_id, number)
);
call scope_table('procedure_acts');

create trigger procedure_acts_are_final before update or delete or truncate on procedure_acts
    for each statement execute function refuse_change();
