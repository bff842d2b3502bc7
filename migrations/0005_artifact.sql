-- Signatures and digests of artifacts and datasets, checked on disk. A check is written once and never changed.
CREATE TABLE artifact_check (
  check_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  name TEXT NOT NULL,           -- of the file or folder, without its place on somebody's computer
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
  snapshot INTEGER NOT NULL REFERENCES snapshot (snapshot),
  recorded_digest TEXT,         -- as the record stated it
  evidence_token TEXT NOT NULL, -- SHA-256 of what the record said about its files: another one makes the check outdated
  signature_sha256 TEXT,        -- of the signature file; null: there was none
  signer TEXT,                  -- accepted signer of the artifact; null: none
  verification TEXT NOT NULL    -- JSON, artifactVerificationSchema, with the rows of problems only
) STRICT;
CREATE INDEX artifact_check_by_record ON artifact_check (kind, id, check_id);
