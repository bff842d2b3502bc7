/** A component of type data, and the datasets that a model card names or refers to. */
import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import { draft, refTo } from '../draft.ts';
import type { MapContext } from '../mapper.ts';
import { at, listOf, textOf, uriOf } from '../values.ts';
import { componentDigest, componentLicence, componentName, cyclonedxParty } from './component.ts';

const dataId = (name: string, version: string | undefined): string =>
  `cyclonedx:data:${name}${version === undefined ? '' : `:${version}`}`;

export function mapDataComponent(component: unknown, pointer: string, context: MapContext): void {
  const name = componentName(component);
  if (name === undefined) {
    context.note('data component without a name');
    return;
  }
  const version = textOf(at(component, 'version'));
  const content = at(component, 'data', 0);
  context.emit(
    governed(draft('dataset', dataId(name, version), pointer), content, `${pointer}/data/0`, context)
      .set('dataset_name', name, `${pointer}/name`)
      .set('dataset_version', version, `${pointer}/version`)
      .set('dataset_digest', componentDigest(component), `${pointer}/hashes`)
      .set('dataset_licence', componentLicence(component), `${pointer}/licenses`)
      .set('dataset_source', at(component, 'description'), `${pointer}/description`)
      .done(),
  );
}

/** A dataset of a model card: stated in place, or the `bom-ref` of a data component. */
export function cardDataset(value: unknown, pointer: string, context: MapContext, bom: unknown): RecordRef | undefined {
  const ref = textOf(at(value, 'ref'));
  if (ref !== undefined) {
    const component = listOf(at(bom, 'components')).find((item) => at(item, 'bom-ref') === ref);
    const name = component === undefined ? undefined : componentName(component);
    if (name === undefined) context.note('reference to a dataset that the bill of materials does not hold');
    return name === undefined ? undefined : refTo('dataset', dataId(name, textOf(at(component, 'version'))));
  }
  const name = textOf(at(value, 'name'));
  if (name === undefined) return undefined;
  const dataset = governed(draft('dataset', dataId(name, undefined), pointer), value, pointer, context).set(
    'dataset_name',
    name,
    `${pointer}/name`,
  );
  context.emit(dataset.done());
  return dataset.ref;
}

function governed(
  builder: ReturnType<typeof draft>,
  value: unknown,
  pointer: string,
  context: MapContext,
): ReturnType<typeof draft> {
  const person = (role: string): RecordRef | undefined => {
    const first = at(value, 'governance', role, 0);
    return cyclonedxParty(
      context,
      textOf(at(first, 'organization', 'name')) ?? textOf(at(first, 'contact', 'name')),
      `${pointer}/governance/${role}/0`,
    );
  };
  return builder
    .set('dataset_uri', uriOf(at(value, 'contents', 'url')), `${pointer}/contents/url`)
    .set('classification', at(value, 'classification'), `${pointer}/classification`)
    .set('dataset_owner', person('owners'), `${pointer}/governance/owners/0`)
    .set('dataset_steward', person('stewards'), `${pointer}/governance/stewards/0`)
    .set('dataset_source', at(value, 'description'), `${pointer}/description`);
}
