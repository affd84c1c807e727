-- Which hash key the keyed hashes in here were made with: what the key makes of a text that everybody knows.
create table hash_key (
    one         boolean primary key default true check (one),
    fingerprint bytea   not null
);

-- What is sealed is called <what>_sealed, a keyed hash <what>_hash: rotating keys finds them so. The comment of a column that is older than
-- this rule gives the name that it would have.
comment on column import_rejects.row is 'row_sealed';
