-- What happened to a registry's chain of snapshots. A bundle leaves a row only where the signature of a trusted key on its
-- statement is genuine, and the same condition on the same statement is one row, however often it is presented.
CREATE TABLE continuity_event (
  event_id INTEGER PRIMARY KEY,
  registry_id TEXT NOT NULL,
  registry_name TEXT NOT NULL,
  condition TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  statement_sha256 TEXT NOT NULL,  -- the statement it is about
  other_sha256 TEXT,               -- the statement that it contradicts, where there is one
  snapshot INTEGER REFERENCES snapshot (snapshot),  -- null: it was refused and is not stored
  sentence TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  times INTEGER NOT NULL,          -- how often the statement was presented with this condition
  settled_at TEXT,                 -- when the condition was gone
  settled_why TEXT,
  finding_id INTEGER NOT NULL REFERENCES finding (finding_id),
  UNIQUE (condition, statement_sha256)
) STRICT;
CREATE INDEX continuity_event_by_registry ON continuity_event (registry_id, event_id);

-- Statements that were refused, each with a genuine signature of a key that may speak for the registry: another one for the same
-- sequence is equivocation, whatever the first was refused for.
CREATE TABLE refused_statement (
  registry_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  statement_sha256 TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  PRIMARY KEY (registry_id, sequence, statement_sha256)
) STRICT, WITHOUT ROWID;
