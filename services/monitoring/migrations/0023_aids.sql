-- Aid in the green channel: given first, the household is identified after.
create table aids (
    id                 uuid        primary key,
    household_id       uuid        not null,
    division           text        collate "C" not null,
    kind               smallint    not null check (kind between 1 and 6),
    amount_fen         bigint      not null check (amount_fen >= 0),
    aid_date           date        not null,
    disaster           smallint    not null check (disaster between 1 and 8),
    responsible_person text        not null,
    description        text        not null default '',
    -- Null for a household that was monitored already.
    clue_id            uuid        references clues (id),
    due_date           date,
    due_citation       jsonb,
    overdue_told       boolean     not null default false,
    version            bigint      not null default 1,
    create_time        timestamptz not null,
    unique (id, division),
    check ((clue_id is null) = (due_date is null)),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index aids_division on aids (division, id);
create index aids_household on aids (household_id);
create index aids_due on aids (due_date) where due_date is not null;
call scope_table('aids');

create table follow_ups (
    id       uuid primary key,
    aid_id   uuid not null,
    division text collate "C" not null,
    date     date not null,
    note     text not null,
    foreign key (aid_id, division) references aids (id, division) on update cascade
);
create index follow_ups_aid on follow_ups (aid_id);
call scope_table('follow_ups');

-- Disasters as emergency management lists them, one row per household, kind and day.
create table disasters (
    household_id uuid     not null,
    division     text     collate "C" not null,
    kind         smallint not null check (kind between 1 and 8),
    date         date     not null,
    loss_fen     bigint   not null check (loss_fen >= 0),
    primary key (household_id, date, kind),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index disasters_division on disasters (division);
call scope_table('disasters');
