-- Trust decisions beside the keys themselves.

-- Threshold of single registries; the store-wide one lies in `meta`, and the higher of the two counts.
CREATE TABLE trust_threshold (
  registry_id TEXT PRIMARY KEY,
  threshold INTEGER NOT NULL CHECK (threshold >= 1)
) STRICT, WITHOUT ROWID;

-- The administrator whose signed trust files are taken. The first one stays until a person replaces it; any other is refused.
CREATE TABLE trust_issuer (
  key_id TEXT PRIMARY KEY,      -- base64(SHA-256(SPKI DER))
  name TEXT NOT NULL,
  raw_bytes TEXT NOT NULL,      -- base64 SPKI DER
  serial INTEGER NOT NULL,      -- newest that was taken; a lower one is a rollback
  payload_sha256 TEXT NOT NULL,
  issued_at TEXT NOT NULL,
  pinned_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Newest key rotation per registry; one with no higher serial is a replay.
CREATE TABLE trust_rotation (
  registry_id TEXT PRIMARY KEY,
  serial INTEGER NOT NULL,
  payload_sha256 TEXT NOT NULL,
  applied_at TEXT NOT NULL,
  applied_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
