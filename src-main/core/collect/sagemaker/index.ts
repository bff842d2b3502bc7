/**
 * Output of the AWS CLI for SageMaker (`list-*`, `describe-*`), one API answer per file.
 *
 * A model package group is a registered model and a package its version. A SageMaker *Model* is a deployable without versions:
 * it becomes a model of its own with the one version `unversioned`, unless its container names the package that it runs.
 */
import { normaliseModelReference } from '../../model-reference.ts';
import { draft, refTo } from '../draft.ts';
import type { MapContext, Mapper } from '../mapper.ts';
import { at, instantOf, listOf, objectOf, pointerOf, tagsOf, textOf, uriOf } from '../values.ts';
import { mapEndpoint } from './endpoint.ts';
import { arnName, groupId, modelId, packageId } from './ids.ts';

export const sagemaker: Mapper = {
  format: 'sagemaker',
  title: 'Amazon SageMaker API output',
  role: 'both',
  supplied: {
    model: ['model_id', 'model_name', 'description'],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'parent_version',
      'version_status',
      'version_created_at',
      'artefact_uri',
      'model_uri',
      'registry_stage',
      'image_digest',
      'version_tags',
    ],
    deployment: [
      'deployment_id',
      'version_ref',
      'deployment_status',
      'deployed_at',
      'region',
      'location_ref',
      'health',
      'deployment_name',
      'declared_model_name',
      'replicas_desired',
      'replicas_ready',
      'workload_kind',
      'observation_basis',
    ],
    dataset: ['dataset_id', 'dataset_name', 'dataset_source', 'dataset_uri'],
    feature: ['feature_id', 'feature_name', 'feature_dataset_ref'],
  },
  async recognise(file) {
    const head = await file.head();
    const isAnswer =
      /"(ModelPackageSummaryList|ModelPackageGroupSummaryList|ModelPackageArn|ModelPackageGroupArn|EndpointConfigName|EndpointName|FeatureGroupArn|ModelArn)"\s*:/;
    return /^\s*\{/.test(head) && isAnswer.test(head) && /arn:aws[\w-]*:sagemaker/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const answer = await file.json();
    const each = (key: string, work: (item: unknown, pointer: string) => void): void => {
      for (const [index, item] of listOf(at(answer, key)).entries()) work(item, pointerOf(key, index));
    };
    if (textOf(at(answer, 'NextToken')) !== undefined)
      context.deny('further pages of a SageMaker list: the answer ends with a NextToken');
    each('ModelPackageGroupSummaryList', (item, pointer) => mapGroup(item, pointer, context));
    each('ModelPackageSummaryList', (item, pointer) => mapPackage(item, pointer, context));
    each('Models', (item, pointer) => mapModel(item, pointer, context));
    if (Array.isArray(at(answer, 'Endpoints')))
      for (const [index, item] of listOf(at(answer, 'Endpoints')).entries())
        await mapEndpoint(item, pointerOf('Endpoints', index), context);
    if (textOf(at(answer, 'EndpointArn'))) await mapEndpoint(answer, '', context);
    else if (textOf(at(answer, 'ModelPackageArn'))) mapPackage(answer, '', context);
    else if (textOf(at(answer, 'ModelPackageGroupArn'))) mapGroup(answer, '', context);
    else if (textOf(at(answer, 'ModelArn'))) mapModel(answer, '', context);
    else if (textOf(at(answer, 'FeatureGroupArn'))) mapFeatureGroup(answer, context);
    else if (textOf(at(answer, 'EndpointConfigArn')))
      context.note('endpoint configuration: read together with its endpoint');
  },
};

function mapGroup(item: unknown, pointer: string, context: MapContext): void {
  const name = textOf(at(item, 'ModelPackageGroupName'));
  if (name === undefined) {
    context.note('model package group without a name');
    return;
  }
  context.emit(
    draft('model', groupId(name), pointer)
      .set('model_name', name, `${pointer}/ModelPackageGroupName`)
      .set('description', at(item, 'ModelPackageGroupDescription'), `${pointer}/ModelPackageGroupDescription`)
      .keep('arn', at(item, 'ModelPackageGroupArn'), `${pointer}/ModelPackageGroupArn`)
      .done(),
  );
}

const statuses: Readonly<Record<string, string>> = {
  Approved: 'approved',
  Rejected: 'rejected',
  PendingManualApproval: 'candidate',
};

