create table settlements (
    id                       uuid        primary key,
    division                 text        collate "C" not null,
    name                     text        not null,
    urban                    boolean     not null,
    households               int         not null check (households >= 0),
    population               int         not null check (population >= 0),
    built_date               date,
    qualified                boolean     not null,
    party_covered_by         text        not null,
    committee_covered_by     text        not null,
    scale                    text        not null check (scale in ('Small', 'Medium', 'Large', 'ExtraLarge')),
    scale_citation           jsonb       not null,
    management_unit          text        not null check (management_unit in ('Group', 'Committee', 'Subdistrict')),
    management_unit_citation jsonb       not null,
    create_time              timestamptz not null,
    update_time              timestamptz not null,
    version                  bigint      not null,
    constraint "DIVISION.exists" foreign key (division) references divisions (code),
    constraint "ORG-02.settlement_name" unique (division, name)
);
call scope_table('settlements');
