-- The two roles of the application and its database. Run by a superuser with psql, as often as one likes:
--   psql -v owner_password=... -v app_password=... -v database=jishi -f roles.sql
-- jishi_owner migrates; jishi_app is what web, workers and tests are. Neither is a superuser.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

SELECT 'CREATE ROLE jishi_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jishi_owner') \gexec
SELECT 'CREATE ROLE jishi_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jishi_app') \gexec
ALTER ROLE jishi_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE jishi_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE jishi_owner SET search_path = public;
ALTER ROLE jishi_app SET search_path = public;

SELECT format('CREATE DATABASE %I OWNER jishi_owner', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO jishi_app;

-- In template1 as well: databases that jishi_owner makes for tests then have the same defaults.
\connect template1
\ir grants.sql
\connect :"database"
\ir grants.sql
