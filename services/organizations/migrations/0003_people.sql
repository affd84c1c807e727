create table people (
    id       uuid   primary key,
    division text   collate "C" not null,
    name     text   not null,
    version  bigint not null,
    constraint "DIVISION.exists" foreign key (division) references divisions (code)
);
create index people_division on people (division, id);
call scope_table('people');
