/**
 * The fields that reconciliation reads of the records it visits for every claim and observation.
 *
 * A store can hold just these instead of whole records. A test watches every read and fails when one is missing here.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { FieldChoice } from '../record-set.ts';
import { compared } from './compare.ts';

type Held = 'model' | 'model_version' | 'deployment';

/** What identifies a record, names it, places it says its stage or its tier. */
const read: Readonly<Record<Held, readonly string[]>> = {
  model: ['model_name', 'aliases', 'model_aliases', 'model_uri', 'risk_tier'],
  model_version: ['model_ref', 'version_label', 'artefact_digest', 'image_digest', 'model_uri', 'artefact_uri'],
  deployment: [
    'version_ref',
    'registered_model_id',
    'source_registered_version_id',
    'deployment_name',
    'declared_model_name',
    'workload_name',
    'declared_version_label',
    'model_uri',
    'running_digest',
    'image_digest',
    'image_ref',
    'location_ref',
    'cluster',
    'namespace',
    'serving_runtime',
    'observation_basis',
    'deployed_at',
  ],
};

const comparedOf = (kind: Kind): readonly string[] =>
  compared.flatMap(({ claim, observed }) =>
    [...claim, ...observed].filter(([of]) => of === kind).map(([, field]) => field),
  );

const heldKinds: readonly Held[] = ['model', 'model_version', 'deployment'];

export const reconcileReads: FieldChoice = Object.fromEntries(
  heldKinds.map((kind) => [kind, [...new Set([...read[kind], ...comparedOf(kind)])]]),
);
