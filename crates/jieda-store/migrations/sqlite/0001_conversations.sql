-- Times are microseconds since 1970. JSON is text. What the CLI and reports filter by has columns of its own.

CREATE TABLE conversation (
    id          TEXT    NOT NULL PRIMARY KEY,
    opened      INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    customer    TEXT    NOT NULL,             -- JSON
    channel     TEXT,
    last_turn   INTEGER NOT NULL CHECK (last_turn >= 1),
    release     TEXT,
    handed_over TEXT,                         -- reason, while it is a human's
    state       TEXT    NOT NULL              -- JSON
) STRICT;

CREATE INDEX conversation_opened ON conversation (opened, id);
CREATE INDEX conversation_updated ON conversation (updated);

-- Append only: no row is ever changed.
CREATE TABLE turn (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT    NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL CHECK (number >= 1),
    at           INTEGER NOT NULL,
    customer     TEXT    NOT NULL,            -- JSON
    channel      TEXT,
    event        TEXT    NOT NULL,            -- said, rated, agent_said, handed_back
    text         TEXT,                        -- masked
    variables    TEXT,                        -- JSON, masked
    rating       INTEGER,
    -- The answer; nothing where a human spoke.
    reply        TEXT,
    decision     TEXT,
    verdict      TEXT,                        -- the whole decision, JSON
    reason       TEXT,
    faq          TEXT,
    confidence   REAL,
    rule         TEXT,
    availability TEXT,
    release      TEXT,
    policy       TEXT,
    latency      INTEGER,                     -- microseconds
    trace        TEXT,                        -- JSON
    state        TEXT    NOT NULL,            -- JSON, after the turn
    UNIQUE (conversation, number)
) STRICT;

CREATE INDEX turn_at ON turn (at, id);
CREATE INDEX turn_faq ON turn (faq, at) WHERE faq IS NOT NULL;
CREATE INDEX turn_reason ON turn (reason, at) WHERE reason IS NOT NULL;

CREATE TABLE handover (
    conversation TEXT    NOT NULL,
    turn         INTEGER NOT NULL,
    package      TEXT    NOT NULL,            -- JSON, masked
    PRIMARY KEY (conversation, turn),
    FOREIGN KEY (conversation, turn) REFERENCES turn (conversation, number) ON DELETE CASCADE
) STRICT;

CREATE TABLE feedback (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT    NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    turn         INTEGER,
    at           INTEGER NOT NULL,
    rating       INTEGER,
    outcome      TEXT,                        -- solved, unsolved
    comment      TEXT                         -- masked
) STRICT;

CREATE INDEX feedback_conversation ON feedback (conversation);