function mapPackage(item: unknown, pointer: string, context: MapContext): void {
  const arn = textOf(at(item, 'ModelPackageArn'));
  const group = textOf(at(item, 'ModelPackageGroupName'));
  const label = textOf(at(item, 'ModelPackageVersion'));
  if (arn === undefined) {
    context.note('model package without an ARN');
    return;
  }
  const from = (key: string): string => `${pointer}/${key}`;
  const container = at(item, 'InferenceSpecification', 'Containers', 0);
  const data = textOf(at(container, 'ModelDataUrl'));
  const approval = textOf(at(item, 'ModelApprovalStatus'));
  // A package outside of any group is a registry row by itself.
  const owner = group === undefined ? modelId(arnName(arn)) : groupId(group);
  const name = group ?? arnName(arn);
  context.emit(
    draft('model', owner, from('ModelPackageArn')).set('model_name', name, from('ModelPackageGroupName')).done(),
  );
  context.emit(
    draft('model_version', packageId(arn), pointer)
      .set('model_ref', refTo('model', owner), from('ModelPackageGroupName'))
      .set(
        'version_label',
        label ?? 'unversioned',
        from('ModelPackageVersion'),
        label === undefined ? 'inferred' : 'declared',
      )
      .set('version_status', approval && statuses[approval], from('ModelApprovalStatus'))
      .set('registry_stage', approval, from('ModelApprovalStatus'))
      .set('version_created_at', instantOf(at(item, 'CreationTime')), from('CreationTime'))
      .set('artefact_uri', uriOf(data), from('InferenceSpecification/Containers/0/ModelDataUrl'))
      .set('model_uri', data && normaliseModelReference(data), from('InferenceSpecification/Containers/0/ModelDataUrl'))
      .set('image_digest', imageDigest(at(container, 'Image')), from('InferenceSpecification/Containers/0/Image'))
      .set('version_tags', tagsOf(at(item, 'CustomerMetadataProperties')), from('CustomerMetadataProperties'))
      .keep('arn', arn, from('ModelPackageArn'))
      .keep('image', at(container, 'Image'), from('InferenceSpecification/Containers/0/Image'))
      .keep('approval_description', at(item, 'ApprovalDescription'), from('ApprovalDescription'))
      .keep('created_by', at(item, 'CreatedBy', 'UserProfileName'), from('CreatedBy/UserProfileName'))
      .done(),
  );
}

const imageDigest = (image: unknown): string | undefined => /@(sha256:[0-9a-f]{64})$/.exec(textOf(image) ?? '')?.[1];

function mapModel(item: unknown, pointer: string, context: MapContext): void {
  const name = textOf(at(item, 'ModelName'));
  if (name === undefined) {
    context.note('model without a name');
    return;
  }
  const from = (key: string): string => `${pointer}/${key}`;
  const inner = objectOf(at(item, 'PrimaryContainer')) ? 'PrimaryContainer' : 'Containers/0';
  const container = at(item, 'PrimaryContainer') ?? at(item, 'Containers', 0);
  const data = textOf(at(container, 'ModelDataUrl'));
  const packaged = textOf(at(container, 'ModelPackageName'));
  const model = draft('model', modelId(name), pointer)
    .set('model_name', name, from('ModelName'))
    .keep('arn', at(item, 'ModelArn'), from('ModelArn'));
  context.emit(model.done());
  context.emit(
    draft('model_version', `${modelId(name)}:unversioned`, pointer)
      .set('model_ref', model.ref, from('ModelName'))
      .set('version_label', 'unversioned', from('ModelName'), 'inferred')
      .set('parent_version', packaged && refTo('model_version', packageId(packaged)), from(`${inner}/ModelPackageName`))
      .set('version_created_at', instantOf(at(item, 'CreationTime')), from('CreationTime'))
      .set('artefact_uri', uriOf(data), from(`${inner}/ModelDataUrl`))
      .set('model_uri', data && normaliseModelReference(data), from(`${inner}/ModelDataUrl`))
      .set('image_digest', imageDigest(at(container, 'Image')), from(`${inner}/Image`))
      .keep('image', at(container, 'Image'), from(`${inner}/Image`))
      .keep('execution_role', at(item, 'ExecutionRoleArn'), from('ExecutionRoleArn'))
      .done(),
  );
}

function mapFeatureGroup(answer: unknown, context: MapContext): void {
  const name = textOf(at(answer, 'FeatureGroupName'));
  if (name === undefined) {
    context.note('feature group without a name');
    return;
  }
  const dataset = draft('dataset', `sagemaker:feature-group:${name}`, '')
    .set('dataset_name', name, '/FeatureGroupName')
    .set(
      'dataset_uri',
      uriOf(at(answer, 'OfflineStoreConfig', 'S3StorageConfig', 'ResolvedOutputS3Uri')),
      '/OfflineStoreConfig/S3StorageConfig/ResolvedOutputS3Uri',
    )
    .set('dataset_source', at(answer, 'Description'), '/Description')
    .keep('role', at(answer, 'RoleArn'), '/RoleArn');
  context.emit(dataset.done());
  for (const [index, value] of listOf(at(answer, 'FeatureDefinitions')).entries()) {
    const feature = textOf(at(value, 'FeatureName'));
    if (feature === undefined) continue;
    const pointer = pointerOf('FeatureDefinitions', index);
    context.emit(
      draft('feature', `sagemaker:feature-group:${name}:${feature}`, pointer)
        .set('feature_name', feature, `${pointer}/FeatureName`)
        .set('feature_dataset_ref', dataset.ref, '/FeatureGroupName')
        .keep('type', at(value, 'FeatureType'), `${pointer}/FeatureType`)
        .done(),
    );
  }
}
