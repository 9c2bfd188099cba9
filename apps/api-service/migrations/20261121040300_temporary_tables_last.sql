-- A search path that does not name pg_temp begins with it. Whoever may execute a SECURITY DEFINER function could
-- therefore have put a temporary table in the place of one of ours and made the function read or write that instead.
-- Every function names it last from here on, and nobody makes temporary tables in this database any more.

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace IN ('entry'::regnamespace, 'public'::regnamespace) AND p.proconfig IS NOT NULL LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f);
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
