-- Makes a service's database as its administrator: an owner that migrates, and a role that serves, owns nothing, and is therefore
-- bound by row-level security. Run again, it sets the passwords anew and leaves the data alone.
--
--   OWNER_PASSWORD=… SERVING_PASSWORD=… psql --variable name=monitoring --file provision.sql
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv serving_password SERVING_PASSWORD

select format('create role %I', role)
from unnest(array[:'name', :'name' || '_owner']) as role where not exists (select from pg_roles where rolname = role) \gexec
select format('alter role %I login nosuperuser nobypassrls password %L', :'name' || '_owner', :'owner_password') \gexec
select format('alter role %I login nosuperuser nobypassrls password %L', :'name', :'serving_password') \gexec
select format('create database %I owner %I encoding ''UTF8'' template template0', :'name', :'name' || '_owner')
where not exists (select from pg_database where datname = :'name') \gexec

select format('revoke all on database %I from public', :'name') \gexec
select format('grant connect, temporary on database %I to %I', :'name', :'name') \gexec
\connect :"name"
select format('grant usage on schema public to %I', :'name') \gexec
select format('grant all on schema public to %I', :'name' || '_owner') \gexec
select format('alter default privileges for role %I in schema public grant select, insert, update, delete on tables to %I', :'name' || '_owner', :'name') \gexec
select format('alter default privileges for role %I in schema public grant usage on sequences to %I', :'name' || '_owner', :'name') \gexec
