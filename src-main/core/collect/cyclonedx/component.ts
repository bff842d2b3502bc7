/** What models and data components of a bill of materials have in common. */
import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import { draft } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { MapContext } from '../mapper.ts';
import { at, digestOf, listOf, textOf } from '../values.ts';

/** `group/name`, the name people use; a purl would repeat it together with the version. */
export function componentName(component: unknown): string | undefined {
  const name = textOf(at(component, 'name'));
  const group = textOf(at(component, 'group'));
  return name === undefined ? undefined : group === undefined ? name : `${group}/${name}`;
}

/** SHA-256 when there is one, otherwise the strongest hash stated. */
export function componentDigest(component: unknown): string | undefined {
  const digests = listOf(at(component, 'hashes')).flatMap(
    (hash) => digestOf(textOf(at(hash, 'alg')) ?? '', at(hash, 'content')) ?? [],
  );
  const order = ['sha256:', 'sha512:', 'sha384:', 'sha1:', 'md5:'];
  return order
    .map((prefix) => digests.find((digest) => digest.startsWith(prefix)))
    .find((digest) => digest !== undefined);
}

export function componentLicence(component: unknown): string | undefined {
  const texts = listOf(at(component, 'licenses')).flatMap((entry) => {
    const text =
      textOf(at(entry, 'expression')) ?? textOf(at(entry, 'license', 'id')) ?? textOf(at(entry, 'license', 'name'));
    return text === undefined ? [] : [spdxOf(text) ?? text];
  });
  return texts.length === 0 ? undefined : texts.join(' AND ');
}

/** Organisation or person by name, as a party. */
export function cyclonedxParty(context: MapContext, name: string | undefined, pointer: string): RecordRef | undefined {
  if (name === undefined) return undefined;
  const party = draft('party', `cyclonedx:party:${name}`, pointer).set('party_name', name, pointer);
  context.emit(party.done());
  return party.ref;
}
