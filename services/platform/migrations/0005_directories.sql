-- What the other services know of organizations' divisions and settlements, kept by its events. They have
-- no scope: no rpc shows them, and a household may move to another county's settlement.
create table directory_divisions (
    code              text   collate "C" not null primary key,
    name              text   not null,
    urban_rural_class text   not null,
    version           bigint not null
);

create table directory_settlements (
    id              uuid    not null primary key,
    name            text    not null,
    division        text    collate "C" not null,
    urban           boolean not null,
    scale           int     not null,
    management_unit int     not null,
    version         bigint  not null
);
create index directory_settlements_division on directory_settlements (division);
