/** `assay proof`: proofs that records are in a signed snapshot. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { formatRef, parseRef, type RecordRef } from '../../../../src-shared/domain/record.ts';
import { raise } from '../../../../src-shared/result.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled } from '../terminal.ts';
import { collectValues, group, integer, positive, workspaceCommand } from './options.ts';
import { printVerificationLines } from './verification-lines.ts';

export interface AskedRecords {
  readonly record?: string[];
  readonly absent?: string[];
  readonly out: string;
}

export const withAskedRecords = (command: Command): Command =>
  command
    .option('--record <kind/id>', 'a record to show; repeat for several', collectValues)
    .option('--absent <kind/id>', 'a record to show as absent; repeat for several', collectValues)
    .requiredOption('--out <file>', 'proof to write');

/** Raises `usage` / `proof.reference` or `proof.nothing_asked` before anything is opened. */
export function askedRecords({ record = [], absent = [] }: AskedRecords): {
  readonly records: RecordRef[];
  readonly absent: RecordRef[];
} {
  if (record.length + absent.length === 0)
    raise('usage', 'proof.nothing_asked', 'Name what to prove with --record KIND/ID or --absent KIND/ID.');
  return { records: record.map(reference), absent: absent.map(reference) };
}

const reference = (text: string): RecordRef =>
  parseRef(text) ??
  raise('usage', 'proof.reference', `"${text}" names no record; write KIND/ID, for example model/credit-pd.`);

export function printProof(file: string, written: OutputOf<'snapshot.prove'>): void {
  const parts = [
    ...(written.records > 0 ? [`${counted(written.records, 'record')} shown`] : []),
    ...(written.absent > 0 ? [`${counted(written.absent, 'record')} shown to be absent`] : []),
  ];
  print(`${file}: ${parts.join(', ')}, of ${count(written.size)} in the snapshot; ${count(written.bytes)} bytes`);
  print(`File         sha256:${written.sha256}`);
  print(`Statement    sha256:${written.statementSha256}`);
  print(`Merkle root  ${written.root}`);
  if (written.disclosed > written.records)
    note(`It discloses ${counted(written.disclosed, 'record line')}: an absence shows the records beside the gap.`);
  note('Anybody with the publisher key can check it: assay proof verify FILE --key PUBLISHER.pub.pem');
}

interface VerifyOptions extends CommonOptions {
  readonly key?: string;
  readonly trust?: string;
  readonly issuer?: string;
  readonly threshold?: number;
}

export function proofCommand(): Command {
  const create = withAskedRecords(
    workspaceCommand(
      'create',
      'write a proof for records of an imported snapshot',
      'assay proof create -w audit --snapshot 2 --record model/credit-pd --out proof.json',
    ).requiredOption('--snapshot <n>', 'snapshot number', integer),
  ).action((options: CommonOptions & AskedRecords & { snapshot: number }) =>
    withEngine(options, async (session) => {
      const asked = askedRecords(options);
      const out = session.target(options.out);
      await session.unlock(options);
      const written = await session.run('proof.create', { snapshot: options.snapshot, ...asked, out });
      if (options.json) return printJson({ file: options.out, ...written });
      printProof(options.out, written);
    }),
  );

  const verify = workspaceCommand(
    'verify',
    'is what a proof shows in the signed snapshot, and whose signature is it?',
    'assay proof verify proof.json --key publisher.pub.pem',
  )
    .argument('<file>', 'proof or redacted snapshot; - is stdin')
    .option('--key <file>', 'the publisher key to believe (SPKI PEM)')
    .option('--trust <file>', 'trust store as JSON instead of a workspace')
    .option('--issuer <fingerprint>', 'who must have signed the trust store file')
    .option('--threshold <n>', 'distinct trusted signatures needed', positive)
    .action((file: string, options: VerifyOptions) =>
      withEngine(options, async (session) => {
        const grants = {
          file: await session.source(file, 'stdin'),
          ...(options.key ? { key: await session.source(options.key) } : {}),
          ...(options.trust ? { trust: await session.source(options.trust) } : {}),
          ...(options.issuer ? { issuer: options.issuer } : {}),
        };
        const named = options.key !== undefined || options.trust !== undefined;
        if (options.workspace || (!named && process.env['ASSAY_WORKSPACE'])) await session.unlock(options);
        else if (!named)
          raise(
            'usage',
            'verify.no_trust',
            'Whom to believe was not said: name a key with --key FILE, a trust store with --trust FILE or a workspace with -w FOLDER.',
          );
        const answer = await session.run('proof.verify', {
          ...grants,
          ...(options.threshold ? { threshold: options.threshold } : {}),
        });
        if (options.json) printJson(answer);
        else printAnswer(answer);
        return answer.ok ? 0 : 4;
      }),
    );

  return group('proof', 'proofs of single records', 'assay proof verify proof.json --key publisher.pub.pem')
    .addCommand(create)
    .addCommand(verify);
}

function printAnswer(answer: OutputOf<'proof.verify'>): void {
  printVerificationLines(answer);
  print(`  ${safe(answer.judgedBy)}`);
  print(answer.ok ? styled('green', 'Proven.') : styled('red', 'Not proven.'));
  if (answer.predicate && answer.ok) {
    const { registry, role, sequence, createdAt, answers } = answer.predicate;
    if (answers) print(`Answer     to request ${answers.requestId}; it says nothing about what was not asked`);
    print(
      `${answers ? 'Of        ' : 'Snapshot  '} ${safe(registry.name || registry.id)}, ${role}, sequence ${sequence}, made ${createdAt}`,
    );
    print(`Statement  sha256:${answer.statementSha256}`);
  }
  for (const { ref, index, role, line } of answer.records) {
    print();
    print(
      `${styled('bold', safe(formatRef(ref)))}  leaf ${index} of ${count(answer.size)}${role === 'neighbour' ? ', beside a gap' : ''}`,
    );
    print(safe(line));
  }
  for (const { text } of answer.absent) {
    print();
    print(safe(text));
  }
  if (answer.records.length < answer.shown && answer.ok)
    note(`${count(answer.shown - answer.records.length)} more records are shown by the file and not listed here.`);
}
