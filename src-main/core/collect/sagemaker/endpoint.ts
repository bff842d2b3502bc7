/** An endpoint: joined through its configuration to the models that its variants serve. */
import { draft, refTo } from '../draft.ts';
import type { InputFile, MapContext } from '../mapper.ts';
import { at, countOf, instantOf, listOf, pointerOf, textOf } from '../values.ts';
import { modelId, regionOf } from './ids.ts';

const health: Readonly<Record<string, string>> = {
  InService: 'ready',
  Creating: 'pending',
  Updating: 'pending',
  SystemUpdating: 'pending',
  RollingBack: 'degraded',
  Failed: 'failed',
  OutOfService: 'failed',
  UpdateRollbackFailed: 'failed',
};

export async function mapEndpoint(item: unknown, pointer: string, context: MapContext): Promise<void> {
  const name = textOf(at(item, 'EndpointName'));
  if (name === undefined) return context.note('endpoint without a name');
  const from = (key: string): string => `${pointer}/${key}`;
  const arn = textOf(at(item, 'EndpointArn'));
  const status = textOf(at(item, 'EndpointStatus'));
  const configName = textOf(at(item, 'EndpointConfigName'));
  const config = configName === undefined ? undefined : await findConfig(context, configName);
  const variants = config ? listOf(at(config.value, 'ProductionVariants')) : [];
  const served = variants.flatMap((variant) => textOf(at(variant, 'ModelName')) ?? []);
  const builder = draft('deployment', `sagemaker:endpoint/${name}`, pointer)
    .set('deployment_name', name, from('EndpointName'))
    .set('location_ref', arn, from('EndpointArn'))
    .set('region', arn && regionOf(arn), from('EndpointArn'))
    .set('deployed_at', instantOf(at(item, 'CreationTime')), from('CreationTime'))
    .set('deployment_status', status === 'InService' ? 'active' : undefined, from('EndpointStatus'), 'inferred')
    .set('health', status && health[status], from('EndpointStatus'))
    .set('workload_kind', 'SageMakerEndpoint', from('EndpointArn'), 'inferred')
    .set('observation_basis', 'api_dump', pointer, 'inferred')
    .set(
      'replicas_ready',
      countOf(at(item, 'ProductionVariants', 0, 'CurrentInstanceCount')),
      from('ProductionVariants/0/CurrentInstanceCount'),
    )
    .set(
      'replicas_desired',
      countOf(at(item, 'ProductionVariants', 0, 'DesiredInstanceCount')),
      from('ProductionVariants/0/DesiredInstanceCount'),
    )
    .keep('endpoint_config', configName, from('EndpointConfigName'))
    .keep('status', status, from('EndpointStatus'));
  if (config && served[0] !== undefined) {
    const origin = { pointer: pointerOf('ProductionVariants', 0, 'ModelName'), file: config.file };
    builder
      .set('declared_model_name', served[0], origin)
      .set('version_ref', refTo('model_version', `${modelId(served[0])}:unversioned`), origin, 'inferred')
      .keep('served_models', served.length > 1 ? served : undefined, {
        pointer: '/ProductionVariants',
        file: config.file,
      });
    if (served.length > 1) context.note('endpoint with several variants: the first is recorded as its version');
  }
  context.emit(builder.done());
}

interface Config {
  readonly file: InputFile;
  readonly value: unknown;
}

/** Endpoint configurations by name, read once per input. */
const configs = new WeakMap<readonly InputFile[], Promise<ReadonlyMap<string, Config>>>();

async function findConfig(context: MapContext, name: string): Promise<Config | undefined> {
  const all = context.below('/');
  let byName = configs.get(all);
  if (!byName) {
    byName = readConfigs(all);
    configs.set(all, byName);
  }
  return (await byName).get(name);
}

async function readConfigs(files: readonly InputFile[]): Promise<ReadonlyMap<string, Config>> {
  const byName = new Map<string, Config>();
  for (const file of files) {
    if (!/"EndpointConfigArn"\s*:/.test(await file.head())) continue;
    try {
      const value = await file.json();
      const name = textOf(at(value, 'EndpointConfigName'));
      if (name !== undefined && textOf(at(value, 'EndpointConfigArn')) && !byName.has(name))
        byName.set(name, { file, value });
    } catch {
      // A configuration that cannot be read is refused on its own account; the endpoint stands without its models.
    }
  }
  return byName;
}
