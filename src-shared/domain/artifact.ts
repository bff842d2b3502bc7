/** Files on disk against what was signed or recorded about them: the answers and the table behind them. */
import { z } from 'zod';
import { checkLineSchema, signerSchema } from './trust.ts';

/**
 * What became of one file. Only `same` counts as evidence. `ignored` is what the signature itself leaves out; `uncovered` is what
 * the statement does not name, or a person left out of the check.
 */
export const fileStates = [
  'same',
  'changed',
  'added',
  'removed',
  'unreadable',
  'link',
  'undetermined',
  'uncovered',
  'ignored',
] as const;
export const fileStateSchema = z.enum(fileStates);
export type FileState = z.infer<typeof fileStateSchema>;

export const checkedFileSchema = z.strictObject({
  /** Below the folder, with `/` on every system. */
  name: z.string(),
  state: fileStateSchema,
  /** Size found; null where nothing could be read. */
  bytes: z.int().nullable(),
  /** `algorithm:hex`, as signed or recorded. */
  expected: z.string().nullable(),
  found: z.string().nullable(),
  note: z.string().nullable(),
});
export type CheckedFile = z.infer<typeof checkedFileSchema>;

export const fileCountsSchema = z.strictObject({
  /** Files that somebody vouches for: the denominator of `same`. */
  expected: z.int(),
  ...(Object.fromEntries(fileStates.map((state) => [state, z.int()])) as Record<FileState, z.ZodInt>),
});
export type FileCounts = z.infer<typeof fileCountsSchema>;

/** A digest of all that was read, and the rule that makes one digest of several files. */
export const aggregateSchema = z.strictObject({ rule: z.string(), digest: z.string() });
export type Aggregate = z.infer<typeof aggregateSchema>;

/** What the answers rest on. */
export const artifactBasisSchema = z.enum(['model_signing', 'in_toto', 'blob', 'recorded', 'none']);

export const artifactVerificationSchema = z.strictObject({
  /** All that was asked was checked as a whole: content unchanged, signer accepted, and the record, where one was asked, agrees. */
  ok: z.boolean(),
  basis: artifactBasisSchema,
  /** Name of the signature file; null: there is none. */
  signatureFile: z.string().nullable(),
  signatureSha256: z.string().nullable(),
  predicateType: z.string().nullable(),
  /** What the signature says it is over. */
  subject: z.string().nullable(),
  /** Is every file that is vouched for there, unchanged, and nothing else? */
  content: checkLineSchema,
  /** Is who vouches for it known and accepted? */
  signer: checkLineSchema.extend({ signers: z.array(signerSchema) }),
  /** When was it signed, and who says so? */
  time: checkLineSchema,
  /** Do the digests in the record agree? Null: no record was asked. */
  recorded: checkLineSchema.nullable(),
  counts: fileCountsSchema,
  /** Problems first, then the others by name; `leftOut` rows are counted and not listed. */
  files: z.array(checkedFileSchema),
  leftOut: z.int(),
  bytes: z.int(),
  /** Computed digests of the whole, to compare by eye or with other tools. */
  aggregates: z.array(aggregateSchema),
});
export type ArtifactVerification = z.infer<typeof artifactVerificationSchema>;

/** The questions that every host shows, in this order and in these words. */
export const artifactQuestions = {
  content: 'Are the files unchanged?',
  signer: 'Is who vouches for them known?',
  time: 'Is the time of signing known?',
  recorded: 'Do the digests in the record agree?',
} as const;

/** The answers together: `open` is neither a pass nor a failure. */
export const verdictOf = ({ ok, content, signer, recorded }: ArtifactVerification): 'verified' | 'failed' | 'open' =>
  ok ? 'verified' : [content, signer, recorded].some((line) => line?.state === 'fail') ? 'failed' : 'open';

/** One digest for the whole was not found to be that of the files: people compare the computed ones by eye. */
export const asksForDigests = ({ recorded, content, basis }: ArtifactVerification): boolean =>
  (recorded ?? content).code.startsWith('recorded.') &&
  ((recorded ?? content).state !== 'pass' || basis === 'recorded');

/** `2 changed, 1 added`; empty where every file is the same. */
export const problemsInWords = (counts: FileCounts): string =>
  (
    [
      ['changed', 'changed'],
      ['added', 'added'],
      ['removed', 'removed'],
      ['unreadable', 'unreadable'],
      ['link', 'links not followed'],
      ['undetermined', 'not determined'],
      ['uncovered', 'not covered'],
    ] as const
  )
    .filter(([state]) => counts[state] > 0)
    .map(([state, word]) => `${counts[state]} ${counts[state] === 1 && state === 'link' ? 'link not followed' : word}`)
    .join(', ');
