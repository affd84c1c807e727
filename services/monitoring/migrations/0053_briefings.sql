-- Briefings of the monthly meeting: figures as they were on a day.
create table briefings (
    id           uuid   primary key,
    division     text   collate "C" not null check (division ~ '^[0-9]{6}$'),
    -- The first of the month.
    month        date   not null check (extract(day from month) = 1),
    created_date date   not null,
    citation     jsonb  not null,
    held_date    date,
    minutes      text   not null default '',
    version      bigint not null default 1,
    check ((held_date is null) = (minutes = '')),
    constraint "MON-10.one_briefing" unique (division, month)
);
call scope_table('briefings');

create table briefing_figures (
    briefing_id uuid   not null references briefings,
    division    text   collate "C" not null,
    -- The county itself, or a township of it.
    part        text   collate "C" not null,
    figure      text   collate "C" not null,
    value       bigint not null,
    before      bigint,
    primary key (briefing_id, part, figure)
);
call scope_table('briefing_figures');
create trigger briefing_figures_are_final before update or delete or truncate on briefing_figures
    for each statement execute function refuse_change();

-- Months that ended without their meeting: each is told once.
create table meetings_missed (
    division text collate "C" not null,
    month    date not null,
    primary key (division, month)
);
call scope_table('meetings_missed');
