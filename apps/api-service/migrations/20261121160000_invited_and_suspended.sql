-- Two rules that stood in the service and not where they are decided.
--
-- Where sign-up is by invitation only, a link that was revoked, had expired or was for somebody else still made an account:
-- the mail proves the address, and the invitation was looked at only to join. The account is made now only if it joins. The
-- default is what the release before this one asks for, which may run beside it.

DROP FUNCTION entry.verify_email(uuid, uuid);
CREATE FUNCTION entry.verify_email(p_id uuid, p_user uuid, p_invite_only boolean DEFAULT false) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE taken sign_ups;
BEGIN
  UPDATE sign_ups SET consumed_at = now() WHERE id = p_id AND consumed_at IS NULL AND expires_at > now()
    RETURNING * INTO taken;
  IF NOT FOUND THEN RETURN; END IF;
  IF p_invite_only THEN
    PERFORM 1 FROM invites i WHERE i.id = taken.invite_id AND i.email = taken.email AND i.accepted_at IS NULL
      AND i.revoked_at IS NULL AND i.expires_at > now() FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
  END IF;
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
ALTER FUNCTION entry.verify_email(uuid, uuid, boolean) OWNER TO starter_entry;
REVOKE ALL ON FUNCTION entry.verify_email(uuid, uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION entry.verify_email(uuid, uuid, boolean) TO starter_app;

-- A suspended tenant's people may still sign in, and their token says that it is suspended; who has another one lands there.
CREATE OR REPLACE FUNCTION entry.pick_tenant(p_user uuid, p_slug text)
RETURNS TABLE (tenant_id uuid, tenant_slug text, tenant_name text, tenant_status tenant_status, role member_role,
               membership_version bigint, tenant_version bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN QUERY
  SELECT t.id, t.slug, t.name, t.status, m.role, m.version, t.token_version
  FROM memberships m JOIN tenants t ON t.id = m.tenant_id
  WHERE m.user_id = p_user AND (p_slug IS NULL OR t.slug = p_slug) AND t.status IN ('active', 'suspended')
  ORDER BY t.status = 'suspended', m.last_used_at DESC, t.slug LIMIT 1;
END $$;

CREATE OR REPLACE FUNCTION entry.families_rotate(p_families uuid[], p_gens bigint[], p_slugs text[])
RETURNS TABLE (outcome text, family uuid, gen bigint, salt bytea, key_id text, user_id uuid, email text, display_name text,
               created_at timestamptz, user_version bigint, expires_at timestamptz, tenant_id uuid, tenant_slug text,
               tenant_name text, tenant_status tenant_status, role member_role, membership_version bigint,
               tenant_version bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN QUERY
  WITH asked AS (
    SELECT f.id, a.gen, a.slug FROM unnest(p_families, p_gens, p_slugs) AS a (id, gen, slug) JOIN families f ON f.id = a.id
    WHERE f.revoked_at IS NULL AND f.expires_at > now()
      AND (f.gen < a.gen OR f.gen = a.gen AND (f.gen = 0 OR f.rotated_at <= now() - interval '10 seconds'))
    FOR NO KEY UPDATE OF f SKIP LOCKED)
  UPDATE families f SET gen = a.gen + 1, rotated_at = now(), confirmed_gen = a.gen, last_used_at = now()
  FROM asked a, users u LEFT JOIN LATERAL (
    SELECT t.id, t.slug, t.name, t.status, t.token_version, m.role, m.version
    FROM memberships m JOIN tenants t ON t.id = m.tenant_id
    WHERE m.user_id = u.id AND (a.slug IS NULL OR t.slug = a.slug) AND t.status IN ('active', 'suspended')
    ORDER BY t.status = 'suspended', m.last_used_at DESC, t.slug LIMIT 1) t ON true
  WHERE f.id = a.id AND u.id = f.user_id AND u.disabled_at IS NULL AND (a.slug IS NULL OR t.id IS NOT NULL)
  RETURNING 'rotated', f.id, f.gen, f.salt, f.key_id, u.id, u.email, u.display_name, u.created_at, u.token_version, f.expires_at,
            t.id, t.slug, t.name, t.status, t.role, t.version, t.token_version;
END $$;

-- Tokens say so, therefore they are stale when it ends, too: the next refresh opens the tenant at once.
DROP TRIGGER revoke_tokens ON tenants;
CREATE TRIGGER revoke_tokens BEFORE UPDATE OF status ON tenants FOR EACH ROW
  WHEN (OLD.status <> NEW.status AND 'active' IN (OLD.status, NEW.status)) EXECUTE FUNCTION revoke_tokens_of_tenant();
