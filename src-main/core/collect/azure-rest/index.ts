/**
 * Answers of the Azure Machine Learning REST API: lists of model and data versions, online deployments.
 *
 * Each is `{value: [...]}` or one resource, with `systemData`; the API's own examples wrap it in `responses.200.body`.
 */
import { normaliseModelReference } from '../../model-reference.ts';
import { draft } from '../draft.ts';
import type { MapContext, Mapper } from '../mapper.ts';
import { at, instantOf, objectOf, pointerOf, tagsOf, textOf, uriOf } from '../values.ts';

export const azureRest: Mapper = {
  format: 'azure-rest',
  title: 'Azure Machine Learning API output',
  role: 'both',
  supplied: {
    model: ['model_id', 'model_name'],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'version_created_at',
      'version_created_by',
      'version_status',
      'artefact_uri',
      'model_uri',
      'framework',
      'version_tags',
    ],
    dataset: ['dataset_id', 'dataset_name', 'dataset_version', 'dataset_source', 'dataset_uri', 'dataset_tags'],
    deployment: [
      'deployment_id',
      'deployment_name',
      'location_ref',
      'model_uri',
      'region',
      'deployed_at',
      'health',
      'workload_kind',
      'observation_basis',
      'deployment_tags',
    ],
    party: ['party_id', 'party_name'],
  },
  async recognise(file) {
    const head = await file.head();
    if (!/^\s*\{/.test(head) || !/"systemData"\s*:/.test(head)) return null;
    return /"(modelUri|dataUri|endpointComputeType|modelType)"\s*:/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const document = await file.json();
    const example = at(document, 'responses', '200', 'body');
    const body = example ?? document;
    const base = example === undefined ? '' : '/responses/200/body';
    const list = at(body, 'value');
    const next = textOf(at(body, 'nextLink'));
    if (next !== undefined && uriOf(next))
      context.deny('further pages of an Azure ML list: the answer ends with a nextLink');
    const items: readonly (readonly [unknown, string])[] = Array.isArray(list)
      ? list.map((item: unknown, index) => [item, `${base}${pointerOf('value', index)}`] as const)
      : [[body, base]];
    for (const [item, pointer] of items) {
      const properties = at(item, 'properties');
      if (textOf(at(properties, 'endpointComputeType'))) mapDeployment(item, pointer, context);
      else if (textOf(at(properties, 'dataUri'))) mapData(item, pointer, document, context);
      else if (textOf(at(properties, 'modelUri')) ?? textOf(at(properties, 'modelType')))
        mapModelVersion(item, pointer, document, context);
      else context.note('Azure ML resource of another kind');
    }
  },
};

/** Names in a resource id: `…/registries/R/models/M/versions/V`; an example has them among its parameters instead. */
function named(
  item: unknown,
  document: unknown,
  part: string,
): { readonly place: string; readonly name: string; readonly version: string } | undefined {
  const segments = (textOf(at(item, 'id')) ?? '').split('/');
  const after = (key: string): string | undefined => {
    const index = segments.findIndex((segment) => segment.toLowerCase() === key);
    return index < 0 ? undefined : segments[index + 1];
  };
  const place =
    after('registries') ??
    after('workspaces') ??
    textOf(at(document, 'parameters', 'registryName')) ??
    textOf(at(document, 'parameters', 'workspaceName'));
  const name = after(part) ?? textOf(at(document, 'parameters', part === 'models' ? 'modelName' : 'name'));
  const version = after('versions') ?? textOf(at(item, 'name'));
  return place && name && version ? { place, name, version } : undefined;
}

