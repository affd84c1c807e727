-- Key villages and their figures by year. Amounts are in fen.
create table villages (
    id         uuid   primary key,
    division   text   collate "C" not null check (division ~ '^[0-9]{12}$'),
    name       text   not null,
    from_year  int    not null,
    until_year int    not null check (until_year >= from_year),
    version    bigint not null default 1,
    constraint "MON-19.one_village" unique (division)
);
call scope_table('villages');

create table village_figures (
    village_id                 uuid   not null references villages,
    division                   text   collate "C" not null,
    year                       int    not null,
    income_fen                 bigint not null check (income_fen >= 0),
    county_income_fen          bigint not null check (county_income_fen > 0),
    households                 int    not null check (households > 0),
    tap_water_households       int    not null check (tap_water_households >= 0),
    sanitary_toilet_households int    not null check (sanitary_toilet_households >= 0),
    collective_income_fen      bigint not null check (collective_income_fen >= 0),
    version                    bigint not null default 1,
    primary key (village_id, year),
    constraint "MON-19.within_households" check (tap_water_households <= households and sanitary_toilet_households <= households)
);
call scope_table('village_figures');
