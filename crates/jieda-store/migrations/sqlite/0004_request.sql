-- The caller's key, by which the same request is known again.
ALTER TABLE turn ADD COLUMN request TEXT;
