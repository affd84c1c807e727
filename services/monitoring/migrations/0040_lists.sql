-- What other departments know of people, to be matched with the registry (MON-13). A list keeps no rows of its own: what matches
-- nobody within the uploader's scope is gone with the upload.
create table department_lists (
    id              uuid        primary key,
    -- The division of whoever registered it: only there is the list itself seen.
    division        text        collate "C" not null,
    kind            smallint    not null check (kind between 1 and 9),
    department      text        not null,
    reference_date  date        not null,
    registrant_id   text        not null,
    registrant_name text        not null,
    -- The last day on which what it told of people is kept.
    keep_until      date        not null,
    keep_citation   jsonb       not null,
    erase_time      timestamptz,
    version         bigint      not null default 1,
    create_time     timestamptz not null
);
create index department_lists_division on department_lists (division, id);
create index department_lists_keep_until on department_lists (keep_until) where erase_time is null;
call scope_table('department_lists');

-- Where a list comes from, for reviewers below the division that registered it. As with registered_people: the owner's, past the
-- scope, and not to be written through.
create view list_origins as
    select id as list_id, department, reference_date from department_lists union all select null, null, null where false;

-- Who may see what a list told of the people of a division (MON-15).
create table reviewers (
    id          uuid        primary key,
    list_id     uuid        not null references department_lists,
    division    text        collate "C" not null check (division ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$'),
    -- The subject of the reviewer's token.
    subject     text        not null,
    version     bigint      not null default 1,
    create_time timestamptz not null,
    revoke_time timestamptz
);
create unique index "MON-15.assigned_already" on reviewers (list_id, subject, division) where revoke_time is null;
create index reviewers_division on reviewers (division, id);
call scope_table('reviewers');
