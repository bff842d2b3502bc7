/** `assay snapshots`: what was imported, and the history of each registry with what is missing from it. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { conditionRules } from '../../../../src-shared/domain/continuity.ts';
import { findingStateLabels } from '../../../../src-shared/domain/finding.ts';
import { snapshotRow } from '../documents.ts';
import { type CommonOptions, printJson, printRows, withEngine } from '../run.ts';
import { counted, note, print, safe, styled, table } from '../terminal.ts';
import { workspaceCommand } from './options.ts';

type Timeline = OutputOf<'registries.timeline'>;
type Registry = Timeline['registries'][number];

export function snapshotsCommand(): Command {
  return workspaceCommand('snapshots', 'what was imported, with chain state and gaps', 'assay snapshots -w audit')
    .option('--ndjson', 'one JSON document per snapshot')
    .action(async (options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const { snapshots } = await session.run('snapshots.list', {});
        if (options.ndjson) return printRows(snapshots.map(snapshotRow));
        const timeline = await session.run('registries.timeline', {});
        if (options.json) return printJson({ snapshots: snapshots.map(snapshotRow), ...timeline });
        if (snapshots.length === 0) note('Nothing imported yet: assay import FILE.assay -w WORKSPACE');
        else printSnapshots(snapshots);
        for (const registry of timeline.registries) printHistory(registry);
        if (timeline.registries.length > 0) note(`\n${timeline.clock.text}`);
      }),
    );
}

function printSnapshots(snapshots: OutputOf<'snapshots.list'>['snapshots']): void {
  print(
    table(
      ['#', 'registry', 'role', 'seq', 'taken', 'records', 'signer', 'chain', 'coverage'],
      snapshots.map((s) => [
        String(s.snapshot),
        s.registryName || s.registryId,
        s.role,
        s.sequence,
        s.takenAt,
        s.records,
        s.signer,
        s.stale ? `${s.chain}, stale` : s.chain,
        s.complete ? 'complete' : 'incomplete',
      ]),
    ),
  );
}

function printHistory(registry: Registry): void {
  print(`\n${styled('bold', safe(registry.registryName || registry.registryId))}  ${safe(registry.registryId)}`);
  print(`  ${chainText(registry)}`);
  for (const range of registry.missing) print(`  Missing: ${rangeText(range)}`);
  for (const event of registry.events) {
    const { label } = conditionRules[event.condition];
    const head = `${event.settledAt === null ? '!' : '-'} ${label}, ${event.severity}`;
    print(styled(event.settledAt === null ? 'yellow' : 'dim', `  ${head}: ${safe(event.sentence)}`));
    print(`    ${eventFacts(event)}`);
    if (event.settledWhy !== null) print(`    Settled ${event.settledAt}: ${safe(event.settledWhy)}`);
  }
}

function chainText({ lane, nextSequence, continuesUnseen, freshness }: Registry): string {
  const [oldest] = lane;
  const last = lane.at(-1);
  if (!oldest || !last) return 'Nothing of this registry was ever imported.';
  const range = oldest === last ? `sequence ${last.sequence}` : `sequences ${oldest.sequence} to ${last.sequence}`;
  const parts = [
    `${counted(lane.length, 'snapshot')}, ${range}`,
    ...(continuesUnseen === null ? [] : [`continues ${continuesUnseen}, which is not here`]),
    nextSequence === null ? 'none of them counts any more' : `next expected ${nextSequence}`,
    ...(freshness.expiresAt === null
      ? []
      : [freshness.state === 'stale' ? `stale since ${freshness.expiresAt}` : `good until ${freshness.expiresAt}`]),
  ];
  return `${parts.join('; ')}.`;
}

function rangeText({ from, to, named }: Registry['missing'][number]): string {
  const range = from === to ? `sequence ${from}` : `sequences ${from} to ${to}`;
  const next = `the one after it ${named === null ? 'names no predecessor' : `continues ${named}`}`;
  return `${range} (${next}).`;
}

function eventFacts(event: Registry['events'][number]): string {
  const seen =
    event.times === 1 ? `seen ${event.firstSeenAt}` : `presented ${event.times} times, last ${event.lastSeenAt}`;
  const where = event.snapshot === null ? 'refused' : `snapshot ${event.snapshot}`;
  const other = event.otherSha256 === null ? '' : ` against ${event.otherSha256}`;
  return `Finding ${event.finding.id} (${findingStateLabels[event.finding.state]}); ${where}, ${seen}; statement ${event.statementSha256}${other}`;
}
