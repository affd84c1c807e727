-- What screening, matching and indicators read whole.
call scope_scanned_table('members');
call scope_scanned_table('incomes');
call scope_scanned_table('income_years');

-- A county's rows came by a few files and lie together: of the other counties' pages a screening reads none.
create index members_division on members using brin (division);
create index income_years_division on income_years using brin (division);
