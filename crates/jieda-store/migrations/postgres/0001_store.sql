-- The tables of SQLite at its version 3. Times are microseconds since 1970. JSON is text. What the CLI and reports filter
-- by has columns of its own.

CREATE TABLE conversation (
    id          TEXT   NOT NULL PRIMARY KEY,
    opened      BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    customer    TEXT   NOT NULL,             -- JSON
    channel     TEXT,
    last_turn   BIGINT NOT NULL CHECK (last_turn >= 1),
    release     TEXT,
    handed_over TEXT,                        -- reason, while it is a human's
    state       TEXT   NOT NULL              -- JSON
);

CREATE INDEX conversation_opened ON conversation (opened, id);
CREATE INDEX conversation_updated ON conversation (updated);

-- Append only: no row is ever changed.
CREATE TABLE turn (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation TEXT   NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    number       BIGINT NOT NULL CHECK (number >= 1),
    at           BIGINT NOT NULL,
    customer     TEXT   NOT NULL,            -- JSON
    channel      TEXT,
    event        TEXT   NOT NULL,            -- said, rated, agent_said, handed_back
    text         TEXT,                       -- masked
    variables    TEXT,                       -- JSON, masked
    rating       BIGINT,
    -- The answer; nothing where a human spoke.
    reply        TEXT,
    decision     TEXT,
    verdict      TEXT,                       -- the whole decision, JSON
    reason       TEXT,
    faq          TEXT,
    confidence   DOUBLE PRECISION,
    rule         TEXT,
    availability TEXT,
    release      TEXT,
    policy       TEXT,
    latency      BIGINT,                     -- microseconds
    trace        TEXT,                       -- JSON
    state        TEXT   NOT NULL,            -- JSON, after the turn
    variant      TEXT,                       -- JSON
    request      TEXT,                       -- the caller's key, by which the same request is known again
    UNIQUE (conversation, number)
);

CREATE INDEX turn_at ON turn (at, id);
CREATE INDEX turn_faq ON turn (faq, at) WHERE faq IS NOT NULL;
CREATE INDEX turn_reason ON turn (reason, at) WHERE reason IS NOT NULL;

CREATE TABLE handover (
    conversation TEXT   NOT NULL,
    turn         BIGINT NOT NULL,
    package      TEXT   NOT NULL,            -- JSON, masked
    PRIMARY KEY (conversation, turn),
    FOREIGN KEY (conversation, turn) REFERENCES turn (conversation, number) ON DELETE CASCADE
);

CREATE TABLE feedback (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation TEXT   NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    turn         BIGINT,
    at           BIGINT NOT NULL,
    rating       BIGINT,
    outcome      TEXT,                       -- solved, unsolved
    comment      TEXT                        -- masked
);

CREATE INDEX feedback_conversation ON feedback (conversation);

-- What happened beside the conversations, such as in the routing core. Append only.
CREATE TABLE journal (
    name   TEXT   NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    at     BIGINT NOT NULL,
    body   TEXT   NOT NULL,                  -- JSON
    PRIMARY KEY (name, number)
);

-- How far the readers of journals have come.
CREATE TABLE bookmark (
    reader TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
