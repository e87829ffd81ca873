-- What jishi_app may do with whatever jishi_owner makes from now on: rows, never the shape, never TRUNCATE.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO jishi_app;
ALTER DEFAULT PRIVILEGES FOR ROLE jishi_owner GRANT USAGE ON SCHEMAS TO jishi_app;
ALTER DEFAULT PRIVILEGES FOR ROLE jishi_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jishi_app;
ALTER DEFAULT PRIVILEGES FOR ROLE jishi_owner GRANT USAGE, SELECT ON SEQUENCES TO jishi_app;
