-- What lies in a settlement repeats the settlement's division, which never changes, so that it is scoped by itself.
create table grids (
    id            uuid   primary key,
    settlement_id uuid   not null references settlements (id),
    division      text   collate "C" not null,
    name          text   not null,
    worker_id     uuid   not null references people (id),
    version       bigint not null,
    unique (id, settlement_id),
    constraint "ORG-20.grid_name" unique (settlement_id, name)
);
create index grids_division on grids (division, id);
call scope_table('grids');

create table buildings (
    id            uuid   primary key,
    settlement_id uuid   not null,
    grid_id       uuid   not null,
    division      text   collate "C" not null,
    number        text   not null,
    head_id       uuid   not null references people (id),
    version       bigint not null,
    constraint "ORG-20.same_settlement" foreign key (grid_id, settlement_id) references grids (id, settlement_id),
    constraint "ORG-20.building_number" unique (settlement_id, number)
);
create index buildings_division on buildings (division, id);
create index buildings_grid on buildings (grid_id);
call scope_table('buildings');

create table building_units (
    building_id uuid not null references buildings (id),
    division    text collate "C" not null,
    -- The place in the list that the caller gave.
    position    int  not null,
    number      text not null,
    head_id     uuid not null references people (id),
    primary key (building_id, position),
    constraint "ORG-20.unit_number" unique (building_id, number)
);
call scope_table('building_units');
