/** What `artifact verify` and `dataset verify` share: their options, the answers and the table of files. */
import type { Command } from 'commander';
import type { InputOf } from '../../../../src-shared/contract/contract.ts';
import { type ArtifactVerification, asksForDigests } from '../../../../src-shared/domain/artifact.ts';
import type { CommonOptions, Session } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { collectValues, workspaceCommand } from './options.ts';
import { printLine } from './verification-lines.ts';

export interface FileCheckOptions extends CommonOptions {
  readonly signature?: string;
  readonly publicKey?: string;
  readonly certificateChain?: string;
  readonly ignore?: readonly string[];
}

export const vouchingOptions = (name: string, description: string, example: string): Command =>
  workspaceCommand(name, description, example)
    .option('--signature <file>', 'signature file (default: model.sig in the folder, or beside the file)')
    .option('--public-key <file>', 'accept exactly this key (PEM)')
    .option('--certificate-chain <file>', 'accept signers certified by these authorities (PEM)')
    .option('--ignore <path>', 'leave out this path below the folder; repeat for more', collectValues);

export async function filesInput(
  session: Session,
  path: string,
  options: FileCheckOptions,
): Promise<InputOf<'artifact.verify'>> {
  return {
    path: await session.source(path, 'either'),
    ...(options.signature ? { signature: await session.source(options.signature) } : {}),
    ...(options.publicKey ? { publicKey: await session.source(options.publicKey) } : {}),
    ...(options.certificateChain ? { certificates: await session.source(options.certificateChain) } : {}),
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
  const problems = v.files.filter(({ state }) => state !== 'same' && state !== 'ignored');
  if (problems.length > 0)
    print(
      `\n${table(
        ['file', 'state', 'bytes', 'expected', 'found', 'note'],
        problems
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
  if (problems.length > 50) note(`${count(problems.length - 50)} more; --json lists them.`);
  if (asksForDigests(v)) for (const { rule, digest } of v.aggregates) print(`${digest}  ${styled('dim', safe(rule))}`);
  print(v.ok ? styled('green', 'Verified.') : styled('red', 'Not verified.'));
  note(`${counted(v.bytes, 'byte')} read.`);
  if (kept)
    note(
      `Kept with the record as check ${kept.id}.${kept.finding === null ? '' : ` Finding ${kept.finding} is open.`}`,
    );
}

/** Enough of a digest to tell two apart; --json has all of it. */
const shortDigest = (digest: string | null): string =>
  digest === null ? '' : digest.length > 27 ? `${digest.slice(0, 26)}…` : digest;
