/** The three record sets of a run as views, and the verdict rows joined to them. */
import { kinds } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import type { VerdictFacts } from '../../../src-shared/domain/verdict.ts';
import type { JobContext } from '../ports.ts';
import type { RecordSet } from '../record-set.ts';
import type { Runtime } from './cel.ts';
import { basisOf, isAltered, showsRunning } from './snapshot-views.ts';
import { orUndefined, type Probe } from './unknown.ts';
import type { View } from './view.ts';
import { makeWorld, type World } from './world.ts';

export interface Worlds {
  readonly probe: Probe;
  readonly registry: World;
  readonly discovery: World | null;
  readonly baseline: World | null;
  /** Some snapshot of the run is not what was signed: its records are not read, and nothing is concluded from them. */
  readonly altered: boolean;
  /** Rows about something that a scan saw or a manifest declares; null when nothing was reconciled. */
  readonly observations: readonly VerdictFacts[] | null;
}

interface Sets {
  readonly registry: RecordSet;
  readonly discovery: RecordSet | null;
  readonly baseline: RecordSet | null;
  readonly verdictRows: readonly VerdictFacts[] | null;
  readonly job: JobContext;
}

const alone: Pick<World, 'scans' | 'observedOf' | 'verdictsOf'> = {
  scans: null,
  observedOf: () => [],
  verdictsOf: () => [],
};

export function makeWorlds({ registry, discovery, baseline, verdictRows, job }: Sets, runtime: Runtime): Worlds {
  const { probe, plan, classOf } = runtime;
  const altered = [registry, discovery, baseline].some((set) => set !== null && isAltered(set));
  const sets = [registry, discovery, baseline];
  const total = sets.reduce((sum, set) => sum + kinds.reduce((of, kind) => of + (set?.count(kind) ?? 0), 0), 0);
  let done = 0;
  /** Most records are read while the first rule runs. */
  const tick = (records: number) => {
    job.throwIfCancelled();
    done += records;
    job.report({ phase: 'Reading records', done, total, unit: 'records' });
  };
  const shared = { plan, probe, classOf, tick };
  let world: World | null = null;
  const before = baseline
    ? makeWorld({ ...shared, ...alone, side: 'baseline', records: baseline, baseline: null, twin: () => world })
    : null;
  const seen = discovery
    ? makeWorld({ ...shared, ...alone, side: 'discovery', records: discovery, baseline: null, twin: () => null })
    : null;
  const observedByClaim = new Map<string, View[]>();
  const verdictsByKey = new Map<string, string[]>();
  /** Claims whose only counterparts are declared, or seen in a way that nobody states. */
  const notSeenRunning = new Map<string, boolean>();
  plan.use('deployment', 'observation_basis');
  for (const row of altered ? [] : (verdictRows ?? [])) {
    const claim = row.claim ? formatRef(row.claim) : '';
    const observation = row.observation ? formatRef(row.observation) : '';
    for (const key of [claim, observation]) if (key !== '') push(verdictsByKey, key, row.verdict);
    const view = row.observation && seen ? seen.find(row.observation.kind, observation) : undefined;
    if (claim === '' || !view?.found) continue;
    push(observedByClaim, claim, view);
    const running = orUndefined(() => showsRunning(basisOf(view))) === true;
    notSeenRunning.set(claim, !running && notSeenRunning.get(claim) !== false);
  }
  world = makeWorld({
    ...shared,
    side: 'registry',
    twin: () => null,
    records: registry,
    baseline: before,
    scans: discovery?.snapshots ?? null,
    observedOf: (key) => (verdictRows ? (observedByClaim.get(key) ?? []) : probe.miss(notReconciled)),
    verdictsOf(key) {
      if (!seen) return probe.miss('snapshot.scan_scope (no scan)');
      if (!verdictRows) return probe.miss(notReconciled);
      const found = verdictsByKey.get(key);
      if (!found) return probe.miss('a verdict of the reconciliation');
      if (found.includes('cannot_determine')) return probe.miss('evidence for a match');
      const declared = notSeenRunning.get(key) === true && !found.includes('orphaned');
      return declared ? probe.miss('deployment.observation_basis (nothing seen running)') : found;
    },
  });
  return {
    probe,
    registry: world,
    discovery: seen,
    baseline: before,
    altered,
    observations: verdictRows?.filter((row) => row.observation !== undefined) ?? null,
  };
}

/** What is missing where verdicts are asked for and nothing was reconciled. */
export const notReconciled = 'reconciliation';

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
