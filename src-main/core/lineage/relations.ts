/** Which fields state lineage, what each edge is called, and which way it points: always from what feeds to what is fed. */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';

export interface Relation {
  readonly kind: Kind;
  readonly field: string;
  readonly name: string;
  /** `up`: the field names what feeds the record; `down`: what the record feeds. */
  readonly points: 'up' | 'down';
  /**
   * How the field is read: a reference, data references, the name or address of a model, or only an address (a bare commit
   * or version number names nothing by itself).
   */
  readonly reads: 'ref' | 'data_ref' | 'model_name' | 'model_address';
}

const up = (kind: Kind, field: string, name: string, reads: Relation['reads'] = 'ref'): Relation => ({
  kind,
  field,
  name,
  points: 'up',
  reads,
});
const down = (kind: Kind, field: string, name: string): Relation => ({
  kind,
  field,
  name,
  points: 'down',
  reads: 'ref',
});

export const relations: readonly Relation[] = [
  up('model', 'upstream_models', 'feeds'),
  up('model', 'external_dependencies', 'depended_on_by'),
  up('model', 'vendor_ref', 'supplies'),
  up('model', 'base_model_ref', 'base_of', 'model_name'),
  down('model', 'replacement_model_ref', 'replaced_by'),
  up('model_version', 'model_ref', 'version_of'),
  up('model_version', 'parent_version', 'parent_of'),
  up('model_version', 'base_model_version', 'base_of', 'model_address'),
  up('model_version', 'training_pipeline_ref', 'trained_by'),
  up('model_version', 'training_data_refs', 'trained_on', 'data_ref'),
  up('model_version', 'test_data_refs', 'tested_on', 'data_ref'),
  up('model_version', 'feature_refs', 'uses_feature'),
  up('dataset', 'lineage_upstream', 'derived_from'),
  up('feature', 'feature_dataset_ref', 'taken_from'),
  up('pipeline', 'pipeline_inputs', 'input_of'),
  down('pipeline', 'pipeline_outputs', 'output_of'),
  up('deployment', 'version_ref', 'deployed_as'),
  // An observed workload names its model by address; it is joined to the version that has the same one.
  up('deployment', 'model_uri', 'runs_as', 'model_address'),
  up('deployment', 'hosting_provider', 'hosts'),
  up('monitoring', 'monitor_deployment_ref', 'monitored_by'),
];
