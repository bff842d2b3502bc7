/** The history of each registry as this workspace knows it: its snapshots, what is missing between them, what was seen. */
import { z } from 'zod';
import { continuityConditionSchema } from '../../domain/continuity.ts';
import { findingStateSchema, severitySchema } from '../../domain/finding.ts';
import { roleSchema } from '../../domain/snapshot.ts';

export const timelineInput = z.strictObject({ registryId: z.string().optional() });

export const laneEntrySchema = z.strictObject({
  snapshot: z.int(),
  sequence: z.int(),
  statementSha256: z.string(),
  createdAt: z.string(),
  takenAt: z.string(),
  expiresAt: z.string().nullable(),
  importedAt: z.string(),
  signer: z.string(),
  /** As it was judged when it was imported. */
  chain: z.enum(['first', 'continues', 'gap', 'fork', 'historical']),
  /** As it stands today: `disowned` where too few of its signers still count. */
  link: z.enum(['first', 'linked', 'gap', 'fork', 'disowned']),
  /** The snapshot that speaks for the registry. */
  newest: z.boolean(),
});

export const missingRangeSchema = z.strictObject({
  /** Sequences, inclusive. A publisher may skip numbers: these are not here, not all of them need exist. */
  from: z.int(),
  to: z.int(),
  /** The predecessor that the snapshot after the range names; null: it names none. */
  named: z.int().nullable(),
});

export const continuityEventSchema = z.strictObject({
  id: z.int(),
  condition: continuityConditionSchema,
  severity: severitySchema,
  sequence: z.int(),
  statementSha256: z.string(),
  /** The statement that it contradicts. */
  otherSha256: z.string().nullable(),
  /** null: the bundle was refused. */
  snapshot: z.int().nullable(),
  sentence: z.string(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  /** How often the statement was presented. */
  times: z.int(),
  /** When the condition was gone, and why; null while it stands. */
  settledAt: z.string().nullable(),
  settledWhy: z.string().nullable(),
  finding: z.strictObject({ id: z.int(), state: findingStateSchema }),
});

export const registryTimelineSchema = z.strictObject({
  registryId: z.string(),
  registryName: z.string(),
  /** null: nothing of this registry was ever imported. */
  role: roleSchema.nullable(),
  /** In order of sequence. */
  lane: z.array(laneEntrySchema),
  missing: z.array(missingRangeSchema),
  /** Sequence that the oldest stored snapshot continues and that is not here; null: it names none. */
  continuesUnseen: z.int().nullable(),
  /** In the order in which they were first seen. */
  events: z.array(continuityEventSchema),
  nextSequence: z.int().nullable(),
  freshness: z.strictObject({
    state: z.enum(['current', 'stale', 'no_expiry', 'nothing_counts']),
    expiresAt: z.string().nullable(),
  }),
});

export const timelineOutput = z.strictObject({
  registries: z.array(registryTimelineSchema),
  /** What staleness is judged by. */
  clock: z.strictObject({ at: z.string(), source: z.enum(['computer', 'newest_snapshot']), text: z.string() }),
});
