-- A village's verifications of one list on their way to the county (MON-14).
create table submissions (
    id           uuid        primary key,
    list_id      uuid        not null references department_lists,
    division     text        collate "C" not null check (division ~ '^[0-9]{12}$'),
    procedure_id uuid        not null,
    verifications int        not null check (verifications > 0),
    -- 1 submitted, 2 filed, 3 sent back.
    state        smallint    not null default 1 check (state between 1 and 3),
    version      bigint      not null default 1,
    create_time  timestamptz not null,
    update_time  timestamptz not null
);
create unique index "MON-14.one_submission" on submissions (list_id, division) where state = 1;
create index submissions_division on submissions (division, id);
call scope_table('submissions');

-- Hits of asset lists. The row says that there is something to verify and what came of it; what the list says lies in
-- verification_facts.
create table verifications (
    id            uuid        primary key,
    -- The list that last said something new.
    list_id       uuid        not null references department_lists,
    household_id  uuid        not null,
    member_id     uuid        not null,
    division      text        collate "C" not null,
    kind          smallint    not null check (kind between 1 and 6),
    -- Keyed hashes: of what the asset is, so that nobody is asked twice, and of what was said of it, so that a change shows.
    asset         bytea       not null,
    facts         bytea       not null,
    name_differs  boolean     not null,
    -- 1 pending, 2 checked, 3 submitted, 4 filed.
    state         smallint    not null default 1 check (state between 1 and 4),
    -- 1 untrue, 2 after the cut-off date, 3 vetoed, 4 spared, 5 no ground for a veto.
    outcome       smallint    not null default 0 check (outcome between 0 and 5),
    occurred_date date,
    veto          smallint    not null default 0 check (veto between 0 and 8),
    figure        bigint      not null default 0,
    reason        text        not null default '',
    cut_off_citation jsonb,
    veto_citation jsonb,
    submission_id uuid        references submissions,
    version       bigint      not null default 1,
    create_time   timestamptz not null,
    update_time   timestamptz not null,
    unique (member_id, kind, asset),
    unique (id, division),
    check ((state = 1) = (outcome = 0)),
    check ((state in (3, 4)) = (submission_id is not null)),
    constraint "MON-14.no_veto_after" check ((veto > 0) = (outcome in (3, 4))),
    constraint "MON-14.spared_for_a_reason" check (outcome not in (1, 4) or reason <> ''),
    foreign key (household_id, division) references households (id, division) on update cascade
);
create index verifications_list on verifications (list_id, division, id);
create index verifications_household on verifications (household_id);
create index verifications_submission on verifications (submission_id) where submission_id is not null;
call scope_table('verifications');

create table verification_facts (
    number          bigint      generated always as identity primary key,
    verification_id uuid        not null,
    division        text        collate "C" not null,
    list_id         uuid        not null references department_lists,
    -- The row of the list, sealed.
    row             bytea       not null,
    create_time     timestamptz not null,
    foreign key (verification_id, division) references verifications (id, division) on update cascade on delete cascade
);
create index verification_facts_verification on verification_facts (verification_id);
create index verification_facts_list on verification_facts (list_id);
call scope_table('verification_facts');

-- Beyond the scope: only who is assigned reads what a list said, whatever the query; who uploads can add and not look. The service's
-- own jobs, whose scope has no end but ':', erase it.
create policy assigned on verification_facts as restrictive for select using (
    current_setting('governance.scope_to', true) = ':'
    or exists (select from reviewers
               where reviewers.list_id = verification_facts.list_id and reviewers.subject = current_setting('governance.actor', true)
                 and reviewers.revoke_time is null and starts_with(verification_facts.division, reviewers.division)));

-- The verifications that the caller is assigned to. What counts and matches reads the table, what shows reads this.
create view assigned_verifications with (security_invoker = true, security_barrier = true) as
    select * from verifications
    where exists (select from reviewers
                  where reviewers.list_id = verifications.list_id and reviewers.subject = current_setting('governance.actor', true)
                    and reviewers.revoke_time is null and starts_with(verifications.division, reviewers.division));
