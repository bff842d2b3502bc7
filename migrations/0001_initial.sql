-- Snapshots, records, search, facets, trust and the activity log.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every Ed25519 key that has acted in this workspace, so that old activity entries stay verifiable.
CREATE TABLE actor_key (
  key_id TEXT PRIMARY KEY,      -- hex SHA-256 of the raw public key
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  public_key BLOB NOT NULL,     -- 32 bytes
  added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE trust_key (
  hint TEXT PRIMARY KEY,
  document TEXT NOT NULL        -- JSON, trustedKeySchema
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
  snapshot INTEGER PRIMARY KEY,
  statement_sha256 TEXT NOT NULL UNIQUE,
  registry_id TEXT NOT NULL,
  registry_name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('registry', 'discovery')),
  sequence INTEGER NOT NULL,
  chain TEXT NOT NULL CHECK (chain IN ('first', 'continues', 'gap', 'fork', 'historical')),
  taken_at TEXT NOT NULL,       -- earliest sources[].collectedAt
  created_at TEXT NOT NULL,
  expires_at TEXT,
  imported_at TEXT NOT NULL,
  imported_by TEXT NOT NULL,
  signer TEXT NOT NULL,
  complete INTEGER NOT NULL,
  records INTEGER NOT NULL,
  incomplete INTEGER NOT NULL,
  compared_to INTEGER REFERENCES snapshot (snapshot),
  counts TEXT NOT NULL,         -- JSON {kind: records}
  deltas TEXT NOT NULL,         -- JSON array, kindDeltaSchema
  unknown_fields TEXT NOT NULL, -- JSON {"kind.field": records}
  warnings TEXT NOT NULL,       -- JSON array of sentences
  statement BLOB NOT NULL,      -- the signed payload, byte for byte
  verification TEXT NOT NULL    -- JSON, verificationSchema
) STRICT;
-- Not unique: a snapshot whose signers no longer count keeps its number and does not take it from an honest one.
CREATE INDEX snapshot_by_registry ON snapshot (registry_id, sequence);

-- The signatures, byte for byte, so that the statement can be verified again without the bundle.
CREATE TABLE snapshot_signature (
  snapshot INTEGER NOT NULL REFERENCES snapshot (snapshot) DEFERRABLE INITIALLY DEFERRED,
  member TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (snapshot, member)
) STRICT, WITHOUT ROWID;

-- Bodies and provenance lie in frames: zstd over up to 64 KiB of lines. `location` = frame * 4096 + line.
CREATE TABLE body_frame (
  frame INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

-- One row per distinct JCS{body,id,kind}: an unchanged record is stored once, whatever the number of snapshots.
CREATE TABLE body (
  body INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,  -- SHA-256 of the JCS text
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  location INTEGER NOT NULL
) STRICT;

CREATE TABLE prov_frame (
  frame INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,  -- SHA-256 of the uncompressed lines
  data BLOB NOT NULL
) STRICT;

-- Narrow on purpose: diffs and reconciliation run over this table alone.
CREATE TABLE snapshot_record (
  snapshot INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body INTEGER NOT NULL,
  prov INTEGER NOT NULL,        -- location in prov_frame
  PRIMARY KEY (snapshot, kind, id)
) STRICT, WITHOUT ROWID;

-- What lists, facets and search need of all records of a kind, one value per record in id order, packed and compressed:
-- 'body' (u32), 'filled' (u8, filled core fields), 'facet:<field>' (u32 codes into `labels`, 0 = no value).
CREATE TABLE snapshot_column (
  snapshot INTEGER NOT NULL REFERENCES snapshot (snapshot) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,         -- JSON array of arrays of strings, values of code 1, 2, …; [] where the column has none
  data BLOB NOT NULL,
  PRIMARY KEY (snapshot, kind, name)
) STRICT, WITHOUT ROWID;

-- rowid = body.body. Holds no text: what is found is read from the bodies. `refs` has one token per record referred to, so
-- that "who refers to this" is one lookup; people's searches name the other columns.
CREATE VIRTUAL TABLE record_search USING fts5 (
  id, name, text, refs,
  content = '', contentless_delete = 1, detail = column,
  tokenize = "unicode61 remove_diacritics 2"
);

-- Postings are gathered in 32 MiB before they are written: a bulk load writes a few large segments.
INSERT INTO record_search (record_search, rank) VALUES ('hashsize', 33554432);

CREATE TABLE evidence (
  digest BLOB PRIMARY KEY,      -- SHA-256 of the file
  bytes INTEGER NOT NULL,
  data BLOB NOT NULL            -- zstd
) STRICT;

CREATE TABLE snapshot_evidence (
  snapshot INTEGER NOT NULL REFERENCES snapshot (snapshot) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  digest BLOB NOT NULL REFERENCES evidence (digest),
  PRIMARY KEY (snapshot, name)
) STRICT, WITHOUT ROWID;

-- Records that lack a core field which their source can supply, or the name they are listed under.
CREATE TABLE review_queue (
  snapshot INTEGER NOT NULL REFERENCES snapshot (snapshot) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  missing TEXT NOT NULL,        -- JSON array of field names
  PRIMARY KEY (snapshot, kind, id)
) STRICT, WITHOUT ROWID;

-- Hash chain: hash = SHA-256(entry); the entry's JCS holds the hash before it.
CREATE TABLE activity (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  summary TEXT NOT NULL,
  entry TEXT NOT NULL,          -- JCS {action, actor, at, details, keyId, prev, seq, summary}
  hash BLOB NOT NULL,
  key_id TEXT NOT NULL,
  signature BLOB NOT NULL       -- Ed25519 over the context label and the hash
) STRICT;
CREATE INDEX activity_by_action ON activity (action, seq);
