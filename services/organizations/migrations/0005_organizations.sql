create table organizations (
    id               uuid   primary key,
    settlement_id    uuid   not null references settlements (id),
    division         text   collate "C" not null,
    kind             text   not null,
    name             text   not null,
    founding_date    date   not null,
    term_start_date  date,
    term_end_date    date,
    dissolution_date date,
    version          bigint not null,
    constraint "ORG-04.term" check ((term_start_date is null) = (term_end_date is null) and term_start_date >= founding_date and term_end_date > term_start_date),
    constraint "ORG-04.dissolution_date" check (dissolution_date >= founding_date)
);
create index organizations_division on organizations (division, id);
create index organizations_term_end on organizations (term_end_date, id) where dissolution_date is null;
-- A successor may take the name of one that was dissolved.
create unique index "ORG-04.organization_name" on organizations (settlement_id, name) where dissolution_date is null;
call scope_table('organizations');

create table organization_members (
    organization_id uuid not null references organizations (id),
    division        text collate "C" not null,
    -- The place in the list that the caller gave.
    position        int  not null,
    person_id       uuid not null references people (id),
    post            text not null,
    primary key (organization_id, position),
    constraint "ORG-04.one_post" unique (organization_id, person_id)
);
create unique index "ORG-04.one_head" on organization_members (organization_id, post) where post in ('Secretary', 'Director', 'Chair');
call scope_table('organization_members');

-- A settlement with what the registry says of it. The one place that decides who is covered [ORG-02 S0 三(一)]: what is large, extra-large,
-- or medium and qualified needs a Party organisation and a committee of its own; for the others those of the local village will do.
create view settlement_standing with (security_invoker = true) as
select settlement.*, own_party, own_committee, one_shoulder,
       case when scale in ('Large', 'ExtraLarge') or (scale = 'Medium' and qualified) then own_party and own_committee
            else (own_party or party_covered_by <> '') and (own_committee or committee_covered_by <> '') end as covered
from settlements as settlement
cross join lateral (
    select coalesce(bool_or(kind = 'PartyOrganization'), false) as own_party,
           coalesce(bool_or(kind in ('VillagersCommittee', 'ResidentsCommittee')), false) as own_committee
    from organizations where settlement_id = settlement.id and dissolution_date is null) as own
cross join lateral (
    select count(*) > 0 as one_shoulder
    from organizations as party
    join organization_members as secretary on secretary.organization_id = party.id and secretary.post = 'Secretary'
    join organization_members as director on director.person_id = secretary.person_id and director.post = 'Director'
    join organizations as committee on committee.id = director.organization_id and committee.settlement_id = party.settlement_id
    where party.settlement_id = settlement.id and party.kind = 'PartyOrganization' and party.dissolution_date is null
      and committee.kind in ('VillagersCommittee', 'ResidentsCommittee') and committee.dissolution_date is null) as shoulder;
