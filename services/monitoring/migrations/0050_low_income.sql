-- Who was recognized as low-income, in which layer, and how long.
create table recognitions (
    id           uuid     primary key,
    household_id uuid     not null,
    -- Null for the household as a whole.
    member_id    uuid,
    division     text     collate "C" not null,
    layer        smallint not null check (layer between 1 and 6),
    since_date   date     not null,
    until_date   date,
    document     text     not null default '',
    reason       text     not null default '',
    version      bigint   not null default 1,
    constraint "MON-01.recognition_ends" check (until_date >= since_date),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index recognitions_division on recognitions (division, id);
create index recognitions_household on recognitions (household_id);
create unique index "MON-01.recognized_already" on recognitions (household_id, coalesce(member_id, household_id), layer) where until_date is null;
call scope_table('recognitions');
