-- A membership that ended and was made again began at version 1, below what the revocation of its predecessor
-- demands: whoever was removed and invited again was refused for as long as that revocation lasted. Versions of all
-- memberships come from one sequence now, so a later one is always higher.

CREATE SEQUENCE membership_versions;
SELECT setval('membership_versions', (SELECT coalesce(max(version), 0) + 1 FROM memberships));
GRANT USAGE ON SEQUENCE membership_versions TO starter_app, starter_entry;
ALTER TABLE memberships ALTER COLUMN version SET DEFAULT nextval('membership_versions');

CREATE OR REPLACE FUNCTION raise_membership_version() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.version := nextval('membership_versions');
  RETURN NEW;
END $$;
