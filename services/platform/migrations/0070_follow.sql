-- A procedure goes along with its subject. Acts are final and stay where they were done, so whoever sees a procedure sees what was done on its
-- way there.
create policy with_procedure on procedure_acts for select using (exists (select from procedures where procedures.id = procedure_acts.procedure_id));