function mapModelVersion(item: unknown, pointer: string, document: unknown, context: MapContext): void {
  const names = named(item, document, 'models');
  if (!names) {
    context.note('model version whose id names no model');
    return;
  }
  const from = (path: string): string => `${pointer}/${path}`;
  const modelId = `azureml:${names.place}/${names.name}`;
  const properties = at(item, 'properties');
  const creator = textOf(at(item, 'systemData', 'createdBy'));
  const model = draft('model', modelId, from('id')).set('model_name', names.name, from('id'));
  context.emit(model.done());
  const version = draft('model_version', `${modelId}:${names.version}`, pointer)
    .set('model_ref', model.ref, from('id'))
    .set('version_label', names.version, from('name'))
    .set('version_created_at', instantOf(at(item, 'systemData', 'createdAt')), from('systemData/createdAt'))
    .set(
      'version_status',
      at(properties, 'isArchived') === true ? 'archived' : undefined,
      from('properties/isArchived'),
    )
    .set('artefact_uri', uriOf(at(properties, 'modelUri')), from('properties/modelUri'))
    .set('model_uri', normaliseModelReference(textOf(at(item, 'id')) ?? ''), from('id'))
    .set(
      'framework',
      Object.keys(objectOf(at(properties, 'flavors')) ?? {})
        .sort()
        .join(', '),
      from('properties/flavors'),
    )
    .set('version_tags', tagsOf(at(properties, 'tags')), from('properties/tags'))
    .keep('description', at(properties, 'description'), from('properties/description'))
    .keep('model_type', at(properties, 'modelType'), from('properties/modelType'));
  if (creator !== undefined) {
    const party = draft('party', `azureml:user:${creator}`, from('systemData/createdBy')).set(
      'party_name',
      creator,
      from('systemData/createdBy'),
    );
    context.emit(party.done());
    version.set('version_created_by', party.ref, from('systemData/createdBy'));
  }
  context.emit(version.done());
}

function mapData(item: unknown, pointer: string, document: unknown, context: MapContext): void {
  const names = named(item, document, 'data');
  if (!names) {
    context.note('data version whose id names no data asset');
    return;
  }
  const from = (path: string): string => `${pointer}/properties/${path}`;
  context.emit(
    draft('dataset', `azureml:data:${names.place}/${names.name}:${names.version}`, pointer)
      .set('dataset_name', names.name, `${pointer}/id`)
      .set('dataset_version', names.version, `${pointer}/name`)
      .set('dataset_source', at(item, 'properties', 'description'), from('description'))
      .set('dataset_uri', uriOf(at(item, 'properties', 'dataUri')), from('dataUri'))
      .set('dataset_tags', tagsOf(at(item, 'properties', 'tags')), from('tags'))
      .keep('data_type', at(item, 'properties', 'dataType'), from('dataType'))
      .done(),
  );
}

const health: Readonly<Record<string, string>> = {
  Succeeded: 'ready',
  Creating: 'pending',
  Updating: 'pending',
  Scaling: 'pending',
  Failed: 'failed',
  Deleting: 'degraded',
};

function mapDeployment(item: unknown, pointer: string, context: MapContext): void {
  const id = textOf(at(item, 'id')) ?? textOf(at(item, 'name'));
  if (id === undefined) {
    context.note('deployment without an id');
    return;
  }
  const from = (path: string): string => `${pointer}/${path}`;
  const properties = at(item, 'properties');
  const model = textOf(at(properties, 'model'));
  const state = textOf(at(properties, 'provisioningState'));
  const label = /\/onlineEndpoints\/([^/]+)\/deployments\/([^/]+)/i.exec(id);
  context.emit(
    draft('deployment', `azureml:deployment:${label ? `${label[1]}/${label[2]}` : id}`, pointer)
      .set('deployment_name', at(item, 'name'), from('name'))
      .set('location_ref', id, from('id'))
      .set('region', at(item, 'location'), from('location'))
      .set('deployed_at', instantOf(at(item, 'systemData', 'createdAt')), from('systemData/createdAt'))
      .set('model_uri', model && (normaliseModelReference(model) ?? model), from('properties/model'))
      .set('health', state && health[state], from('properties/provisioningState'))
      .set(
        'workload_kind',
        `${textOf(at(properties, 'endpointComputeType'))}OnlineDeployment`,
        from('properties/endpointComputeType'),
      )
      .set('observation_basis', 'api_dump', pointer, 'inferred')
      .set('deployment_tags', tagsOf(at(item, 'tags')), from('tags'))
      .keep('environment_id', at(properties, 'environmentId'), from('properties/environmentId'))
      .keep('instance_type', at(properties, 'instanceType'), from('properties/instanceType'))
      .done(),
  );
}
