/** What `artifact verify` and `dataset verify` share: their options, the answers and the table of files. */
import type { Command } from 'commander';
import type { InputOf } from '../../../../src-shared/contract/contract.ts';
import { type ArtifactVerification, asksForDigests, verdictOf } from '../../../../src-shared/domain/artifact.ts';
import type { CommonOptions, Session } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { collectValues, workspaceCommand } from './options.ts';
import { printLine } from './verification-lines.ts';

export interface FileCheckOptions extends CommonOptions {
  readonly signature?: string;
  readonly ignore?: readonly string[];
}

export const fileOptions = (name: string, description: string, example: string): Command =>
  workspaceCommand(name, description, example)
    .option('--signature <file>', 'signature file (default: model.sig in the folder, or beside the file)')
    .option(
      '--ignore <path>',
      'leave out this path below the folder; what lies there keeps the rest from being verified as a whole; repeat for more',
      collectValues,
    );

export async function filesInput(
  session: Session,
  path: string,
  options: FileCheckOptions,
): Promise<Omit<InputOf<'artifact.check'>, 'ref'>> {
  return {
    path: await session.source(path, 'either'),
    ...(options.signature ? { signature: await session.source(options.signature) } : {}),
    ...(options.ignore ? { ignore: [...options.ignore] } : {}),
  };
}

/** 0 verified; 3 when only files that could not be read stand in the way; 4 for everything else. */
export const verdictCode = ({ ok, content, counts }: ArtifactVerification): number =>
  ok ? 0 : content.state === 'unknown' && counts.unreadable > 0 ? 3 : 4;

export function printFileCheck(
  v: ArtifactVerification,
  kept: { readonly id: number; readonly finding: number | null } | null,
): void {
  printLine('Content', v.content);
  printLine('Signer', v.signer);
  printLine('Time', v.time);
  if (v.recorded) printLine('Recorded', v.recorded);
  const notable = v.files.filter(({ state }) => state !== 'same');
  if (notable.length > 0)
    print(
      `\n${table(
        ['file', 'state', 'bytes', 'expected', 'found', 'note'],
        notable
          .slice(0, 50)
          .map((file) => [
            file.name,
            file.state,
            file.bytes === null ? '' : count(file.bytes),
            shortDigest(file.expected),
            shortDigest(file.found),
            file.note ?? '',
          ]),
      )}`,
    );
  if (notable.length > 50) note(`${count(notable.length - 50)} more; --json lists them.`);
  if (asksForDigests(v)) for (const { rule, digest } of v.aggregates) print(`${digest}  ${styled('dim', safe(rule))}`);
  print(headline(v));
  note(`${counted(v.bytes, 'byte')} read.`);
  if (kept)
    note(
      `Kept with the record as check ${kept.id}.${kept.finding === null ? '' : ` Finding ${kept.finding} is open.`}`,
    );
}

function headline(v: ArtifactVerification): string {
  const verdict = verdictOf(v);
  if (verdict === 'failed') return styled('red', 'Not verified.');
  if (verdict === 'open') return styled('yellow', 'Not verified: not everything could be determined.');
  return v.content.code === 'content.one_of_several'
    ? styled('green', 'Verified: this file, and none of the others that were signed with it.')
    : styled('green', 'Verified.');
}

/** Enough of a digest to tell two apart; --json has all of it. */
const shortDigest = (digest: string | null): string =>
  digest === null ? '' : digest.length > 27 ? `${digest.slice(0, 26)}…` : digest;
