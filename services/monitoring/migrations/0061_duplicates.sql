-- People whom a division wanted to register who are registered in another. Who covers both sees the row and the member, and can settle it; the
-- division itself sees its row and no member.
create table duplicates (
    id            uuid        primary key default gen_random_uuid(),
    identity_hash bytea       not null,
    -- The village and the number of the household that they were to belong to.
    division      text        collate "C" not null,
    number        text        collate "C" not null,
    -- The division of who wanted it: to them it is elsewhere.
    claimant      text        collate "C" not null,
    first_time    timestamptz not null,
    last_time     timestamptz not null,
    unique (identity_hash, division, number)
);
call scope_table('duplicates');
