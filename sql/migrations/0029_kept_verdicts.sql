-- What pages show of a kept report: a line for each signature in the order they were made, so that nobody has to verify a file to read it.
-- Locks: ACCESS EXCLUSIVE for a moment on signatures.verification, which is not rewritten.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

ALTER TABLE signatures.verification ADD COLUMN verdicts jsonb;
COMMENT ON COLUMN signatures.verification.verdicts IS
    'JSON null: the file cannot be read for certain. NULL: a report of before this column; such a file is verified when it is looked at.';
