-- An account's name and scopes can be changed. A token may never do more than its account, and processes remember for half
-- a minute what a token may do: so a change of scopes is told like that of a member's role, and what they remember of
-- an older version is read again. A process of the release before refuses the tokens of a changed account until it is
-- replaced: it does not know the version.

ALTER TABLE service_accounts ADD COLUMN version bigint NOT NULL DEFAULT 1;  -- the ETag
GRANT UPDATE (name, scopes, version) ON service_accounts TO starter_app;

CREATE FUNCTION entry.revoke_service_account_scopes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO revocations (kind, subject, min_version)
    VALUES ('membership', NEW.tenant_id || '/' || NEW.id, NEW.version);
  RETURN NULL;
END $$;
CREATE TRIGGER revoke_scopes AFTER UPDATE OF scopes ON service_accounts FOR EACH ROW
  WHEN (OLD.scopes <> NEW.scopes) EXECUTE FUNCTION entry.revoke_service_account_scopes();

-- 17. What a token of a service account may do, and that it was used; no row when it is unknown or over, or its account or
-- tenant is. It never waits for a lock: another process that notes the same minute is as good.
DROP FUNCTION entry.service_token_use(uuid);
CREATE FUNCTION entry.service_token_use(p_token uuid)
RETURNS TABLE (account_id uuid, tenant_id uuid, tenant_slug text, account_version bigint, tenant_version bigint,
               scopes text, expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE service_account_tokens k SET last_used_at = now() WHERE k.id IN (
    SELECT u.id FROM service_account_tokens u WHERE u.id = p_token AND u.revoked_at IS NULL AND u.expires_at > now()
      AND (u.last_used_at IS NULL OR u.last_used_at < now() - interval '1 minute')
    FOR NO KEY UPDATE SKIP LOCKED);
  RETURN QUERY
  SELECT a.id, t.id, t.slug, a.version, t.token_version,
         array_to_string(ARRAY(SELECT s FROM unnest(k.scopes) AS s WHERE s = ANY (a.scopes) ORDER BY s), ' '), k.expires_at
  FROM service_account_tokens k
    JOIN service_accounts a ON a.tenant_id = k.tenant_id AND a.id = k.account_id
    JOIN tenants t ON t.id = k.tenant_id
  WHERE k.id = p_token AND k.revoked_at IS NULL AND k.expires_at > now() AND a.removed_at IS NULL AND t.status = 'active';
END $$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOREACH f IN ARRAY ARRAY['entry.revoke_service_account_scopes()', 'entry.service_token_use(uuid)']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO starter_entry', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION entry.service_token_use(uuid) TO starter_app;
