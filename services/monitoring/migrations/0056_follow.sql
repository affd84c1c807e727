-- What else belongs to a member goes along when its household is split or merged.
create trigger drop_outs_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('drop_outs');
create trigger signings_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('signings');
create trigger illnesses_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('illnesses');
create trigger education_aids_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('education_aids');
create trigger verifications_follow after update of household_id on members
    for each row when (old.household_id <> new.household_id) execute function follow_member('verifications');
