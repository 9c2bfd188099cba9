-- Roles, people, sessions, tenants, the queue and the audit chain.
--
-- Who may see what is decided here and nowhere else. Each table has row-level security forced and one policy for
-- each role and command:
--   starter_app     requests; sees rows of app.tenant, or of app.user where a row belongs to a person
--   starter_worker  jobs; queue tables across tenants, everything else of app.tenant of the claimed row
--   starter_entry   owns the functions below, which work before anyone is signed in; nobody logs in as it
--   starter_backup  reads all, for dumps
-- The owner has USING (true) policies: FORCE would otherwise make its backfills touch no row, silently.
-- Foreign keys bypass row-level security, so keys between tenant tables are composite: (tenant_id, id).

CREATE SCHEMA entry AUTHORIZATION starter_entry;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO starter_app, starter_worker, starter_entry, starter_backup;
GRANT USAGE ON SCHEMA entry TO starter_app, starter_worker;

-- After the first transaction of a session an unset setting reads '' instead of NULL.
CREATE FUNCTION app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant', true), '')::uuid;
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.user', true), '')::uuid;

CREATE TYPE member_role AS ENUM ('viewer', 'member', 'admin', 'owner');
CREATE TYPE tenant_status AS ENUM ('provisioning', 'active', 'suspended', 'deprovisioning', 'deprovisioned');

