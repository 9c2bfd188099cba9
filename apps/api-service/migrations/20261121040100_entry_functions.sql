-- What may be done before a tenant is known: at most fifteen functions, each with fixed columns.
--
-- They run as starter_entry, which nobody logs in as; requests may only execute them. Those that act for a signed-in
-- person read app.user themselves, so a caller can't name somebody else. Locks are taken in the order user, family,
-- revocation, audit. All are in plpgsql: it keeps the plans of a session, while a function in language sql that can't be
-- inlined is planned at every call.

CREATE FUNCTION entry.audit(p_actor uuid, p_action text, p_target_type text, p_target text, p_payload jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
  INSERT INTO audit_events (id, tenant_id, actor_id, action, target_type, target_id, payload, xid, at, digest)
  VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000000', p_actor, p_action, p_target_type, p_target,
          p_payload, pg_current_xact_id(), now(), '');
END $$;

CREATE FUNCTION entry.queue_mail(p_job uuid, p_payload jsonb) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
  INSERT INTO jobs (id, queue, payload) VALUES (p_job, 'mail', p_payload);
END $$;

-- The tenant that a session is for: the named one, else the only or most recently used one.
CREATE FUNCTION entry.pick_tenant(p_user uuid, p_slug text)
RETURNS TABLE (tenant_id uuid, tenant_slug text, tenant_name text, tenant_status tenant_status, role member_role,
               membership_version bigint, tenant_version bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public
AS $$
BEGIN
  RETURN QUERY
  SELECT t.id, t.slug, t.name, t.status, m.role, m.version, t.token_version
  FROM memberships m JOIN tenants t ON t.id = m.tenant_id
  WHERE m.user_id = p_user AND (p_slug IS NULL OR t.slug = p_slug) AND t.status IN ('active', 'suspended')
  ORDER BY m.last_used_at DESC, t.slug LIMIT 1;
END $$;

-- --- sign-up ---------------------------------------------------------------------------------------------------------

-- 1. Both outcomes write one row and queue one mail, so that the answer tells nothing about the address.
CREATE FUNCTION entry.sign_up(p_id uuid, p_email text, p_name text, p_hash text, p_invite uuid, p_minutes integer,
                              p_job uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM users WHERE email = p_email) THEN
    PERFORM entry.queue_mail(p_job, jsonb_build_object('template', 'account_exists', 'to', p_email, 'name', p_name));
    RETURN;
  END IF;
  INSERT INTO sign_ups (id, email, display_name, password_hash, invite_id, expires_at)
    VALUES (p_id, p_email, p_name, p_hash, p_invite, now() + make_interval(mins => p_minutes));
  PERFORM entry.queue_mail(p_job, jsonb_build_object('template', 'verify_email', 'to', p_email, 'name', p_name,
                                                     'token_id', p_id));
END $$;

-- 2. Sends the newest open sign-up's mail again.
CREATE FUNCTION entry.resend_verification(p_email text, p_job uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE open_one sign_ups;
BEGIN
  SELECT * INTO open_one FROM sign_ups
    WHERE email = p_email AND consumed_at IS NULL AND expires_at > now() ORDER BY created_at DESC LIMIT 1;
  IF FOUND THEN
    PERFORM entry.queue_mail(p_job, jsonb_build_object('template', 'verify_email', 'to', p_email,
                                                       'name', open_one.display_name, 'token_id', open_one.id));
  END IF;
END $$;

-- An invite that is open and meant for this person; makes the membership. Used by 3 and 15.
CREATE FUNCTION entry.join_by_invite(p_invite uuid, p_user uuid, p_email text) RETURNS uuid LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE taken invites;
BEGIN
  UPDATE invites SET accepted_at = now()
    WHERE id = p_invite AND email = p_email AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()
    RETURNING * INTO taken;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO memberships (tenant_id, user_id, role) VALUES (taken.tenant_id, p_user, taken.role)
    ON CONFLICT (tenant_id, user_id) DO NOTHING;
  INSERT INTO audit_events (id, tenant_id, actor_id, action, target_type, target_id, payload, xid, at, digest)
    VALUES (gen_random_uuid(), taken.tenant_id, p_user, 'member.joined', 'user', p_user::text,
            jsonb_build_object('role', taken.role), pg_current_xact_id(), now(), '');
  RETURN taken.tenant_id;
END $$;

-- 3. Consumes the token of a verification mail; no row if it was used, is too old or the address was taken meanwhile.
CREATE FUNCTION entry.verify_email(p_id uuid, p_user uuid) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE taken sign_ups;
BEGIN
  UPDATE sign_ups SET consumed_at = now() WHERE id = p_id AND consumed_at IS NULL AND expires_at > now()
    RETURNING * INTO taken;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO users (id, email, display_name, email_verified_at)
    VALUES (p_user, taken.email, taken.display_name, now()) ON CONFLICT (email) DO NOTHING;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO credentials (user_id, password_hash) VALUES (p_user, taken.password_hash);
  PERFORM entry.audit(p_user, 'user.verified', 'user', p_user::text, '{}');
  IF taken.invite_id IS NOT NULL THEN
    PERFORM entry.join_by_invite(taken.invite_id, p_user, taken.email);
  END IF;
  RETURN QUERY SELECT p_user;
END $$;

-- --- sign-in and refresh ---------------------------------------------------------------------------------------------

-- 4. The hash to compare with. `pending` is a sign-up whose mail was not opened yet.
CREATE FUNCTION entry.login_lookup(p_email text)
RETURNS TABLE (user_id uuid, password_hash text, pending boolean, disabled boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN QUERY
  (SELECT u.id, c.password_hash, false, u.disabled_at IS NOT NULL
   FROM users u JOIN credentials c ON c.user_id = u.id WHERE u.email = p_email)
  UNION ALL
  (SELECT s.id, s.password_hash, true, false FROM sign_ups s
   WHERE s.email = p_email AND s.consumed_at IS NULL AND s.expires_at > now()
     AND NOT EXISTS (SELECT 1 FROM users u WHERE u.email = p_email)
   ORDER BY s.created_at DESC LIMIT 1);
END $$;

-- 5. Opens a session after the password was right; `p_rehash` replaces a hash of older parameters.
CREATE FUNCTION entry.session_open(p_family uuid, p_user uuid, p_salt bytea, p_key text, p_minutes integer, p_ip text,
                                   p_agent text, p_rehash text, p_slug text)
RETURNS TABLE (user_id uuid, email text, display_name text, created_at timestamptz, user_version bigint,
               expires_at timestamptz, tenant_id uuid, tenant_slug text, tenant_name text, tenant_status tenant_status,
               role member_role, membership_version bigint, tenant_version bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE person users; ends timestamptz := now() + make_interval(mins => p_minutes);
BEGIN
  SELECT * INTO person FROM users u WHERE u.id = p_user AND u.disabled_at IS NULL FOR SHARE;
  IF NOT FOUND THEN RETURN; END IF;
  IF p_rehash IS NOT NULL THEN
    UPDATE credentials c SET password_hash = p_rehash WHERE c.user_id = p_user;
  END IF;
  INSERT INTO families (id, user_id, salt, key_id, user_agent, ip, expires_at)
    VALUES (p_family, p_user, p_salt, p_key, p_agent, p_ip, ends);
  PERFORM entry.audit(p_user, 'session.opened', 'session', p_family::text, '{}');
  RETURN QUERY SELECT person.id, person.email, person.display_name, person.created_at, person.token_version, ends,
                      t.tenant_id, t.tenant_slug, t.tenant_name, t.tenant_status, t.role, t.membership_version, t.tenant_version
               FROM (SELECT 1) one LEFT JOIN entry.pick_tenant(p_user, p_slug) t ON true;
END $$;

-- 6. Everything that a refresh decides on, in one read.
CREATE FUNCTION entry.family_read(p_family uuid, p_slug text)
RETURNS TABLE (salt bytea, key_id text, gen bigint, confirmed_gen bigint, rotated_recently boolean, ended boolean,
               user_agent text, user_id uuid, email text, display_name text, created_at timestamptz,
               user_version bigint, expires_at timestamptz, tenant_id uuid, tenant_slug text, tenant_name text,
               tenant_status tenant_status, role member_role, membership_version bigint, tenant_version bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN QUERY
  SELECT f.salt, f.key_id, f.gen, f.confirmed_gen, f.rotated_at > now() - interval '10 seconds',
         f.revoked_at IS NOT NULL OR f.expires_at <= now() OR u.disabled_at IS NOT NULL, f.user_agent,
         u.id, u.email, u.display_name, u.created_at, u.token_version, f.expires_at,
         t.tenant_id, t.tenant_slug, t.tenant_name, t.tenant_status, t.role, t.membership_version, t.tenant_version
  FROM families f JOIN users u ON u.id = f.user_id LEFT JOIN LATERAL entry.pick_tenant(u.id, p_slug) t ON true
  WHERE f.id = p_family;
END $$;

-- 7. The compare-and-set of a rotation: one row, or none if another process was first.
CREATE FUNCTION entry.family_rotate(p_family uuid, p_expected bigint, p_presented bigint) RETURNS TABLE (gen bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN QUERY
  UPDATE families f SET gen = p_presented + 1, rotated_at = now(), confirmed_gen = p_presented, last_used_at = now()
  WHERE f.id = p_family AND f.gen = p_expected AND f.revoked_at IS NULL AND f.expires_at > now()
  RETURNING f.gen;
END $$;

-- 8. A token of this generation came back from its owner: its predecessor may no longer be exchanged.
CREATE FUNCTION entry.family_confirm(p_family uuid, p_gen bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE families f SET confirmed_gen = p_gen WHERE f.id = p_family AND f.confirmed_gen < p_gen AND f.gen = p_gen;
END $$;

-- 9. Ends sessions: one, all of a person, or all but one; their access tokens are refused from the commit on.
CREATE FUNCTION entry.sessions_end(p_user uuid, p_family uuid, p_except uuid, p_reason text) RETURNS TABLE (ended bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE owner uuid; count bigint;
BEGIN
  IF p_user IS NULL AND p_family IS NULL THEN RETURN QUERY SELECT 0::bigint; RETURN; END IF;
  SELECT coalesce(p_user, (SELECT f.user_id FROM families f WHERE f.id = p_family)) INTO owner;
  PERFORM 1 FROM users u WHERE u.id = owner FOR UPDATE;
  WITH gone AS (
    UPDATE families f SET revoked_at = now()
    WHERE f.user_id = owner AND (p_family IS NULL OR f.id = p_family) AND f.id IS DISTINCT FROM p_except
      AND f.revoked_at IS NULL
    RETURNING f.id),
  noted AS (INSERT INTO revocations (kind, subject) SELECT 'session', gone.id::text FROM gone)
  SELECT count(*) INTO count FROM gone;
  IF count > 0 THEN
    PERFORM entry.audit(owner, 'session.ended', 'session', coalesce(p_family::text, 'all'),
                        jsonb_build_object('reason', p_reason, 'count', count));
  END IF;
  RETURN QUERY SELECT count;
END $$;

-- 10. The sessions of the signed-in person, newest first.
CREATE FUNCTION entry.session_list(p_before timestamptz, p_limit integer)
RETURNS TABLE (id uuid, created_at timestamptz, last_used_at timestamptz, ip text, user_agent text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN QUERY
  SELECT f.id, f.created_at, f.last_used_at, f.ip, f.user_agent FROM families f
  WHERE f.user_id = app_user() AND f.revoked_at IS NULL AND f.expires_at > now() AND (p_before IS NULL OR f.created_at < p_before)
  ORDER BY f.created_at DESC LIMIT p_limit;
END $$;

-- --- passwords -------------------------------------------------------------------------------------------------------

-- 11. A known address gets a mail; the caller learns nothing.
CREATE FUNCTION entry.reset_request(p_id uuid, p_email text, p_minutes integer, p_job uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE person users;
BEGIN
  SELECT * INTO person FROM users u WHERE u.email = p_email AND u.disabled_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO password_resets (id, user_id, expires_at) VALUES (p_id, person.id, now() + make_interval(mins => p_minutes));
  PERFORM entry.queue_mail(p_job, jsonb_build_object('template', 'reset_password', 'to', person.email,
                                                     'name', person.display_name, 'token_id', p_id));
END $$;

-- 12. The hashes that a new password must differ from: of the signed-in person, or of the owner of an open reset.
CREATE FUNCTION entry.password_read(p_reset uuid, p_history integer)
RETURNS TABLE (user_id uuid, password_hash text, current boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE person uuid := app_user();
BEGIN
  IF p_reset IS NOT NULL THEN
    SELECT r.user_id INTO person FROM password_resets r
      WHERE r.id = p_reset AND r.consumed_at IS NULL AND r.expires_at > now();
  END IF;
  RETURN QUERY SELECT c.user_id, c.password_hash, true FROM credentials c WHERE c.user_id = person;
  RETURN QUERY SELECT h.user_id, h.password_hash, false FROM password_history h WHERE h.user_id = person
               ORDER BY h.replaced_at DESC LIMIT p_history;
END $$;

CREATE FUNCTION entry.replace_password(p_user uuid, p_hash text, p_job uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO password_history (user_id, password_hash) SELECT c.user_id, c.password_hash FROM credentials c WHERE c.user_id = p_user;
  DELETE FROM password_history h WHERE h.user_id = p_user AND h.replaced_at < (
    SELECT min(kept.replaced_at) FROM (SELECT k.replaced_at FROM password_history k WHERE k.user_id = p_user
                                       ORDER BY k.replaced_at DESC LIMIT 24) kept);
  UPDATE credentials c SET password_hash = p_hash, changed_at = now() WHERE c.user_id = p_user;
  PERFORM entry.audit(p_user, 'password.changed', 'user', p_user::text, '{}');
  PERFORM entry.queue_mail(p_job, (SELECT jsonb_build_object('template', 'password_changed', 'to', u.email, 'name', u.display_name)
                                   FROM users u WHERE u.id = p_user));
END $$;

-- 13. Sets the password by an open reset, once, and ends every session.
CREATE FUNCTION entry.reset_password(p_reset uuid, p_hash text, p_job uuid) RETURNS TABLE (user_id uuid, email text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE person uuid;
BEGIN
  SELECT r.user_id INTO person FROM password_resets r WHERE r.id = p_reset;
  PERFORM 1 FROM users u WHERE u.id = person FOR UPDATE;
  UPDATE password_resets r SET consumed_at = now() WHERE r.id = p_reset AND r.consumed_at IS NULL AND r.expires_at > now();
  IF NOT FOUND THEN RETURN; END IF;
  -- The other links in the mailbox must not work any more either.
  UPDATE password_resets r SET consumed_at = now() WHERE r.user_id = person AND r.consumed_at IS NULL;
  PERFORM entry.replace_password(person, p_hash, p_job);
  PERFORM entry.sessions_end(person, NULL, NULL, 'password_reset');
  RETURN QUERY SELECT u.id, u.email FROM users u WHERE u.id = person;
END $$;

-- 14. Sets the password of the signed-in person and ends the other sessions. No row if the hash that was checked is
-- no longer the current one.
CREATE FUNCTION entry.password_change(p_checked text, p_hash text, p_keep uuid, p_job uuid) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE person uuid := app_user();
BEGIN
  PERFORM 1 FROM users u WHERE u.id = person FOR UPDATE;
  IF NOT EXISTS (SELECT 1 FROM credentials c WHERE c.user_id = person AND c.password_hash = p_checked) THEN RETURN; END IF;
  PERFORM entry.replace_password(person, p_hash, p_job);
  PERFORM entry.sessions_end(person, NULL, p_keep, 'password_change');
  RETURN QUERY SELECT person;
END $$;

-- 15. The signed-in person accepts an invite that was sent to their address.
CREATE FUNCTION entry.invite_accept(p_invite uuid)
RETURNS TABLE (outcome text, tenant_id uuid, tenant_slug text, tenant_name text, role member_role, tenant_status tenant_status)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE person users; asked invites; joined uuid;
BEGIN
  SELECT * INTO person FROM users u WHERE u.id = app_user();
  SELECT * INTO asked FROM invites i WHERE i.id = p_invite;
  IF asked.id IS NOT NULL AND asked.email <> person.email THEN
    RETURN QUERY SELECT 'mismatch', NULL::uuid, NULL::text, NULL::text, NULL::member_role, NULL::tenant_status;
    RETURN;
  END IF;
  joined := entry.join_by_invite(p_invite, person.id, person.email);
  IF joined IS NULL AND asked.accepted_at IS NOT NULL THEN
    -- Opened again by the one who accepted it: they are where they wanted to be.
    SELECT m.tenant_id INTO joined FROM memberships m WHERE m.tenant_id = asked.tenant_id AND m.user_id = person.id;
  END IF;
  IF joined IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT 'joined', t.id, t.slug, t.name, m.role, t.status
    FROM tenants t JOIN memberships m ON m.tenant_id = t.id AND m.user_id = person.id WHERE t.id = joined;
END $$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'entry'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO starter_entry', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
  -- The helpers above run inside the others and are not for callers.
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'entry'::regnamespace AND p.prosecdef AND p.prorettype <> 'trigger'::regtype LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO starter_app', f);
  END LOOP;
END $$;
