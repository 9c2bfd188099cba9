-- The backup role could read every table and no sequence, so pg_dump refused to run as it. Those of later migrations
-- are readable from the start.

GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO starter_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO starter_backup;
