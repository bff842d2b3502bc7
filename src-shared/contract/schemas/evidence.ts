/** Raw evidence behind a value. */
import { z } from 'zod';

export const evidenceInput = z.strictObject({
  snapshot: z.int(),
  /** As a cell gives it: `<evidence member>#<pointer>`. */
  locator: z.string().min(1).max(8192),
});

/** Text and fragment are cut at this many bytes of UTF-8. */
export const maxEvidenceText = 256 * 1024;

export const evidenceSchema = z.strictObject({
  /** Member of the bundle, and the file's own name where members hold several. */
  member: z.string(),
  name: z.string(),
  mediaType: z.string(),
  pointer: z.string(),
  /** Size and digest of the raw file, whole. */
  bytes: z.int(),
  sha256: z.string(),
  /** The file from its beginning; empty where it is not text. */
  text: z.string(),
  textCut: z.boolean(),
  /** What the pointer points to, as indented JSON; null where it means the whole file. */
  fragment: z.string().nullable(),
  fragmentCut: z.boolean(),
  /** `enclosing`: the value itself is not stated, the fragment is what it would stand in. `file`: the whole file is meant. */
  match: z.enum(['exact', 'enclosing', 'file']),
});
export type Evidence = z.infer<typeof evidenceSchema>;
