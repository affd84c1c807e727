-- Divisions are public knowledge and the same for everybody, so they are not scoped.
create table divisions (
    code              text   collate "C" primary key,
    parent            text   collate "C" generated always as (case length(code)
                                 when 4 then left(code, 2) when 6 then left(code, 4) when 9 then left(code, 6) when 12 then left(code, 9) end) stored,
    name              text   not null,
    urban_rural_class text   not null,
    version           bigint not null,
    constraint "DIVISION.code" check (code ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    constraint "DIVISION.parent" foreign key (parent) references divisions (code),
    constraint "DIVISION.urban_rural_class" check (urban_rural_class in ('', '111', '112', '121', '122', '123', '210', '220'))
);
