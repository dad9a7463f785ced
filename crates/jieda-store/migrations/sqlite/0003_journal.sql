-- What happened beside the conversations, such as in the routing core. Append only.
CREATE TABLE journal (
    name   TEXT    NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    at     INTEGER NOT NULL,                  -- microseconds since 1970
    body   TEXT    NOT NULL,                  -- JSON
    PRIMARY KEY (name, number)
) STRICT, WITHOUT ROWID;

-- How far the readers of journals have come.
CREATE TABLE bookmark (
    reader TEXT    NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
