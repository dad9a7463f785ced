-- Which answer it is, where several are tried: JSON.
ALTER TABLE turn ADD COLUMN variant TEXT;
