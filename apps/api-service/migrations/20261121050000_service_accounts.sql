-- Service accounts: programs that work in a tenant without being a person.
--
-- An account has scopes; a token of it has some of them and an end. No token is stored: it is an HMAC over its id, and
-- the row says whether it is still good. Requests see the accounts and tokens of their tenant, and can only end them:
-- tokens come from entry.service_token_issue, for a request that the deployment's signing secret vouches for.

CREATE TABLE service_accounts (
  tenant_id uuid NOT NULL DEFAULT app_tenant() REFERENCES tenants ON DELETE CASCADE,
  id uuid NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
  removed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
-- A removed account stays, because the audit log names what it did.
CREATE UNIQUE INDEX service_accounts_name ON service_accounts (tenant_id, name) WHERE removed_at IS NULL;
SELECT protect_tenant_table('service_accounts');
DROP POLICY app_remove ON service_accounts;
REVOKE UPDATE, DELETE ON service_accounts FROM starter_app;
GRANT UPDATE (removed_at) ON service_accounts TO starter_app;
GRANT SELECT, INSERT ON service_accounts TO starter_entry;
CREATE POLICY entry_read ON service_accounts FOR SELECT TO starter_entry USING (true);
CREATE POLICY entry_add ON service_accounts FOR INSERT TO starter_entry WITH CHECK (true);

CREATE TABLE service_account_tokens (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL CONSTRAINT service_account_tokens_id_key UNIQUE,
  account_id uuid NOT NULL,
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
  issued_by text NOT NULL,  -- the operator, as the signed request named them
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  last_used_at timestamptz,  -- to the minute: entry.service_token_use
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES service_accounts ON DELETE CASCADE
);
CREATE INDEX service_account_tokens_account ON service_account_tokens (tenant_id, account_id, created_at DESC);
CREATE INDEX service_account_tokens_expiry ON service_account_tokens (expires_at);
SELECT protect_tenant_table('service_account_tokens');
DROP POLICY app_add ON service_account_tokens;
DROP POLICY app_remove ON service_account_tokens;
REVOKE INSERT, UPDATE, DELETE ON service_account_tokens FROM starter_app;
GRANT UPDATE (revoked_at) ON service_account_tokens TO starter_app;
GRANT SELECT, INSERT, UPDATE (expires_at, revoked_at, last_used_at) ON service_account_tokens TO starter_entry;
CREATE POLICY entry_read ON service_account_tokens FOR SELECT TO starter_entry USING (true);
CREATE POLICY entry_add ON service_account_tokens FOR INSERT TO starter_entry WITH CHECK (true);
CREATE POLICY entry_change ON service_account_tokens FOR UPDATE TO starter_entry USING (true);
-- The worker deletes what ended a month ago, of whatever tenant, and reads no more than that takes.
DROP POLICY worker_read ON service_account_tokens;
REVOKE SELECT ON service_account_tokens FROM starter_worker;
GRANT SELECT (id, expires_at), DELETE ON service_account_tokens TO starter_worker;
CREATE POLICY worker_read ON service_account_tokens FOR SELECT TO starter_worker
  USING (expires_at < now() - interval '30 days');
CREATE POLICY worker_remove ON service_account_tokens FOR DELETE TO starter_worker
  USING (expires_at < now() - interval '30 days');

-- Signed requests that were used. Kept longer than any of them is valid, whichever clock one asks.
CREATE TABLE signed_request_nonces (
  nonce text PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX signed_request_nonces_expiry ON signed_request_nonces (expires_at);
ALTER TABLE signed_request_nonces ENABLE ROW LEVEL SECURITY;
ALTER TABLE signed_request_nonces FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON signed_request_nonces TO starter_owner USING (true) WITH CHECK (true);
CREATE POLICY backup_read ON signed_request_nonces FOR SELECT TO starter_backup USING (true);
GRANT SELECT ON signed_request_nonces TO starter_backup;
GRANT SELECT, INSERT ON signed_request_nonces TO starter_entry;
CREATE POLICY entry_read ON signed_request_nonces FOR SELECT TO starter_entry USING (true);
CREATE POLICY entry_add ON signed_request_nonces FOR INSERT TO starter_entry WITH CHECK (true);
GRANT SELECT (nonce, expires_at), DELETE ON signed_request_nonces TO starter_worker;
CREATE POLICY worker_read ON signed_request_nonces FOR SELECT TO starter_worker
  USING (expires_at < now() - interval '1 hour');
CREATE POLICY worker_remove ON signed_request_nonces FOR DELETE TO starter_worker
  USING (expires_at < now() - interval '1 hour');

-- A revoked token is refused within a second: every process hears of it before its own memory of the token runs out.
CREATE FUNCTION entry.revoke_service_token() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO revocations (kind, subject) VALUES ('session', NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER revoke_token AFTER UPDATE OF revoked_at ON service_account_tokens FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION entry.revoke_service_token();

-- 16. Issues a token for a signed request whose signature and times were right. The nonce is used up whatever comes of it.
--   issued             the token's row is there
--   replayed           the nonce was used before, and nothing was done
--   no_tenant          there is no active tenant of that address
--   no_account         it has no such account, and none was to be made
--   scope_not_granted  the account lacks one of the scopes
-- With p_overlap the other tokens of the account end after so many minutes: a rotation.
CREATE FUNCTION entry.service_token_issue(p_nonce text, p_nonce_expires timestamptz, p_tenant text, p_account text,
                                          p_create boolean, p_new_account uuid, p_token uuid, p_scopes text[],
                                          p_minutes integer, p_overlap integer, p_by text)
RETURNS TABLE (outcome text, tenant_id uuid, account_id uuid, expires_at timestamptz, rotated bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE owning uuid; account service_accounts; until timestamptz; ended bigint := 0; made bigint := 0;
BEGIN
  INSERT INTO signed_request_nonces (nonce, expires_at) VALUES (p_nonce, p_nonce_expires) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'replayed', NULL::uuid, NULL::uuid, NULL::timestamptz, 0::bigint;
    RETURN;
  END IF;
  SELECT t.id INTO owning FROM tenants t WHERE t.slug = p_tenant AND t.status = 'active';
  IF owning IS NULL THEN
    RETURN QUERY SELECT 'no_tenant', NULL::uuid, NULL::uuid, NULL::timestamptz, 0::bigint;
    RETURN;
  END IF;
  IF p_create THEN
    INSERT INTO service_accounts (tenant_id, id, name, scopes) VALUES (owning, p_new_account, p_account, p_scopes)
      ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
  END IF;
  SELECT * INTO account FROM service_accounts a
    WHERE a.tenant_id = owning AND a.name = p_account AND a.removed_at IS NULL;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'no_account', owning, NULL::uuid, NULL::timestamptz, 0::bigint;
    RETURN;
  END IF;
  IF NOT p_scopes <@ account.scopes THEN
    RETURN QUERY SELECT 'scope_not_granted', owning, account.id, NULL::timestamptz, 0::bigint;
    RETURN;
  END IF;
  IF p_overlap = 0 THEN
    UPDATE service_account_tokens k SET revoked_at = now()
      WHERE k.tenant_id = owning AND k.account_id = account.id AND k.revoked_at IS NULL AND k.expires_at > now();
    GET DIAGNOSTICS ended = ROW_COUNT;
  ELSIF p_overlap > 0 THEN
    UPDATE service_account_tokens k SET expires_at = now() + make_interval(mins => p_overlap)
      WHERE k.tenant_id = owning AND k.account_id = account.id AND k.revoked_at IS NULL
        AND k.expires_at > now() + make_interval(mins => p_overlap);
    GET DIAGNOSTICS ended = ROW_COUNT;
  END IF;
  until := now() + make_interval(mins => p_minutes);
  INSERT INTO service_account_tokens (tenant_id, id, account_id, scopes, issued_by, expires_at)
    VALUES (owning, p_token, account.id, p_scopes, p_by, until);
  IF made > 0 THEN
    INSERT INTO audit_events (id, tenant_id, action, target_type, target_id, payload, xid, at, digest)
    VALUES (gen_random_uuid(), owning, 'service_account.created', 'service_account', account.id::text,
            jsonb_build_object('name', p_account, 'scopes', array_to_string(p_scopes, ' '), 'by', p_by),
            pg_current_xact_id(), now(), '');
  END IF;
  INSERT INTO audit_events (id, tenant_id, action, target_type, target_id, payload, xid, at, digest)
  VALUES (gen_random_uuid(), owning, CASE WHEN p_overlap IS NULL THEN 'service_token.issued' ELSE 'service_token.rotated' END,
          'service_account', account.id::text,
          jsonb_build_object('name', p_account, 'token', p_token, 'scopes', array_to_string(p_scopes, ' '), 'by', p_by,
                             'expires_at', to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
          pg_current_xact_id(), now(), '');
  RETURN QUERY SELECT 'issued', owning, account.id, until, ended;
END $$;

-- 17. What a token of a service account may do, and that it was used; no row when it is unknown or over, or its account or
-- tenant is. It never waits for a lock: another process that notes the same minute is as good.
CREATE FUNCTION entry.service_token_use(p_token uuid)
RETURNS TABLE (account_id uuid, tenant_id uuid, tenant_slug text, tenant_version bigint, scopes text,
               expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE service_account_tokens k SET last_used_at = now() WHERE k.id IN (
    SELECT u.id FROM service_account_tokens u WHERE u.id = p_token AND u.revoked_at IS NULL AND u.expires_at > now()
      AND (u.last_used_at IS NULL OR u.last_used_at < now() - interval '1 minute')
    FOR NO KEY UPDATE SKIP LOCKED);
  RETURN QUERY
  SELECT a.id, t.id, t.slug, t.token_version,
         array_to_string(ARRAY(SELECT s FROM unnest(k.scopes) AS s WHERE s = ANY (a.scopes) ORDER BY s), ' '), k.expires_at
  FROM service_account_tokens k
    JOIN service_accounts a ON a.tenant_id = k.tenant_id AND a.id = k.account_id
    JOIN tenants t ON t.id = k.tenant_id
  WHERE k.id = p_token AND k.revoked_at IS NULL AND k.expires_at > now() AND a.removed_at IS NULL AND t.status = 'active';
END $$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOREACH f IN ARRAY ARRAY[
      'entry.revoke_service_token()', 'entry.service_token_use(uuid)',
      'entry.service_token_issue(text, timestamptz, text, text, boolean, uuid, uuid, text[], integer, integer, text)'
      ]::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO starter_entry', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION entry.service_token_use(uuid) TO starter_app;
GRANT EXECUTE ON FUNCTION entry.service_token_issue(text, timestamptz, text, text, boolean, uuid, uuid, text[], integer,
                                                    integer, text) TO starter_app;

-- The log is read newest first by id. Events that functions record had ids without a time, so they stood anywhere in it.
CREATE OR REPLACE FUNCTION seal_audit_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.xid := pg_current_xact_id();
  NEW.at := clock_timestamp();
  IF substr(NEW.id::text, 15, 1) <> '7' THEN  -- becomes version 7 (RFC 9562 section 5.7): milliseconds, then chance
    NEW.id := encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
      PLACING substring(int8send((extract(epoch FROM NEW.at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;
  END IF;
  NEW.linked := false;
  NEW.salt := uuid_send(gen_random_uuid());
  NEW.digest := sha256(NEW.salt || convert_to(audit_canonical(NEW.id, NEW.tenant_id, NEW.at, NEW.actor_id, NEW.action,
                                                               NEW.target_type, NEW.target_id, NEW.payload), 'UTF8'));
  RETURN NEW;
END $$;
