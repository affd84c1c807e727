create table foundings (
    id                uuid   primary key,
    settlement_id     uuid   not null references settlements (id),
    division          text   collate "C" not null,
    kind              text   not null,
    name              text   not null,
    approval_date     date   not null,
    approval_document text   not null,
    state             text   not null check (state in ('Running', 'Completed', 'Rejected')),
    due_date          date   not null,
    due_citation      jsonb  not null,
    completion_date   date,
    procedure_id      uuid   not null,
    version           bigint not null,
    constraint "ORG-03.once" unique (settlement_id, name)
);
create index foundings_division on foundings (division, id);
create index foundings_due on foundings (due_date, id) where state = 'Running';
call scope_table('foundings');