-- --- people ----------------------------------------------------------------------------------------------------------

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL CONSTRAINT users_email_key UNIQUE,
  display_name text NOT NULL,
  email_verified_at timestamptz NOT NULL,
  token_version bigint NOT NULL DEFAULT 1,  -- access tokens with a lower one are refused
  operator_since timestamptz,               -- platform operators
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE credentials (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  password_hash text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE password_history (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  password_hash text NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX password_history_user ON password_history (user_id, replaced_at DESC);

-- Nobody has an account until the address is verified. Each sign-up keeps its own name and password hash, so that
-- whoever verifies gets the credentials of the very sign-up whose mail they opened, not of a later or earlier one.
CREATE TABLE sign_ups (
  id uuid PRIMARY KEY,  -- also the id of the token in the mail
  email text NOT NULL,
  display_name text NOT NULL,
  password_hash text NOT NULL,
  invite_id uuid,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_ups_email ON sign_ups (email, created_at DESC);

CREATE TABLE password_resets (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX password_resets_user ON password_resets (user_id);

-- A session is a family of refresh tokens (docs/architecture.md, "Refresh"). No token is stored: the
-- one of generation g is HMAC(pepper, id || g || salt).
CREATE TABLE families (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  salt bytea NOT NULL,
  key_id text NOT NULL,
  gen bigint NOT NULL DEFAULT 0,
  rotated_at timestamptz NOT NULL DEFAULT now(),
  confirmed_gen bigint NOT NULL DEFAULT -1,
  user_agent text,
  ip text,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  last_used_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX families_user ON families (user_id) WHERE revoked_at IS NULL;
CREATE INDEX families_expiry ON families (expires_at);

-- What running processes must refuse. They poll by transaction id: a poll by serial would miss rows that commit late.
CREATE TABLE revocations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind text NOT NULL CHECK (kind IN ('session', 'user', 'membership', 'tenant')),
  subject text NOT NULL,  -- a session, user or tenant id; tenant/user for a membership
  min_version bigint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '35 minutes'  -- longest access token plus leeway
);
CREATE INDEX revocations_xid ON revocations (xid);
CREATE INDEX revocations_expiry ON revocations (expires_at);

-- --- tenants ---------------------------------------------------------------------------------------------------------

CREATE TABLE tenants (
  id uuid PRIMARY KEY,
  slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{2,39}$'),
  name text NOT NULL,
  status tenant_status NOT NULL DEFAULT 'active',
  version bigint NOT NULL DEFAULT 1,        -- the ETag
  token_version bigint NOT NULL DEFAULT 1,  -- access tokens with a lower one are refused
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
  tenant_id uuid NOT NULL DEFAULT app_tenant() REFERENCES tenants ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role member_role NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  last_used_at timestamptz NOT NULL DEFAULT now(),
  joined_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE invites (
  tenant_id uuid NOT NULL DEFAULT app_tenant() REFERENCES tenants ON DELETE CASCADE,
  id uuid NOT NULL,
  email text NOT NULL,
  role member_role NOT NULL,
  invited_by uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT invites_id_key UNIQUE (id)
);
CREATE UNIQUE INDEX invites_open ON invites (tenant_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- A tenant keeps an owner whatever races: changes of owners of one tenant take turns, then count.
CREATE FUNCTION keep_an_owner() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.role = 'owner' AND (TG_OP = 'DELETE' OR NEW.role <> 'owner') THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('owners of ' || OLD.tenant_id::text, 0));
    IF NOT EXISTS (SELECT 1 FROM memberships
                   WHERE tenant_id = OLD.tenant_id AND role = 'owner' AND user_id <> OLD.user_id) THEN
      RAISE EXCEPTION 'a tenant needs an owner' USING ERRCODE = '23514', CONSTRAINT = 'tenant_last_owner';
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_an_owner BEFORE UPDATE OF role OR DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION keep_an_owner();

-- A changed role or a removed member ends the access tokens that say otherwise, in the same transaction.
CREATE FUNCTION entry.revoke_membership_tokens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO revocations (kind, subject, min_version)
    VALUES ('membership', OLD.tenant_id || '/' || OLD.user_id, OLD.version + 1);
  RETURN NULL;
END $$;
ALTER FUNCTION entry.revoke_membership_tokens() OWNER TO starter_entry;
REVOKE ALL ON FUNCTION entry.revoke_membership_tokens() FROM PUBLIC;
CREATE FUNCTION raise_membership_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER raise_version BEFORE UPDATE OF role ON memberships FOR EACH ROW EXECUTE FUNCTION raise_membership_version();
CREATE TRIGGER revoke_tokens AFTER UPDATE OF role OR DELETE ON memberships
  FOR EACH ROW EXECUTE FUNCTION entry.revoke_membership_tokens();

-- --- idempotency -----------------------------------------------------------------------------------------------------

CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL,  -- the nil UUID on routes without a tenant
  principal uuid NOT NULL DEFAULT app_user(),
  route text NOT NULL,
  key_hash bytea NOT NULL,
  body_hash bytea NOT NULL,
  reply bytea,  -- AES-256-GCM; there as soon as the row can be seen
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_key PRIMARY KEY (tenant_id, principal, route, key_hash)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- --- the queue -------------------------------------------------------------------------------------------------------

CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  queue text NOT NULL,
  tenant_id uuid,
  payload jsonb NOT NULL,
  run_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  done_at timestamptz,
  dead_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX jobs_ready ON jobs (queue, run_at) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX jobs_done ON jobs (done_at) WHERE done_at IS NOT NULL;

-- --- audit -----------------------------------------------------------------------------------------------------------

-- Written in the transaction of what it tells; linked into the tenant's hash chain afterwards by the worker.
-- Events of a person outside any tenant belong to the nil UUID's chain.
CREATE TABLE audit_events (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  xid xid8 NOT NULL,
  at timestamptz NOT NULL,
  actor_id uuid,
  action text NOT NULL,
  target_type text NOT NULL,
  target_id text,
  payload jsonb,  -- null after an erasure, like salt
  salt bytea,
  digest bytea NOT NULL,
  linked boolean NOT NULL DEFAULT false
);
CREATE INDEX audit_events_tenant ON audit_events (tenant_id, id DESC);
CREATE INDEX audit_events_unlinked ON audit_events (tenant_id, xid, id) WHERE NOT linked;

CREATE TABLE audit_links (
  tenant_id uuid NOT NULL,
  seq bigint NOT NULL,
  event_id uuid NOT NULL UNIQUE,
  digest bytea NOT NULL,
  prev bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
CREATE TABLE audit_heads (
  tenant_id uuid PRIMARY KEY,
  seq bigint NOT NULL,
  hash bytea NOT NULL
);
CREATE TABLE audit_checkpoints (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  document jsonb NOT NULL,  -- heads of all chains
  key_id text NOT NULL,
  signature bytea NOT NULL
);

-- What the chain protects: every member that has a meaning, in one canonical text.
CREATE FUNCTION audit_canonical(id uuid, tenant_id uuid, at timestamptz, actor_id uuid, action text, target_type text,
                                target_id text, payload jsonb) RETURNS text LANGUAGE sql STABLE
  RETURN jsonb_build_array(id, tenant_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor_id,
                           action, target_type, target_id, payload)::text;
CREATE FUNCTION seal_audit_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.xid := pg_current_xact_id();
  NEW.at := clock_timestamp();
  NEW.linked := false;
  NEW.salt := uuid_send(gen_random_uuid());
  NEW.digest := sha256(NEW.salt || convert_to(audit_canonical(NEW.id, NEW.tenant_id, NEW.at, NEW.actor_id, NEW.action,
                                                               NEW.target_type, NEW.target_id, NEW.payload), 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER seal BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION seal_audit_event();

-- What every table of a tenant's own data gets: one policy for each role and command, forced even for the owner.
CREATE FUNCTION protect_tenant_table(name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY owner_all ON %I TO starter_owner USING (true) WITH CHECK (true)', name);
  EXECUTE format('CREATE POLICY backup_read ON %I FOR SELECT TO starter_backup USING (true)', name);
  EXECUTE format('CREATE POLICY app_read ON %I FOR SELECT TO starter_app USING (tenant_id = app_tenant())', name);
  EXECUTE format('CREATE POLICY app_add ON %I FOR INSERT TO starter_app WITH CHECK (tenant_id = app_tenant())', name);
  EXECUTE format('CREATE POLICY app_change ON %I FOR UPDATE TO starter_app USING (tenant_id = app_tenant())', name);
  EXECUTE format('CREATE POLICY app_remove ON %I FOR DELETE TO starter_app USING (tenant_id = app_tenant())', name);
  EXECUTE format('CREATE POLICY worker_read ON %I FOR SELECT TO starter_worker USING (tenant_id = app_tenant())', name);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO starter_app', name);
  EXECUTE format('GRANT SELECT ON %I TO starter_backup, starter_worker', name);
END $$;
REVOKE ALL ON FUNCTION protect_tenant_table(text) FROM PUBLIC;

-- --- grants and policies ---------------------------------------------------------------------------------------------

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['users', 'credentials', 'password_history', 'sign_ups', 'password_resets', 'families',
                           'revocations', 'tenants', 'memberships', 'invites', 'idempotency_keys', 'jobs',
                           'audit_events', 'audit_links', 'audit_heads', 'audit_checkpoints'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY owner_all ON %I TO starter_owner USING (true) WITH CHECK (true)', t);
    EXECUTE format('CREATE POLICY backup_read ON %I FOR SELECT TO starter_backup USING (true)', t);
    EXECUTE format('GRANT SELECT ON %I TO starter_backup', t);
  END LOOP;
END $$;

-- users: oneself, and the names of those one shares the tenant with.
GRANT SELECT (id, email, display_name, email_verified_at, created_at), UPDATE (display_name) ON users TO starter_app;
CREATE POLICY app_read ON users FOR SELECT TO starter_app USING (
  id = app_user() OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id AND m.tenant_id = app_tenant()));
CREATE POLICY app_change ON users FOR UPDATE TO starter_app USING (id = app_user()) WITH CHECK (id = app_user());
GRANT SELECT, INSERT, UPDATE ON users TO starter_entry;
CREATE POLICY entry_read ON users FOR SELECT TO starter_entry USING (true);
CREATE POLICY entry_add ON users FOR INSERT TO starter_entry WITH CHECK (true);
CREATE POLICY entry_change ON users FOR UPDATE TO starter_entry USING (true);
GRANT SELECT (id, email, display_name) ON users TO starter_worker;
CREATE POLICY worker_read ON users FOR SELECT TO starter_worker USING (true);

DO $$
DECLARE t text;
BEGIN
  -- Secrets of people: only the entry functions touch them. The worker deletes what has expired.
  FOREACH t IN ARRAY ARRAY['credentials', 'password_history', 'sign_ups', 'password_resets', 'families', 'revocations'] LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO starter_entry', t);
    EXECUTE format('CREATE POLICY entry_read ON %I FOR SELECT TO starter_entry USING (true)', t);
    EXECUTE format('CREATE POLICY entry_add ON %I FOR INSERT TO starter_entry WITH CHECK (true)', t);
    EXECUTE format('CREATE POLICY entry_change ON %I FOR UPDATE TO starter_entry USING (true)', t);
    EXECUTE format('CREATE POLICY entry_remove ON %I FOR DELETE TO starter_entry USING (true)', t);
  END LOOP;
END $$;
GRANT SELECT (id, expires_at), DELETE ON sign_ups, password_resets, families TO starter_worker;
CREATE POLICY worker_read ON sign_ups FOR SELECT TO starter_worker USING (expires_at < now() - interval '1 day');
CREATE POLICY worker_remove ON sign_ups FOR DELETE TO starter_worker USING (expires_at < now() - interval '1 day');
CREATE POLICY worker_read ON password_resets FOR SELECT TO starter_worker USING (expires_at < now() - interval '1 day');
CREATE POLICY worker_remove ON password_resets FOR DELETE TO starter_worker USING (expires_at < now() - interval '1 day');
CREATE POLICY worker_read ON families FOR SELECT TO starter_worker USING (expires_at < now() - interval '1 day');
CREATE POLICY worker_remove ON families FOR DELETE TO starter_worker USING (expires_at < now() - interval '1 day');

-- Revocations hold ids and versions only; every process reads them all.
GRANT SELECT ON revocations TO starter_app;
CREATE POLICY app_read ON revocations FOR SELECT TO starter_app USING (true);
GRANT SELECT (id, expires_at), DELETE ON revocations TO starter_worker;
CREATE POLICY worker_read ON revocations FOR SELECT TO starter_worker USING (true);
CREATE POLICY worker_remove ON revocations FOR DELETE TO starter_worker USING (expires_at < now());

GRANT SELECT, INSERT, UPDATE (name, version) ON tenants TO starter_app;
CREATE POLICY app_read ON tenants FOR SELECT TO starter_app USING (
  id = app_tenant() OR EXISTS (SELECT 1 FROM memberships m WHERE m.tenant_id = tenants.id AND m.user_id = app_user()));
CREATE POLICY app_add ON tenants FOR INSERT TO starter_app WITH CHECK (id = app_tenant());
CREATE POLICY app_change ON tenants FOR UPDATE TO starter_app USING (id = app_tenant());
GRANT SELECT ON tenants TO starter_entry, starter_worker;
CREATE POLICY entry_read ON tenants FOR SELECT TO starter_entry USING (true);
CREATE POLICY worker_read ON tenants FOR SELECT TO starter_worker USING (true);

GRANT SELECT, INSERT, UPDATE (role), DELETE ON memberships TO starter_app;
CREATE POLICY app_read ON memberships FOR SELECT TO starter_app USING (tenant_id = app_tenant() OR user_id = app_user());
-- An admin can't put a stranger in: one joins by one's own acceptance, or by making the tenant.
CREATE POLICY app_add ON memberships FOR INSERT TO starter_app WITH CHECK (tenant_id = app_tenant() AND user_id = app_user());
CREATE POLICY app_change ON memberships FOR UPDATE TO starter_app USING (tenant_id = app_tenant());
CREATE POLICY app_remove ON memberships FOR DELETE TO starter_app USING (tenant_id = app_tenant());
GRANT SELECT, INSERT, UPDATE ON memberships TO starter_entry;
CREATE POLICY entry_read ON memberships FOR SELECT TO starter_entry USING (true);
CREATE POLICY entry_add ON memberships FOR INSERT TO starter_entry WITH CHECK (true);
CREATE POLICY entry_change ON memberships FOR UPDATE TO starter_entry USING (true);
GRANT SELECT ON memberships TO starter_worker;
CREATE POLICY worker_read ON memberships FOR SELECT TO starter_worker USING (tenant_id = app_tenant());

GRANT SELECT, INSERT, UPDATE (revoked_at) ON invites TO starter_app;
CREATE POLICY app_read ON invites FOR SELECT TO starter_app USING (tenant_id = app_tenant());
CREATE POLICY app_add ON invites FOR INSERT TO starter_app WITH CHECK (tenant_id = app_tenant());
CREATE POLICY app_change ON invites FOR UPDATE TO starter_app USING (tenant_id = app_tenant());
GRANT SELECT, UPDATE ON invites TO starter_entry;
CREATE POLICY entry_read ON invites FOR SELECT TO starter_entry USING (true);
CREATE POLICY entry_change ON invites FOR UPDATE TO starter_entry USING (true);
GRANT SELECT ON invites TO starter_worker;
CREATE POLICY worker_read ON invites FOR SELECT TO starter_worker USING (tenant_id = app_tenant());

GRANT SELECT, INSERT, UPDATE (reply) ON idempotency_keys TO starter_app;
CREATE POLICY app_read ON idempotency_keys FOR SELECT TO starter_app USING (principal = app_user());
CREATE POLICY app_add ON idempotency_keys FOR INSERT TO starter_app WITH CHECK (principal = app_user());
CREATE POLICY app_change ON idempotency_keys FOR UPDATE TO starter_app USING (principal = app_user());
GRANT SELECT (created_at), DELETE ON idempotency_keys TO starter_worker;
CREATE POLICY worker_read ON idempotency_keys FOR SELECT TO starter_worker USING (created_at < now() - interval '24 hours');
CREATE POLICY worker_remove ON idempotency_keys FOR DELETE TO starter_worker USING (created_at < now() - interval '24 hours');

-- Requests only add jobs; they can't read what others queued.
GRANT INSERT ON jobs TO starter_app, starter_entry;
CREATE POLICY app_add ON jobs FOR INSERT TO starter_app WITH CHECK (tenant_id IS NOT DISTINCT FROM app_tenant());
CREATE POLICY entry_add ON jobs FOR INSERT TO starter_entry WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO starter_worker;
CREATE POLICY worker_read ON jobs FOR SELECT TO starter_worker USING (true);
CREATE POLICY worker_add ON jobs FOR INSERT TO starter_worker WITH CHECK (true);
CREATE POLICY worker_change ON jobs FOR UPDATE TO starter_worker USING (true);
CREATE POLICY worker_remove ON jobs FOR DELETE TO starter_worker USING (done_at IS NOT NULL);

-- Append-only for everyone: no role but the owner may change or delete an event.
GRANT SELECT, INSERT ON audit_events TO starter_app;
CREATE POLICY app_read ON audit_events FOR SELECT TO starter_app USING (tenant_id = app_tenant());
CREATE POLICY app_add ON audit_events FOR INSERT TO starter_app WITH CHECK (
  tenant_id = coalesce(app_tenant(), '00000000-0000-0000-0000-000000000000') AND actor_id IS NOT DISTINCT FROM app_user());
GRANT INSERT ON audit_events TO starter_entry;
CREATE POLICY entry_add ON audit_events FOR INSERT TO starter_entry WITH CHECK (true);
GRANT SELECT, UPDATE (linked) ON audit_events TO starter_worker;
CREATE POLICY worker_read ON audit_events FOR SELECT TO starter_worker USING (true);
CREATE POLICY worker_link ON audit_events FOR UPDATE TO starter_worker USING (true);
GRANT SELECT, INSERT ON audit_links, audit_checkpoints TO starter_worker;
GRANT SELECT, INSERT, UPDATE ON audit_heads TO starter_worker;
CREATE POLICY worker_read ON audit_links FOR SELECT TO starter_worker USING (true);
CREATE POLICY worker_add ON audit_links FOR INSERT TO starter_worker WITH CHECK (true);
CREATE POLICY worker_read ON audit_heads FOR SELECT TO starter_worker USING (true);
CREATE POLICY worker_add ON audit_heads FOR INSERT TO starter_worker WITH CHECK (true);
CREATE POLICY worker_change ON audit_heads FOR UPDATE TO starter_worker USING (true);
CREATE POLICY worker_read ON audit_checkpoints FOR SELECT TO starter_worker USING (true);
CREATE POLICY worker_add ON audit_checkpoints FOR INSERT TO starter_worker WITH CHECK (true);
