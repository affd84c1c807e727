using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Rules;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the household import: a row of "staged" is a member, a row of "staged_households" is what its rows say of a household.</summary>
static class HouseholdImportStore
{
    public static Task CreateStagedHouseholds(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (
            line int not null, household_id uuid, number text collate "C", division text collate "C", settlement_id uuid, origin_division text collate "C", category smallint,
            low_income_categories smallint[], monitored_kind smallint, monitored_date date, building text, unit text, room text, grid_id uuid,
            dwelling_grade smallint, water_safety smallint,
            member_id uuid, name text, identity_sealed bytea, identity_hash bytea, birth_date date, gender smallint, relation smallint, education smallint,
            health_conditions smallint[], disability_grade smallint, labour_ability smallint, insurance smallint, school_status smallint, employed boolean,
            identity_due_date date, identity_due_citation text)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedHouseholds(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    /// <summary>Finds what only the whole file or the database can see wrong.</summary>
    public static async Task CheckStagedHouseholds(this Transaction transaction)
    {
        // The first row of a household speaks for it. The id that it brings is used when the number is new.
        await transaction.Execute(
            """
            create temp table staged_households on commit drop as
            select distinct on (staged.number) staged.line, staged.number, coalesce(known.id, staged.household_id) as household_id, known.id is not null as known,
                   known.division as from_division, known.settlement_id as from_settlement_id, known.monitored_kind as from_kind, taken.household_id is not null as taken,
                   staged.division, staged.settlement_id, staged.origin_division, staged.category, staged.low_income_categories, staged.monitored_kind,
                   staged.monitored_date, staged.building, staged.unit, staged.room, staged.grid_id, staged.dwelling_grade, staged.water_safety
            from staged
            left join registered_numbers as taken on taken.number = staged.number
            left join households as known on known.id = taken.household_id
            order by staged.number, staged.line
            """);
        // What the planner does not know yet of tables that have just grown must not cost more than a look into an index.
        await transaction.Execute(
            """
            create index on staged (number);
            create unique index on staged_households (number);
            create unique index on staged_households (household_id);
            analyze staged_households
            """);

        await transaction.Fault(Rules.HouseholdSplit,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, field, $1, replace($2, '{0}', field), replace($3, '{0}', field)
            from (
                select staged.line, staged.number, case
                    when staged.division <> household.division then '现居行政区划'
                    when staged.settlement_id is distinct from household.settlement_id then '安置点编号'
                    when staged.origin_division <> household.origin_division then '迁出行政区划'
                    when staged.category <> household.category then '户类别'
                    when staged.low_income_categories <> household.low_income_categories then '低收入类别'
                    when staged.monitored_kind <> household.monitored_kind then '监测类别'
                    when staged.monitored_date is distinct from household.monitored_date then '纳入监测日期'
                    when staged.building <> household.building then '楼栋'
                    when staged.unit <> household.unit then '单元'
                    when staged.room <> household.room then '房号'
                    when staged.grid_id is distinct from household.grid_id then '网格编号'
                    when staged.dwelling_grade <> household.dwelling_grade then '住房安全等级'
                    when staged.water_safety <> household.water_safety then '饮水安全' end as field
                from staged join staged_households as household on household.number = staged.number) as row
            where field is not null
            """);

        await transaction.Fault(Rules.UnknownDivision,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, '现居行政区划', $1, replace($2, '{0}', division), replace($3, '{0}', division) from staged_households
            where division not in (select code from directory_divisions)
            """);

        await transaction.Fault(Rules.UnknownSettlement,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, '安置点编号', $1, replace($2, '{0}', settlement_id::text), replace($3, '{0}', settlement_id::text) from staged_households as household
            where settlement_id is not null and not exists (
                select from directory_settlements as settlement
                where settlement.id = household.settlement_id and left(settlement.division, 6) = left(household.division, 6))
            """);

        await transaction.Fault(Rules.PersonTwice,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, case when identity_due_date is null then '身份证号码' else '出生医学证明编号' end, $1, $2, $3 from staged
            where identity_hash in (select identity_hash from staged group by identity_hash having count(*) > 1)
            """);

        await transaction.Fault(Rules.NumberElsewhere,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, '户编号', $1, $2, $3 from staged_households where taken and not known
            """);

        // In the file, and in what is registered and not in the file.
        await transaction.Fault(Rules.OneHouseholder,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select min(line), number, '与户主关系', $1, $2, $3 from staged group by number having count(*) filter (where relation = 1) <> 1
            union all
            select household.line, household.number, '与户主关系', $1, $2, $3
            from staged_households as household join members on members.household_id = household.household_id and members.relation = 1
            where household.known and not exists (select from staged where staged.number = household.number and staged.identity_hash = members.identity_hash)
            """);

        await transaction.Execute(
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select staged.line, staged.number, case when staged.identity_due_date is null then '身份证号码' else '出生医学证明编号' end, case when here.id is null then $1 else $4 end,
                   case when here.id is null then $2 else replace($5, '{0}', here.number) end, case when here.id is null then $3 else replace($6, '{0}', here.number) end
            from staged
            join registered_people as person on person.identity_hash = staged.identity_hash
            join staged_households as household on household.number = staged.number
            left join households as here on here.id = person.household_id
            where person.household_id <> household.household_id
            """,
            Rules.RegisteredElsewhere.Code, Rules.RegisteredElsewhere.Zh, Rules.RegisteredElsewhere.En,
            Rules.RegisteredAlready.Code, Rules.RegisteredAlready.Zh, Rules.RegisteredAlready.En);

        // Rejected rows leave before the merge, and a dry run keeps no more than it merges.
        await transaction.Execute("create temp table staged_duplicates (identity_hash bytea, division text collate \"C\", number text collate \"C\") on commit drop");
        await transaction.Execute(
            "insert into staged_duplicates select distinct identity_hash, division, number from staged where line in (select line from import_faults where rule = $1)",
            Rules.RegisteredElsewhere.Code);

        await transaction.Fault(Rules.CertificateAgrees,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select staged.line, staged.number, case when members.birth_date <> staged.birth_date then '出生日期' else '性别' end, $1, $2, $3
            from staged join members on members.identity_hash = staged.identity_hash
            where staged.identity_due_date is not null and (members.birth_date, members.gender) <> (staged.birth_date, staged.gender)
            """);

        await transaction.Fault(Rules.NewbornTwice,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select staged.line, staged.number, '出生医学证明编号', $1, $2, $3
            from staged join staged_households as household on household.number = staged.number join members on members.household_id = household.household_id
            where staged.identity_due_date is not null and members.identity_due_date is null
              and (members.name, members.birth_date, members.gender) = (staged.name, staged.birth_date, staged.gender)
            union all
            select staged.line, staged.number, '身份证号码', $1, $2, $3
            from members join staged_households as household on household.household_id = members.household_id join staged on staged.number = household.number
            where members.identity_due_date is not null and staged.identity_due_date is null
              and (members.name, members.birth_date, members.gender) = (staged.name, staged.birth_date, staged.gender)
            """);

        await transaction.Fault(Rules.StandingStays,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, '监测类别', $1, $2, $3 from staged_households where known and monitored_kind not in (0, from_kind)
            """);

        await transaction.Fault(Rules.KindFits,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, '户类别', $1, $2, $3 from staged_households where known and (from_kind = 1 and category <> 1 or from_kind = 2 and category <> 2)
            """);

        await transaction.Fault(Rules.MovesAlone,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, '现居行政区划', $1, $2, $3 from staged_households as household
            where known and division <> from_division
              and (exists (select from household_procedures as own where own.household_id = household.household_id and own.running)
                   or exists (select from households_on_village_lists as listed where listed.household_id = household.household_id))
            """);

        // A household is taken in whole or not at all.
        await transaction.Fault(Rules.HouseholdRejected,
            """
            insert into import_faults (line, group_key, column_name, rule, zh, en)
            select line, number, '', $1, $2, $3 from staged
            where number in (select group_key from import_faults where group_key <> '') and line not in (select line from import_faults)
            """);
    }

    /// <summary>Merges the rows that are left, and tells of every household that is new or changed.</summary>
    public static async Task<ImportCounts> MergeStagedHouseholds(this Transaction transaction)
    {
        await transaction.Execute("delete from staged_households as household where not exists (select from staged where staged.number = household.number)");
        await transaction.NoteStagedDuplicates();
        await transaction.Execute("create temp table touched (household_id uuid primary key) on commit drop");

        await transaction.Execute(
            """
            insert into households (id, number, division, settlement_id, origin_division, category, low_income_categories, monitored_kind, monitored_date,
                                    building, unit, room, grid_id, dwelling_grade, water_safety, create_time, update_time)
            select household_id, number, division, settlement_id, origin_division, category, low_income_categories, monitored_kind, monitored_date,
                   building, unit, room, grid_id, dwelling_grade, water_safety, $1, $1
            from staged_households where not known order by household_id
            """, transaction.Now);
        await transaction.Execute(
            """
            with changed as (
                update households as household
                set division = row.division, settlement_id = row.settlement_id, origin_division = row.origin_division, category = row.category,
                    low_income_categories = row.low_income_categories, building = row.building, unit = row.unit, room = row.room, grid_id = row.grid_id,
                    dwelling_grade = row.dwelling_grade, water_safety = row.water_safety
                from staged_households as row
                where row.known and household.id = row.household_id
                  and (household.division, household.settlement_id, household.origin_division, household.category, household.low_income_categories, household.building,
                       household.unit, household.room, household.grid_id, household.dwelling_grade, household.water_safety)
                      is distinct from
                      (row.division, row.settlement_id, row.origin_division, row.category, row.low_income_categories, row.building,
                       row.unit, row.room, row.grid_id, row.dwelling_grade, row.water_safety)
                returning household.id
            )
            insert into touched select id from changed union all select household_id from staged_households where not known
            """);

        await transaction.Execute(
            """
            update members set division = row.division from staged_households as row
            where row.known and row.division <> row.from_division and members.household_id = row.household_id
            """);
        await transaction.Execute(
            """
            update incomes set division = row.division from staged_households as row
            where row.known and row.division <> row.from_division and incomes.household_id = row.household_id
            """);
        // Those that have ended: who moves by a file has none that runs.
        await transaction.Execute(
            """
            update procedures set division = row.division
            from staged_households as row join household_procedures as own on own.household_id = row.household_id
            where row.known and row.division <> row.from_division and procedures.id = own.procedure_id
            """);

        // Householders step back before others take over: there is never more than one.
        foreach (var steppingBack in (bool[])[true, false])
        {
            await transaction.Execute(
                """
                with changed as (
                    update members as member
                    set name = row.name, relation = row.relation, education = row.education, health_conditions = row.health_conditions,
                        disability_grade = row.disability_grade, labour_ability = row.labour_ability, insurance = row.insurance,
                        school_status = row.school_status, employed = row.employed
                    from staged as row join staged_households as household on household.number = row.number and household.known
                    where member.identity_hash = row.identity_hash and (row.relation <> 1) = $1
                      and (member.name, member.relation, member.education, member.health_conditions, member.disability_grade, member.labour_ability,
                           member.insurance, member.school_status, member.employed)
                          is distinct from
                          (row.name, row.relation, row.education, row.health_conditions, row.disability_grade, row.labour_ability,
                           row.insurance, row.school_status, row.employed)
                    returning member.household_id
                )
                insert into touched select distinct household_id from changed on conflict do nothing
                """, steppingBack);
        }
        await transaction.Execute(
            """
            with added as (
                insert into members (id, household_id, division, name, identity_sealed, identity_hash, birth_date, gender, relation, education, health_conditions,
                                     disability_grade, labour_ability, insurance, school_status, employed, identity_due_date, identity_due_citation)
                select row.member_id, household.household_id, household.division, row.name, row.identity_sealed, row.identity_hash, row.birth_date, row.gender, row.relation,
                       row.education, row.health_conditions, row.disability_grade, row.labour_ability, row.insurance, row.school_status, row.employed,
                       row.identity_due_date, row.identity_due_citation::jsonb
                from staged as row join staged_households as household on household.number = row.number
                where not household.known or not exists (select from members where members.identity_hash = row.identity_hash)
                returning household_id
            )
            insert into touched select household_id from staged_households where known and household_id in (select household_id from added) on conflict do nothing
            """);

        await transaction.Execute(
            """
            update households set version = version + 1, update_time = $1
            where id in (select touched.household_id from touched join staged_households as row on row.household_id = touched.household_id and row.known)
            """, transaction.Now);
        await transaction.Execute(
            """
            with people as (
                select household_id, count(*) as members, count(*) filter (where labour_ability between 1 and 3) as labour, count(*) filter (where employed) as employed
                from members where household_id in (select household_id from touched) group by household_id
            ), told as (
                select household.id, household.division, household.version,
                       case when not row.known then 'governance.monitoring.v1.HouseholdRegistered'
                            when row.from_division <> household.division or row.from_settlement_id is distinct from household.settlement_id
                                then 'governance.monitoring.v1.HouseholdMoved'
                            else 'governance.monitoring.v1.HouseholdChanged' end as event,
                       row.from_division, row.from_settlement_id,
                       -- The message HouseholdFacts as JSON, as Household.Facts makes it.
                       json_build_object(
                           'householdId', household.id, 'settlementId', household.settlement_id, 'division', household.division,
                           'originDivision', household.origin_division,
                           'category', (array['HOUSEHOLD_CATEGORY_OUT_OF_POVERTY', 'HOUSEHOLD_CATEGORY_GENERAL'])[household.category],
                           'lowIncomeCategories', (select json_agg((array['LOW_INCOME_CATEGORY_DIBAO', 'LOW_INCOME_CATEGORY_DESTITUTE', 'LOW_INCOME_CATEGORY_ORPHAN',
                               'LOW_INCOME_CATEGORY_UNATTENDED_CHILD'])[low_income]) from unnest(household.low_income_categories) as low_income),
                           'building', household.building, 'unit', household.unit, 'room', household.room, 'gridId', household.grid_id,
                           'dwellingGrade', (array['DWELLING_GRADE_A', 'DWELLING_GRADE_B', 'DWELLING_GRADE_C', 'DWELLING_GRADE_D', 'DWELLING_GRADE_NO_DWELLING'])[household.dwelling_grade],
                           'monitoredKind', (array['MONITORED_KIND_UNSTABLE', 'MONITORED_KIND_MARGINAL', 'MONITORED_KIND_SUDDEN_HARDSHIP'])[household.monitored_kind],
                           'memberCount', people.members, 'labourCount', people.labour, 'employedCount', people.employed) as facts
                from touched
                join households as household on household.id = touched.household_id
                join staged_households as row on row.household_id = touched.household_id
                join people on people.household_id = touched.household_id
            )
            insert into outbox (type, subject, division, version, data)
            select event, id::text, division, version, json_strip_nulls(case event
                       when 'governance.monitoring.v1.HouseholdMoved'
                           then json_build_object('household', facts, 'fromDivision', from_division, 'fromSettlementId', from_settlement_id)
                       else json_build_object('household', facts) end)
            from told
            """);

        return await transaction.First(
            """
            select (count(*) filter (where not known))::int, (count(*) filter (where known and household_id in (select household_id from touched)))::int,
                   (count(*) filter (where known and household_id not in (select household_id from touched)))::int
            from staged_households
            """, row => new ImportCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2))) ?? new ImportCounts(0, 0, 0);
    }

    /// <summary>Writes the faults that a query finds; the rule's code and sentences are its first parameters.</summary>
    internal static Task<int> Fault(this Transaction transaction, Rule rule, [System.Diagnostics.CodeAnalysis.ConstantExpected] string sql) =>
        transaction.Execute(sql, rule.Code, rule.Zh, rule.En);
}
