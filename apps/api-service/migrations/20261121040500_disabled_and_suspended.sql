-- A disabled person's and a suspended tenant's access tokens stayed good until they expired: nothing told the running
-- processes. As with memberships, the change itself ends them now, whoever makes it.

CREATE FUNCTION revoke_tokens_of_disabled_user() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.token_version := OLD.token_version + 1;
  INSERT INTO revocations (kind, subject, min_version) VALUES ('user', OLD.id, NEW.token_version);
  RETURN NEW;
END $$;
CREATE TRIGGER revoke_tokens BEFORE UPDATE OF disabled_at ON users FOR EACH ROW
  WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION revoke_tokens_of_disabled_user();

CREATE FUNCTION revoke_tokens_of_tenant() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.token_version := OLD.token_version + 1;
  INSERT INTO revocations (kind, subject, min_version) VALUES ('tenant', OLD.id, NEW.token_version);
  RETURN NEW;
END $$;
CREATE TRIGGER revoke_tokens BEFORE UPDATE OF status ON tenants FOR EACH ROW
  WHEN (OLD.status = 'active' AND NEW.status <> 'active') EXECUTE FUNCTION revoke_tokens_of_tenant();
