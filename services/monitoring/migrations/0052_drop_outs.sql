-- Pupils who dropped out or are suspected to have.
create table drop_outs (
    id                 uuid     primary key,
    member_id          uuid     not null,
    household_id       uuid     not null,
    division           text     collate "C" not null,
    -- 1 reported, 2 found in the registry.
    source             smallint not null check (source between 1 and 2),
    found_date         date     not null,
    description        text     not null default '',
    -- 1 open, 2 planned, 3 closed.
    state              smallint not null default 1 check (state between 1 and 3),
    responsible_person text     not null default '',
    plan               text     not null default '',
    method             smallint not null default 0 check (method between 0 and 3),
    report_due_date    date     not null,
    late_told          boolean  not null default false,
    outcome            smallint not null default 0 check (outcome between 0 and 4),
    closed_date        date,
    version            bigint   not null default 1,
    check ((state = 3) = (closed_date is not null) and (state = 3) = (outcome <> 0)),
    unique (id, division),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index drop_outs_division on drop_outs (division, id);
create index drop_outs_household on drop_outs (household_id);
create unique index "MON-18.one_case" on drop_outs (member_id) where state <> 3;
create index drop_outs_due on drop_outs (report_due_date) where state <> 3;
call scope_table('drop_outs');

create table drop_out_reports (
    drop_out_id uuid not null,
    division    text collate "C" not null,
    -- The first of the month.
    month       date not null,
    text        text not null,
    report_date date not null,
    primary key (drop_out_id, month),
    foreign key (drop_out_id, division) references drop_outs (id, division) on update cascade
);
call scope_table('drop_out_reports');
