-- An event as the outbox keeps it, for statements that change many things at once and tell of each.
create function cloud_event(id uuid, type text, subject text, at timestamptz, division text, sequence bigint, data json) returns json
    language sql immutable parallel safe
    as $$
    select json_build_object(
        'specversion', '1.0', 'id', id, 'type', type, 'source', '/governance/monitoring', 'subject', subject,
        'time', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'datacontenttype', 'application/json',
        'division', division, 'sequence', sequence::text, 'partitionkey', subject, 'data', data)
    $$;

-- What others are told about a household as it stands: the message HouseholdFacts as JSON.
create function household_facts(household uuid) returns json
    language sql stable parallel safe
    as $$
    select json_strip_nulls(json_build_object(
        'householdId', id, 'settlementId', settlement_id, 'division', division, 'originDivision', nullif(origin_division, ''),
        'category', (array['HOUSEHOLD_CATEGORY_OUT_OF_POVERTY', 'HOUSEHOLD_CATEGORY_GENERAL'])[category],
        'lowIncomeCategories', (select json_agg((array['LOW_INCOME_CATEGORY_DIBAO', 'LOW_INCOME_CATEGORY_DESTITUTE', 'LOW_INCOME_CATEGORY_ORPHAN',
            'LOW_INCOME_CATEGORY_UNATTENDED_CHILD'])[low_income]) from unnest(low_income_categories) as low_income),
        'building', nullif(building, ''), 'unit', nullif(unit, ''), 'room', nullif(room, ''), 'gridId', grid_id,
        'dwellingGrade', (array['DWELLING_GRADE_A', 'DWELLING_GRADE_B', 'DWELLING_GRADE_C', 'DWELLING_GRADE_D', 'DWELLING_GRADE_NO_DWELLING'])[dwelling_grade],
        'monitoredKind', (array['MONITORED_KIND_UNSTABLE', 'MONITORED_KIND_MARGINAL', 'MONITORED_KIND_SUDDEN_HARDSHIP'])[monitored_kind],
        'memberCount', people.members, 'labourCount', nullif(people.labour, 0), 'employedCount', nullif(people.employed, 0)))
    from households
    cross join lateral (
        select count(*) as members, count(*) filter (where labour_ability between 1 and 3) as labour, count(*) filter (where employed) as employed
        from members where household_id = households.id) as people
    where id = household
    $$;
