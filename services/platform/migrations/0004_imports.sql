-- Files that were imported, and of each the rows that were not.
create table imports (
    id            uuid        not null primary key,
    kind          text        not null,
    -- The caller's division: only there is the import seen.
    division      text        collate "C" not null,
    caller        text        not null,
    file_sha256   bytea       not null,
    dry_run       boolean     not null,
    header        text        not null,
    rows          int         not null,
    created       int         not null,
    updated       int         not null,
    unchanged     int         not null,
    rejected      int         not null,
    kept          int         not null,
    created_time  timestamptz not null
);
call scope_table('imports');

create table import_rejects (
    import_id uuid  not null references imports on delete cascade,
    division  text  collate "C" not null,
    line      int   not null,
    -- The row as it came, sealed: it holds names and identity numbers.
    row       bytea not null,
    faults    json  not null,
    primary key (import_id, line)
);
call scope_table('import_rejects');
