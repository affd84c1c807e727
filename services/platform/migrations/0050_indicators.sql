-- In which divisions an indicator was under its target, by month: each is told once.
create table indicators_told (
    indicator text not null,
    division  text collate "C" not null,
    month     date not null,
    primary key (indicator, division, month)
);
call scope_table('indicators_told');
