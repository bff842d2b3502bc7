/**
 * Renders a report again from the data it carries and compares the bytes.
 *
 * Verification proves that nobody changed the file after signing; replay proves that the pages say what the attached data says,
 * so that not even the signer could print something else. It needs the same version of Assay and of its compression library:
 * bytes that differ are a question ("made by another version?"), not a proof of fraud, and the answer says so.
 */
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { JobContext } from '../ports.ts';
import { reportModelSchema } from './model.ts';
import { readPdf } from './pdf-file.ts';
import { PdfSyntaxError } from './pdf-syntax.ts';
import { renderInWorker } from './render-in-worker.ts';
import { composedAt, twinOf } from './twin.ts';

const line = (state: CheckLine['state'], code: string, text: string): CheckLine => ({ state, code, text });

export interface Replay {
  readonly line: CheckLine;
  /** What was rendered again: the file without what signing appended. Null where nothing could be. */
  readonly replayed: { readonly pages: number; readonly bytes: number; readonly modelDigest: string } | null;
}

const impossible = (code: string, text: string): Replay => ({ line: line('fail', code, text), replayed: null });

/** Takes a signed or an unsigned report. Costs as much as building it. */
export async function replayReport(pdf: Uint8Array, job?: JobContext): Promise<Replay> {
  let base: Uint8Array;
  let twin: Buffer | null;
  let model: unknown;
  let generatedAt: Date | null;
  try {
    const file = readPdf(pdf);
    twin = twinOf(file);
    base = file.bytes.subarray(0, file.revisions[0]?.end ?? 0);
    model = twin === null ? null : JSON.parse(twin.toString('utf8'));
    generatedAt = composedAt(file);
  } catch (error) {
    if (error instanceof PdfSyntaxError || error instanceof SyntaxError)
      return impossible('replay.unreadable', 'The file cannot be read as a report.');
    throw error;
  }
  const parsed = reportModelSchema.safeParse(model);
  if (!parsed.success || !generatedAt || twin === null)
    return impossible('replay.no_data', 'The report does not carry the data it was made from.');
  const again = await renderInWorker(parsed.data, job ? { generatedAt, job } : { generatedAt });
  return {
    line: Buffer.from(again.pdf).equals(Buffer.from(base))
      ? line(
          'pass',
          'replay.identical',
          `All ${again.pages} pages, rendered again from the attached data, are identical byte for byte.`,
        )
      : line(
          'warn',
          'replay.differs',
          'Rendered again from the attached data, the pages differ in bytes: they were made by another version, or do not say what the data says.',
        ),
    replayed: { pages: again.pages, bytes: base.length, modelDigest: sha256Hex(twin) },
  };
}
