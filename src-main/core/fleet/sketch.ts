/** The choices behind one sample model: names, people, places and dates, drawn once and shared by all its records. */
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { FleetClock } from './clock.ts';
import type { People } from './people.ts';
import type { Random } from './random.ts';
import type { Side } from './unit.ts';
import type { Vocabulary } from './vocabulary.ts';

const lifecycles = [
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_validation',
  'in_development',
  'decommissioned',
] as const;

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');

export interface CleanContext {
  readonly vocabulary: Vocabulary;
  readonly people: People;
  readonly clock: FleetClock;
  readonly random: Random;
}

export type Sketch = ReturnType<typeof sketchUnit>;

/** `trained` and `deployed` are days before collection. */
export function sketchUnit(index: number, context: CleanContext) {
  const { vocabulary, people, clock, random } = context;
  const line = random.pick(vocabulary.businessLines);
  const technique = random.pick(vocabulary.techniques);
  const use = random.pick(line.uses);
  const segment = random.pick(line.segments);
  const place = random.int(0, vocabulary.regions.length - 1);
  const region = vocabulary.regions[place] ?? 'eu-central-1';
  const cluster = vocabulary.clusters[place] ?? 'prod-fra';
  const lifecycle = random.pick(lifecycles);
  const live = lifecycle === 'in_use';
  const tier = random.pick([1, 2, 2, 3, 3, 3, 4]);
  const number = String(index + 1).padStart(5, '0');
  const name = `${line.id}-${slug(use)}-${number}`;
  const modelId = `mdl-${number}`;
  const versionId = `${modelId}-v2`;
  const firstVersionId = `${modelId}-v1`;
  const trainId = `ds-${number}-train`;
  const testId = `ds-${number}-test`;
  const rawId = `ds-${number}-source`;
  const deploymentId = `dep-${number}`;
  const monitorId = `mon-${number}`;
  const approvalId = `apr-${number}-use`;
  const pick = (from: readonly RecordRef[]): RecordRef => random.pick(from);
  const owner = pick(people.owners);
  const developer = pick(people.developers);
  const validator = pick(people.validators);
  const approver = pick(people.approvers);
  const steward = pick(people.stewards);
  const operator = pick(people.operators);
  const overseer = pick(people.overseers);
  const requester = pick(people.sponsors);
  const trained = random.int(120, 200);
  const deployed = random.int(40, 80);
  const registry: Side = new Map();
  const discovery: Side = new Map();
  return {
    vocabulary,
    people,
    clock,
    random,
    registry,
    discovery,
    pipelineId: `pipe-${number}`,
    observationId: `obs-${number}`,
    line,
    technique,
    use,
    segment,
    region,
    cluster,
    lifecycle,
    live,
    tier,
    number,
    name,
    modelId,
    versionId,
    firstVersionId,
    trainId,
    testId,
    rawId,
    deploymentId,
    monitorId,
    approvalId,
    owner,
    developer,
    validator,
    approver,
    steward,
    operator,
    overseer,
    requester,
    trained,
    deployed,
    index,
  };
}
