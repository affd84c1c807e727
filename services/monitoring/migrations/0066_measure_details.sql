-- What a measure of its kind names, and the policy that asked for it.
alter table measures
    add column details  jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
    add column citation jsonb;
