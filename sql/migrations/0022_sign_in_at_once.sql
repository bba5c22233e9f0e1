-- People of one address who sign in at the same moment do not hold each other up.
-- An attempt that is free no longer blocks until its own now(): a transaction that began a moment earlier and counted a moment later took that
-- for a refusal, and an office behind one address was told to wait a second.
-- Locks: replaces a function only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- Counts one attempt under `key` and says how many seconds it has to wait, 0 when it may go on. An attempt counts before its
-- password is looked at, so that a thousand attempts at once are still a thousand; a success takes its count back.
CREATE OR REPLACE FUNCTION platform.count_attempt(key bytea, free integer, span interval) RETURNS integer
    LANGUAGE plpgsql
    SET search_path = pg_catalog
AS $$
DECLARE
    never constant timestamptz := 'epoch';
    wait  timestamptz;
BEGIN
    INSERT INTO platform.login_attempt AS known (key, failures, first_at, blocked_until)
    VALUES (count_attempt.key, 1, now(), never)
        ON CONFLICT ON CONSTRAINT login_attempt_pkey DO UPDATE
       SET failures = CASE WHEN known.first_at < now() - span THEN 1 ELSE known.failures + 1 END,
           first_at = CASE WHEN known.first_at < now() - span THEN now() ELSE known.first_at END,
           blocked_until = CASE WHEN known.first_at < now() - span OR known.failures + 1 < free THEN never
                                ELSE now() + least(interval '15 minutes',
                                                   interval '30 seconds' * power(2, least(known.failures + 1 - free, 10)))
                           END
     WHERE known.blocked_until <= now()
    RETURNING now() INTO wait;
    IF FOUND THEN
        RETURN 0;
    END IF;
    SELECT known.blocked_until INTO wait FROM platform.login_attempt AS known WHERE known.key = count_attempt.key;
    RETURN greatest(1, ceil(extract(epoch FROM coalesce(wait, now()) - now())))::integer;
END
$$;
