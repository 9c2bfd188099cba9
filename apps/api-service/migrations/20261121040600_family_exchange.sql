-- A refresh was a read, a decision in the service and a write: two round trips and two transactions. A token now shows that
-- we made it before the database is asked (its stamp), so the database may decide and write in one; and what many clients
-- rotate at the same moment is one statement and one commit.

DROP FUNCTION entry.family_read(uuid, text);
DROP FUNCTION entry.family_rotate(uuid, bigint, bigint);

-- A rotation changes no indexed column: with room on the page it leaves the indexes alone.
ALTER TABLE families SET (fillfactor = 80);

-- 6. The ordinary rotation of many families, each a compare-and-set: token p_gens[i] of p_families[i], for the tenant
-- p_slugs[i] (null: the most recently used one). What is no ordinary rotation has no row, nor has a family that somebody else
-- has locked: it never waits for a lock, so two of these can't wait for each other. gen is the successor; p_gen > gen means
-- that a failover lost rotations.
CREATE FUNCTION entry.families_rotate(p_families uuid[], p_gens bigint[], p_slugs text[])
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
    ORDER BY m.last_used_at DESC, t.slug LIMIT 1) t ON true
  WHERE f.id = a.id AND u.id = f.user_id AND u.disabled_at IS NULL AND (a.slug IS NULL OR t.id IS NOT NULL)
  RETURNING 'rotated', f.id, f.gen, f.salt, f.key_id, u.id, u.email, u.display_name, u.created_at, u.token_version, f.expires_at,
            t.id, t.slug, t.name, t.status, t.role, t.version, t.token_version;
END $$;

-- 7. Exchanges one token whose stamp was right, whatever its state; no row for a family that is unknown or has ended.
--   rotated    gen is the successor
--   current    gen was handed out already and is handed out again: a lost reply, another tab
--   no_tenant  the person is no member of p_slug, and nothing was changed
--   reused     a replay outside the grace: the family has ended, in this transaction
CREATE FUNCTION entry.family_exchange(p_family uuid, p_gen bigint, p_agent text, p_slug text)
RETURNS TABLE (outcome text, family uuid, gen bigint, salt bytea, key_id text, user_id uuid, email text, display_name text,
               created_at timestamptz, user_version bigint, expires_at timestamptz, tenant_id uuid, tenant_slug text,
               tenant_name text, tenant_status tenant_status, role member_role, membership_version bigint,
               tenant_version bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE seen families; decided text := 'current';
BEGIN
  -- Waits for whoever rotates it now. What is clearly a replay takes no lock: ending it locks the person first.
  PERFORM 1 FROM families f WHERE f.id = p_family AND f.gen <= p_gen FOR NO KEY UPDATE;
  RETURN QUERY
  SELECT * FROM entry.families_rotate(ARRAY[p_family], ARRAY[p_gen], ARRAY[p_slug]);
  IF FOUND THEN RETURN; END IF;

  SELECT f.* INTO seen FROM families f JOIN users u ON u.id = f.user_id
  WHERE f.id = p_family AND f.revoked_at IS NULL AND f.expires_at > now() AND u.disabled_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  IF p_slug IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entry.pick_tenant(seen.user_id, p_slug)) THEN
    decided := 'no_tenant';
  ELSIF p_gen < seen.gen AND NOT (
      p_gen = seen.gen - 1 AND (seen.rotated_at > now() - interval '10 seconds' OR seen.confirmed_gen < seen.gen)
      AND coalesce(seen.user_agent = p_agent, true)) THEN  -- inside the grace it must at least be the same program
    decided := 'reused';
    PERFORM entry.sessions_end(NULL, p_family, NULL, 'refresh_reused');
  END IF;
  RETURN QUERY
  SELECT decided, p_family, seen.gen, seen.salt, seen.key_id, u.id, u.email, u.display_name, u.created_at, u.token_version,
         seen.expires_at, t.tenant_id, t.tenant_slug, t.tenant_name, t.tenant_status, t.role, t.membership_version,
         t.tenant_version
  FROM users u LEFT JOIN LATERAL entry.pick_tenant(u.id, p_slug) t ON true WHERE u.id = seen.user_id;
END $$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOREACH f IN ARRAY ARRAY['entry.families_rotate(uuid[], bigint[], text[])',
                           'entry.family_exchange(uuid, bigint, text, text)']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO starter_entry', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO starter_app', f);
  END LOOP;
END $$;
