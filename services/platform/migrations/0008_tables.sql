-- The kind of file that came (the number of the contract's TableFormat): the file of its errors is one of the same kind.
alter table imports add column format smallint not null default 1;
