/** `assay request inspect` and `fulfil`: the side that is asked. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { InputOf, OutputOf } from '../../../../src-shared/contract/contract.ts';
import type { EvidenceRule } from '../../../../src-shared/domain/disclosure.ts';
import { formatRef } from '../../../../src-shared/domain/record.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { counted, note, print, safe, styled, table } from '../terminal.ts';
import { pathOf } from './collect.ts';
import { command, words } from './options.ts';
import { evidenceOption } from './snapshot-disclosure.ts';

export function inspectCommand(): Command {
  return command('inspect', 'check a request file and show what it asks', 'assay request inspect owner.request.json')
    .argument('<file>', 'request file')
    .action((file: string, options: CommonOptions) =>
      withEngine(options, async (session) => {
        const request = await session.run('request.inspect', { file: await session.source(file) });
        if (options.json) return printJson(request);
        printRequest(request);
      }),
    );
}

interface FulfilOptions extends CommonOptions {
  readonly out: string;
  readonly requester?: string;
  readonly evidence: EvidenceRule;
}

export function fulfilCommand(): Command {
  return command(
    'fulfil',
    'collect what a request asks for, and nothing else',
    'assay request fulfil owner.request.json exports/mlflow --requester "3f2a 91c0 …" --out answer',
  )
    .argument('<file>', 'request file')
    .argument('<source...>', 'files or folders of any known format, as for collect')
    .requiredOption('--out <folder>', 'new folder for the answer')
    .option('--requester <who>', 'whose request it is: their fingerprint, or their public key file', words)
    .addOption(
      evidenceOption(
        'raw files to include: exclusive = that only asked records rest on, needed = that asked records rest on, none',
      ),
    )
    .addHelpText(
      'after',
      '\nA raw file goes out whole or not at all, also with what no record was made of: with --evidence needed it can disclose\nrecords that nobody asked for. Look at the folder before you sign it.',
    )
    .action((file: string, sources: string[], options: FulfilOptions) =>
      withEngine(options, async (session) => {
        const { run, source, newFolder } = session;
        const request = await source(file);
        const out = newFolder(options.out);
        const answer = await run('request.fulfil', {
          request,
          out,
          sources: await Promise.all(
            sources.map(async (label) => ({ grant: await source(pathOf(label), 'either'), label })),
          ),
          evidence: options.evidence,
          ...(await requesterOf(session, options.requester)),
        });
        if (options.json) return printJson(answer);
        printAnswer(answer, options.out);
      }),
    );
}

async function requesterOf(
  session: Session,
  text: string | undefined,
): Promise<Pick<InputOf<'request.fulfil'>, 'requester'>> {
  if (text === undefined) return {};
  return { requester: existsSync(text) ? { publicKey: await session.source(text) } : { fingerprint: text } };
}

function printRequest({ document, sha256 }: OutputOf<'request.inspect'>): void {
  print(`${styled('bold', safe(document.registry.name || document.registry.id))} is asked for:`);
  for (const ref of document.ask.records) print(`  ${safe(formatRef(ref))}`);
  for (const kind of document.ask.kinds)
    print(
      `  every ${kind}${document.ask.filters.length > 0 ? ` where ${safe(document.ask.filters.map((f) => `${f.field} ${f.op} ${f.values.join('|')}`.trim()).join(' and '))}` : ''}`,
    );
  if (document.reason) print(`Why          ${safe(document.reason)}`);
  for (const finding of document.findings) print(`For          ${safe(finding.ruleId)}, ${safe(finding.title)}`);
  print(`Made         ${document.createdAt}${document.due ? `, due ${document.due}` : ''}`);
  print(`Document     sha256:${sha256}`);
  print(`Requester    ${safe(document.requester.name)}`);
  print(`Fingerprint  ${document.requester.fingerprint}`);
  note('The signature holds. Whose key it is, only comparing the fingerprint over another channel can tell.');
}

function printAnswer(answer: OutputOf<'request.fulfil'>, out: string): void {
  print(table(['kind', 'records'], Object.entries(answer.counts)));
  print(
    `Stay behind  ${counted(answer.withheld, 'other record')}${answer.unread > 0 ? `, and ${counted(answer.unread, 'file')} that no record was made of` : ''}`,
  );
  for (const ref of answer.notFound) print(styled('yellow', `  not found  ${safe(formatRef(ref))}`));
  for (const kind of answer.emptyKinds) print(styled('yellow', `  none found ${kind}`));
  if (!answer.sourcesComplete)
    print(styled('yellow', 'The sources were not read completely: what was not found may exist all the same.'));
  printEvidence(answer.evidence);
  note(`Answer in ${out}; sign it with: assay snapshot pack ${out} --key KEY.key.pem --out ANSWER.assay`);
}

function printEvidence({ rule, files, shared }: OutputOf<'request.fulfil'>['evidence']): void {
  print(
    `Raw files    ${files === 0 ? 'none' : `${counted(files, 'file')}, each whole: also with what no record was made of`}`,
  );
  for (const file of shared)
    print(
      rule === 'needed'
        ? styled('yellow', `  ! ${safe(file)} goes along and also holds records that were not asked for`)
        : `  ${safe(file)} stays behind${rule === 'none' ? '' : ': it also holds records that were not asked for (--evidence needed includes it)'}`,
    );
}
