-- Prepares one empty database for Vănthư. Run once by a superuser, connected to that database:
--
--     createdb --encoding UTF8 --locale C.UTF-8 --template template0 vanthu
--     psql --set ON_ERROR_STOP=1 --file sql/bootstrap.sql vanthu
--
-- Roles belong to the whole cluster, so every step may be repeated without harm. Plain SQL only, no psql commands: the tests
-- run this very file through the product's own connection. No role has a password: the cluster is reached over a unix
-- socket with peer authentication, and a site that needs TCP sets passwords (SCRAM) itself.

-- vanthu_owner owns the schemas and migrates. vanthu_app serves requests and jobs. vanthu_definer owns the few functions that
-- may look across tenants and can never log in. vanthu_backup dumps. vanthu_report is what all reporting logins have in common.
DO $$
DECLARE
    wanted record;
BEGIN
    -- Two databases of one cluster may be prepared at the same time (the tests do); roles and their settings are the cluster's.
    LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
    FOR wanted IN
        SELECT *
          FROM (VALUES ('vanthu_owner',      'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'),
                       ('vanthu_app',        'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'),
                       ('vanthu_definer',    'NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS'),
                       ('vanthu_backup',     'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS'),
                       ('vanthu_report',     'NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'),
                       ('vanthu_report_all', 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'))
            AS role (name, attributes)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles AS known WHERE known.rolname = wanted.name) THEN
            EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.attributes);
        END IF;
    END LOOP;
    -- The owner hands functions over to the definer role, for which it must be a member. The attribute BYPASSRLS is not inherited.
    IF NOT pg_has_role('vanthu_owner', 'vanthu_definer', 'MEMBER') THEN
        GRANT vanthu_definer TO vanthu_owner;
    END IF;
    IF NOT pg_has_role('vanthu_backup', 'pg_read_all_data', 'MEMBER') THEN
        GRANT pg_read_all_data TO vanthu_backup;
    END IF;
    IF NOT pg_has_role('vanthu_report_all', 'vanthu_report', 'MEMBER') THEN
        GRANT vanthu_report TO vanthu_report_all;
    END IF;
END
$$;

-- The time zone is set for roles too, since a database made from a template does not inherit the template's settings.
DO $$
DECLARE
    name text;
BEGIN
    LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), 'Asia/Ho_Chi_Minh');
    EXECUTE format('ALTER DATABASE %I OWNER TO vanthu_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO vanthu_app, vanthu_backup, vanthu_report', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO vanthu_app', current_database());
    IF NOT EXISTS (SELECT FROM pg_db_role_setting AS setting
                    WHERE setting.setdatabase = 0
                      AND setting.setrole = 'vanthu_app'::regrole
                      AND setting.setconfig @> ARRAY['TimeZone=Asia/Ho_Chi_Minh']) THEN
        FOREACH name IN ARRAY ARRAY['vanthu_owner', 'vanthu_app', 'vanthu_backup', 'vanthu_report_all'] LOOP
            EXECUTE format('ALTER ROLE %I SET timezone TO %L', name, 'Asia/Ho_Chi_Minh');
        END LOOP;
        -- A lost client must not hold locks, and nobody waits behind a lock for ever.
        ALTER ROLE vanthu_app SET idle_in_transaction_session_timeout TO '30s';
        ALTER ROLE vanthu_app SET lock_timeout TO '5s';
        ALTER ROLE vanthu_app SET statement_timeout TO '60s';
    END IF;
END
$$;

-- Whatever the owner creates is nobody's until it is granted; functions may be called by those who serve, and by nobody else.
ALTER DEFAULT PRIVILEGES FOR ROLE vanthu_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE vanthu_owner GRANT EXECUTE ON FUNCTIONS TO vanthu_app, vanthu_definer;
ALTER DEFAULT PRIVILEGES FOR ROLE vanthu_definer REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;

-- unaccent folds Vietnamese, pg_trgm forgives misspelling, btree_gin lets a tenant lead a GIN index.
CREATE EXTENSION IF NOT EXISTS unaccent  WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm   WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;
