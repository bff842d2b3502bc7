-- Reconciliation runs, policy evaluations, findings with their human side, and reports.

CREATE TABLE reconcile_run (
  run INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  started_by TEXT NOT NULL,
  as_of TEXT NOT NULL,
  registry TEXT NOT NULL,      -- JSON array of snapshot numbers
  discovery TEXT NOT NULL,
  baseline TEXT NOT NULL,
  totals TEXT NOT NULL,        -- JSON, reconcileTotalsSchema
  conclusion TEXT NOT NULL     -- JSON {state, reasons}
) STRICT;

CREATE TABLE verdict_row (
  run INTEGER NOT NULL REFERENCES reconcile_run (run) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  row_id TEXT NOT NULL,
  verdict TEXT NOT NULL,
  severity TEXT NOT NULL,
  claim_kind TEXT,
  claim_id TEXT,
  observation_kind TEXT,
  observation_id TEXT,
  model_id TEXT,
  search TEXT NOT NULL,        -- lower-case text that the search box looks through
  sentence TEXT NOT NULL,      -- with `missing` all that policy rules read of a row
  missing TEXT NOT NULL,       -- JSON array of sentences: evidence that a verdict lacks
  body BLOB NOT NULL,          -- JSON, verdictRowSchema, zstd: its cells repeat the same few sources
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX verdict_row_by_verdict ON verdict_row (run, verdict, position);
CREATE INDEX verdict_row_by_claim ON verdict_row (claim_id, run) WHERE claim_id IS NOT NULL;
CREATE INDEX verdict_row_by_observation ON verdict_row (observation_id, run) WHERE observation_id IS NOT NULL;
CREATE INDEX verdict_row_by_model ON verdict_row (model_id, run) WHERE model_id IS NOT NULL;

CREATE TABLE check_run (
  run INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  started_by TEXT NOT NULL,
  as_of TEXT NOT NULL,
  packs TEXT NOT NULL,         -- JSON [{id, version, title, rules}]
  snapshots TEXT NOT NULL,     -- JSON array of snapshot numbers
  reconcile_run INTEGER REFERENCES reconcile_run (run),  -- whose verdicts were read
  evaluations INTEGER NOT NULL,
  outcomes TEXT NOT NULL,      -- JSON {pass, fires, cannot_evaluate, not_applicable}
  by_severity TEXT NOT NULL,
  findings TEXT NOT NULL       -- JSON {new, unchanged, closed, open}
) STRICT;

CREATE TABLE rule_result (
  run INTEGER NOT NULL REFERENCES check_run (run) ON DELETE CASCADE,
  rule_id TEXT NOT NULL,
  pack_id TEXT NOT NULL,
  title TEXT NOT NULL,
  severity TEXT NOT NULL,
  entity TEXT NOT NULL,
  fires_when TEXT NOT NULL,
  counts TEXT NOT NULL,        -- JSON, outcomeCountsSchema
  missing TEXT NOT NULL,       -- JSON array of entity.field
  PRIMARY KEY (run, rule_id)
) STRICT, WITHOUT ROWID;

-- One finding per rule and subject; evaluations update what was read, people's decisions stay.
CREATE TABLE finding (
  finding_id INTEGER PRIMARY KEY,
  rule_id TEXT NOT NULL,
  pack_id TEXT NOT NULL,
  pack_version TEXT NOT NULL,
  title TEXT NOT NULL,
  message TEXT NOT NULL,
  severity TEXT NOT NULL,
  severity_rank INTEGER NOT NULL,
  state TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  fires_when TEXT NOT NULL,
  expected TEXT NOT NULL,
  read_values TEXT NOT NULL,   -- JSON array, readValueSchema
  clauses TEXT NOT NULL,       -- JSON array, citedClauseSchema
  read_digest TEXT NOT NULL,   -- SHA-256 of what the rule read, without locators
  decided_digest TEXT,         -- read_digest when a person last decided
  assignee TEXT,
  due_at TEXT,
  expires_at TEXT,
  first_seen_at TEXT NOT NULL,
  first_seen_run INTEGER NOT NULL,
  last_seen_run INTEGER NOT NULL,
  UNIQUE (rule_id, subject_kind, subject_id)
) STRICT;
CREATE INDEX finding_by_severity ON finding (severity_rank, rule_id, subject_id, finding_id);
CREATE INDEX finding_by_subject ON finding (subject_kind, subject_id, state);
CREATE INDEX finding_by_state ON finding (state, severity_rank);

-- Notes, decisions and assignments: appended, never edited.
CREATE TABLE finding_entry (
  entry_id INTEGER PRIMARY KEY,
  finding_id INTEGER NOT NULL REFERENCES finding (finding_id),
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  type TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT
) STRICT;
CREATE INDEX finding_entry_by_finding ON finding_entry (finding_id, entry_id);

CREATE TABLE report (
  report_id INTEGER PRIMARY KEY,
  template TEXT NOT NULL,
  title TEXT NOT NULL,
  built_at TEXT NOT NULL,
  built_by TEXT NOT NULL,
  as_of TEXT NOT NULL,
  pages INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  model_digest TEXT NOT NULL,
  model TEXT NOT NULL,         -- JSON, reportModelSchema: the twin
  conclusion TEXT NOT NULL,
  pdf BLOB NOT NULL,           -- the signed file once it is signed
  signed_at TEXT,
  signer TEXT,
  signer_certificate BLOB
) STRICT;
CREATE INDEX report_by_model_digest ON report (model_digest);
