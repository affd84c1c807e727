-- Income and expenditure of a household and quarter. Amounts are in fen.
create table incomes (
    household_id        uuid        not null,
    division            text        collate "C" not null,
    -- Quarters counted from the year 0, so that the one before is one less: year * 4 + quarter - 1.
    period              int         not null check (period between 1900 * 4 and 2101 * 4),
    wage_fen            bigint      not null check (wage_fen >= 0),
    business_fen        bigint      not null check (business_fen >= 0),
    property_fen        bigint      not null check (property_fen >= 0),
    transfer_fen        bigint      not null check (transfer_fen >= 0),
    production_cost_fen bigint      not null check (production_cost_fen >= 0),
    rigid_spending_fen  bigint      not null check (rigid_spending_fen >= 0),
    medical_fen         bigint      not null check (medical_fen >= 0),
    -- Members at the time of recording: a later birth does not change what a head had then.
    member_count        int         not null check (member_count > 0),
    per_capita_net_fen  bigint      generated always as ((wage_fen + business_fen + property_fen + transfer_fen - production_cost_fen) / member_count) stored,
    version             bigint      not null default 1,
    update_time         timestamptz not null,
    primary key (household_id, period),
    constraint "MON-02.medical_is_rigid" check (medical_fen <= rigid_spending_fen)
    -- No foreign key, as with members.
);
create index incomes_period on incomes (period);
call scope_table('incomes');
