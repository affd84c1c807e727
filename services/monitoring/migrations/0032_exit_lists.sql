-- The sentence of MON-11.one_exit names a household, which the database does not; this one needs no figure.
alter index "MON-11.one_exit" rename to "MON-11.on_one_list";
