/** `assay ledger`: the activity log. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { activityRow } from '../documents.ts';
import { type CommonOptions, printJson, printRows, type Session, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { group, withRows, workspaceCommand } from './options.ts';

export function ledgerCommand(): Command {
  const show = withRows(
    workspaceCommand('show', 'what was done in this workspace, newest first', 'assay ledger show -w audit --limit 20'),
    100,
  ).action((options: CommonOptions & { limit: number }) =>
    withEngine(options, async (session) => {
      await session.unlock(options);
      const { entries, total } = await newest(session, options.limit);
      if (options.ndjson) printRows(entries.map(activityRow));
      else if (options.json) printJson({ total, entries: entries.map(activityRow) });
      else
        print(
          table(
            ['seq', 'when', 'who', 'action', 'what'],
            entries.map((e) => [String(e.seq), e.at, e.actor, e.action, e.summary]),
          ),
        );
      note(`${count(entries.length)} of ${count(total)} entries`);
    }),
  );
  const verify = workspaceCommand(
    'verify',
    'is the chain of entries unbroken and signed?',
    'assay ledger verify -w audit',
  ).action((options: CommonOptions) =>
    withEngine(options, async (session) => {
      await session.unlock(options);
      const result = await session.run('activity.verify', {});
      if (options.json) printJson(result);
      else print(`${result.ok ? styled('green', '✓') : styled('red', '✗')} ${safe(result.text)}`);
      return result.ok ? 0 : 4;
    }),
  );
  return group('ledger', 'the activity log', 'assay ledger show -w audit').addCommand(show).addCommand(verify);
}

/** The log is paged by sequence number, newest first. */
async function newest(session: Session, limit: number) {
  const entries: OutputOf<'activity.list'>['entries'] = [];
  let before: number | undefined;
  for (;;) {
    const page = await session.run('activity.list', {
      limit: Math.min(500, limit - entries.length),
      ...(before === undefined ? {} : { before }),
    });
    entries.push(...page.entries);
    before = page.next ?? undefined;
    if (before === undefined || entries.length >= limit) return { entries, total: page.total };
  }
}
