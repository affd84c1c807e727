-- Aid to pupils, one a pupil and school year.
create table education_aids (
    id           uuid        primary key,
    household_id uuid        not null,
    member_id    uuid        not null,
    division     text        collate "C" not null,
    school       text        not null,
    stage        smallint    not null check (stage between 1 and 6),
    school_year  int         not null,
    amount_fen   bigint      not null check (amount_fen > 0),
    finding      text        not null,
    -- 1 surveyed, 2 approved, 3 rejected.
    state        smallint    not null default 1 check (state between 1 and 3),
    procedure_id uuid        not null,
    version      bigint      not null default 1,
    create_time  timestamptz not null,
    update_time  timestamptz not null,
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index education_aids_division on education_aids (division, id);
create index education_aids_household on education_aids (household_id);
create unique index "MON-18.one_aid" on education_aids (member_id, school_year) where state in (1, 2);
call scope_table('education_aids');
