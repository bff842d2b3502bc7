-- Signed requests for records and their answers.
--
-- An answer holds only what was asked, so it is never a row of `snapshot`: whatever reads snapshots (reconciliation, rules,
-- dashboards, reports, diffs) would take what it lacks for what is gone.

CREATE TABLE request (
  request_id TEXT PRIMARY KEY,  -- UUID
  registry_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  payload_sha256 TEXT NOT NULL UNIQUE,
  payload BLOB NOT NULL,        -- the signed document, byte for byte
  file BLOB NOT NULL,           -- as it was handed out: envelope, signature, certificate
  closed_at TEXT,
  closed_by TEXT,
  close_reason TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE request_finding (
  request_id TEXT NOT NULL REFERENCES request (request_id),
  finding_id INTEGER NOT NULL REFERENCES finding (finding_id),
  PRIMARY KEY (request_id, finding_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_answer (
  answer_id INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL REFERENCES request (request_id),
  statement_sha256 TEXT NOT NULL UNIQUE,
  imported_at TEXT NOT NULL,
  imported_by TEXT NOT NULL,
  signer TEXT NOT NULL,
  compared_to INTEGER REFERENCES snapshot (snapshot),  -- newest snapshot of the registry then
  deltas TEXT NOT NULL,         -- JSON array, kindDeltaSchema, against that snapshot
  outside INTEGER NOT NULL,     -- records that nobody had asked for: counted, not kept
  statement BLOB NOT NULL,      -- the signed payload, byte for byte
  verification TEXT NOT NULL    -- JSON, verificationSchema
) STRICT;
CREATE INDEX request_answer_by_request ON request_answer (request_id, answer_id);

CREATE TABLE request_answer_signature (
  answer_id INTEGER NOT NULL REFERENCES request_answer (answer_id) DEFERRABLE INITIALLY DEFERRED,
  member TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (answer_id, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_answer_record (
  answer_id INTEGER NOT NULL REFERENCES request_answer (answer_id) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  line BLOB NOT NULL,           -- the record line, byte for byte: the Merkle leaf of the signed statement
  PRIMARY KEY (answer_id, kind, id)
) STRICT, WITHOUT ROWID;
