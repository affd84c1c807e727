-- What the other services know of organizations' divisions and settlements, kept by its events. The list of
-- divisions is public; a settlement is seen from within its division, like everything that stands in it.
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
call scope_table('directory_settlements');
