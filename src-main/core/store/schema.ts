/** Drizzle's view of the tables that ordinary queries use; `migrations/*.sql` defines them, a test compares the two. */
import { blob, integer, primaryKey, sqliteTable, text } from './drizzle.ts';

export const meta = sqliteTable('meta', { key: text('key').primaryKey(), value: text('value').notNull() });

export const actorKey = sqliteTable('actor_key', {
  keyId: text('key_id').primaryKey(),
  userId: text('user_id').notNull(),
  name: text('name').notNull(),
  role: text('role').notNull(),
  publicKey: blob('public_key', { mode: 'buffer' }).notNull(),
  addedAt: text('added_at').notNull(),
});

export const trustKey = sqliteTable('trust_key', {
  hint: text('hint').primaryKey(),
  document: text('document').notNull(),
});

export const snapshot = sqliteTable('snapshot', {
  snapshot: integer('snapshot').primaryKey(),
  statementSha256: text('statement_sha256').notNull(),
  registryId: text('registry_id').notNull(),
  registryName: text('registry_name').notNull(),
  role: text('role', { enum: ['registry', 'discovery'] }).notNull(),
  sequence: integer('sequence').notNull(),
  chain: text('chain', { enum: ['first', 'continues', 'gap', 'fork', 'historical'] }).notNull(),
  takenAt: text('taken_at').notNull(),
  createdAt: text('created_at').notNull(),
  expiresAt: text('expires_at'),
  importedAt: text('imported_at').notNull(),
  importedBy: text('imported_by').notNull(),
  signer: text('signer').notNull(),
  complete: integer('complete', { mode: 'boolean' }).notNull(),
  records: integer('records').notNull(),
  incomplete: integer('incomplete').notNull(),
  comparedTo: integer('compared_to'),
  counts: text('counts').notNull(),
  deltas: text('deltas').notNull(),
  unknownFields: text('unknown_fields').notNull(),
  warnings: text('warnings').notNull(),
  statement: blob('statement', { mode: 'buffer' }).notNull(),
  verification: text('verification').notNull(),
});
export type SnapshotRow = typeof snapshot.$inferSelect;

export const snapshotSignature = sqliteTable(
  'snapshot_signature',
  {
    snapshot: integer('snapshot').notNull(),
    member: text('member').notNull(),
    bytes: blob('bytes', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.snapshot, table.member] })],
);

export const reviewQueue = sqliteTable(
  'review_queue',
  {
    snapshot: integer('snapshot').notNull(),
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    missing: text('missing').notNull(),
  },
  (table) => [primaryKey({ columns: [table.snapshot, table.kind, table.id] })],
);

export const activity = sqliteTable('activity', {
  seq: integer('seq').primaryKey(),
  at: text('at').notNull(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  summary: text('summary').notNull(),
  entry: text('entry').notNull(),
  hash: blob('hash', { mode: 'buffer' }).notNull(),
  keyId: text('key_id').notNull(),
  signature: blob('signature', { mode: 'buffer' }).notNull(),
});
