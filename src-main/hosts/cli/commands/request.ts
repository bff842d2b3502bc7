/** `assay request`: ask a registry for some of its records, and follow what comes back. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { parseWhere } from '../../../../src-shared/contract/filter-expression.ts';
import { formatRef } from '../../../../src-shared/domain/record.ts';
import { type CommonOptions, printJson, printRows, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { kindOf, refOf } from './kind.ts';
import { collectNumbers, collectValues, day, group, words, workspaceCommand } from './options.ts';
import { fulfilCommand, inspectCommand } from './request-fulfil.ts';

type Detail = OutputOf<'request.show'>;

export function requestCommand(): Command {
  return group('request', 'ask a registry for some of its records', 'assay request list -w audit')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(saveCommand())
    .addCommand(closeCommand())
    .addCommand(inspectCommand())
    .addCommand(fulfilCommand());
}

interface CreateOptions extends CommonOptions {
  readonly registry?: string;
  readonly kind?: string[];
  readonly record?: string[];
  readonly where?: string[];
  readonly fromFinding?: number[];
  readonly reason?: string;
  readonly due?: string;
  readonly out: string;
}

function createCommand(): Command {
  return workspaceCommand(
    'create',
    'a signed request file for a registry',
    'assay request create -w audit --from-finding 12 --due 2026-12-15 --out owner.request.json',
  )
    .option('--registry <urn>', 'the registry that is asked (default: the one that holds the first record)', words)
    .option('--record <record>', 'KIND/ID; repeat for more', collectValues)
    .option('--kind <kind>', 'every record of this kind; repeat for more', collectValues)
    .option('--where <expr>', 'narrow the kinds, as in assay inventory list; repeat to narrow further', collectValues)
    .option('--from-finding <n>', 'the record of this finding, and the finding as the reason', collectNumbers)
    .option('--reason <text>', 'why, in your words', words)
    .option('--due <date>', 'until when an answer is wanted (YYYY-MM-DD)', day)
    .requiredOption('--out <file>', 'request file to write, e.g. owner.request.json')
    .action((options: CreateOptions) =>
      withEngine(options, async (session) => {
        const kinds = (options.kind ?? []).map(kindOf);
        const records = (options.record ?? []).map(refOf);
        const filters = (options.where ?? []).map(parseWhere);
        const file = session.target(options.out);
        await session.unlock(options);
        const created = await session.run('request.create', {
          kinds,
          records,
          filters,
          findings: options.fromFinding ?? [],
          file,
          ...(options.registry ? { registryId: options.registry } : {}),
          ...(options.reason ? { reason: options.reason } : {}),
          ...(options.due ? { due: options.due } : {}),
        });
        if (options.json) return printJson({ file: options.out, ...created });
        printRequest(created);
        print(`Fingerprint  ${created.document.requester.fingerprint}`);
        note(
          `Hand ${options.out} to the registry, and read them your fingerprint over another channel. They answer with: assay request fulfil`,
        );
      }),
    );
}

const stateWords: Readonly<Record<Detail['state'], string>> = {
  open: 'open',
  partly_answered: 'partly answered',
  answered: 'answered',
  closed: 'closed',
};

function listCommand(): Command {
  return workspaceCommand('list', 'requests and how far they are answered', 'assay request list -w audit')
    .option('--ndjson', 'one JSON document per row')
    .action((options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const { requests } = await session.run('request.list', {});
        if (options.ndjson) return printRows(requests);
        if (options.json) return printJson({ requests });
        if (requests.length === 0) return note('Nothing was asked yet: assay request create');
        print(
          table(
            ['request', 'registry', 'what', 'state', 'due', 'missing', 'answers'],
            requests.map((row) => [
              row.id.slice(0, 8),
              safe(row.registry.name || row.registry.id),
              safe(row.name),
              row.overdue ? `${stateWords[row.state]}, overdue` : stateWords[row.state],
              row.due ?? '',
              row.missing.records + row.missing.kinds,
              row.answers,
            ]),
          ),
        );
      }),
    );
}

function showCommand(): Command {
  return workspaceCommand('show', 'one request: asked, given, missing', 'assay request show 3f2a91c0 -w audit')
    .argument('<id>', 'request id, or its beginning')
    .action((id: string, options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const detail = await session.run('request.show', { id });
        if (options.json) return printJson(detail);
        printRequest(detail);
        printAnswers(detail);
      }),
    );
}

function saveCommand(): Command {
  return workspaceCommand(
    'save',
    'write a request file again',
    'assay request save 3f2a91c0 -w audit --out owner.request.json',
  )
    .argument('<id>', 'request id, or its beginning')
    .requiredOption('--out <file>', 'file to write')
    .action((id: string, options: CommonOptions & { out: string }) =>
      withEngine(options, async (session) => {
        const file = session.target(options.out);
        await session.unlock(options);
        const saved = await session.run('request.save', { id, file });
        if (options.json) return printJson({ file: options.out, ...saved });
        print(`${options.out}: sha256:${saved.sha256}`);
      }),
    );
}

function closeCommand(): Command {
  return workspaceCommand(
    'close',
    'close a request, whatever it lacks',
    'assay request close 3f2a91c0 -w audit --reason "Answered by the December snapshot"',
  )
    .argument('<id>', 'request id, or its beginning')
    .requiredOption('--reason <text>', 'why', words)
    .action((id: string, options: CommonOptions & { reason: string }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const detail = await session.run('request.close', { id, reason: options.reason });
        if (options.json) return printJson(detail);
        printRequest(detail);
      }),
    );
}

function printRequest(detail: Detail): void {
  const state = `${stateWords[detail.state]}${detail.overdue ? ', overdue' : ''}`;
  print(`${styled('bold', safe(detail.name))}`);
  print(`Request      ${detail.id}  (${state})`);
  print(`Registry     ${safe(detail.registry.name || detail.registry.id)}  ${safe(detail.registry.id)}`);
  print(`Made         ${detail.createdAt} by ${safe(detail.createdBy)}${detail.due ? `, due ${detail.due}` : ''}`);
  if (detail.document.reason) print(`Why          ${safe(detail.document.reason)}`);
  for (const finding of detail.document.findings)
    print(`For finding  ${finding.id}: ${safe(finding.ruleId)}, ${safe(finding.title)}`);
  print(`Document     sha256:${detail.sha256}`);
  if (detail.closed)
    print(`Closed       ${detail.closed.at} by ${safe(detail.closed.by)}: ${safe(detail.closed.reason)}`);
}

function printAnswers(detail: Detail): void {
  for (const answer of detail.answers) {
    print(
      `Answer ${answer.answer}     ${answer.createdAt}, signed by ${safe(answer.signer)}: ${counted(answer.records, 'record')}${answer.outside > 0 ? `, ${count(answer.outside)} not asked for and not kept` : ''}`,
    );
  }
  if (detail.records.length > 0) {
    print(
      table(
        ['record', 'against the registry', 'what differs'],
        detail.records.map((record) => [
          safe(formatRef(record)),
          record.compared.replaceAll('_', ' '),
          record.fields.map(({ field }) => field).join(', '),
        ]),
      ),
    );
  }
  for (const ref of detail.missing.records) print(styled('yellow', `  missing  ${safe(formatRef(ref))}`));
  for (const kind of detail.missing.kinds)
    print(
      styled('yellow', `  missing  ${kind}: none came beside those that were named, or there may be more than came`),
    );
}
