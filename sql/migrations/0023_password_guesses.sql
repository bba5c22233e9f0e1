-- Guesses at one's own present password are counted as those of signing in are: an open session left alone is no way to learn a password.
-- Locks: creates and replaces functions only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- The first half of changing a password: counts the attempt of the caller's account and gives the hash to compare with.
-- `retry_after` is how many seconds it has to wait, 0 when it may go on; then there is no hash.
CREATE FUNCTION platform.begin_password_change() RETURNS TABLE (retry_after integer, password_hash text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
BEGIN
    retry_after := platform.count_attempt(
        sha256(convert_to('password:' || platform.current_account()::text, 'UTF8')), 5, interval '24 hours');
    IF retry_after = 0 THEN
        password_hash := platform.password_hash(platform.current_account());
    END IF;
    RETURN NEXT;
END
$$;
SELECT platform.elevate('platform.begin_password_change()');

-- Sets the password hash of an account of the current tenant, forgets its wrong guesses and ends its sessions, but for the one whose
-- secret hash is `keep`.
CREATE OR REPLACE FUNCTION platform.set_password(account uuid, hash text, keep bytea DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
BEGIN
    UPDATE platform.account SET password_hash = hash, password_changed_at = now()
     WHERE tenant_id = platform.current_tenant() AND id = set_password.account;
    PERFORM platform.ensure(FOUND, 'VT404', 'account_not_found');
    DELETE FROM platform.login_attempt WHERE key = sha256(convert_to('password:' || set_password.account::text, 'UTF8'));
    UPDATE platform.session SET revoked_at = now()
     WHERE tenant_id = platform.current_tenant() AND account_id = set_password.account AND revoked_at IS NULL
       AND secret_hash IS DISTINCT FROM keep;
END
$$;
