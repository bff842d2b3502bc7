/** Finding a trusted key by what a person calls it. */
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { bareFingerprint } from '../../../../src-shared/domain/fingerprint.ts';
import { raise } from '../../../../src-shared/result.ts';
import type { Session } from '../run.ts';

export type Key = OutputOf<'trust.list'>['keys'][number];

/** Shorter beginnings of a fingerprint are too easily met by another key. */
const fewestDigits = 8;

/** By label, key id, or the start of the fingerprint. Raises `usage` / `trust.unknown_key` or `trust.ambiguous_key`. */
export async function findKey(session: Session, wanted: string): Promise<Key> {
  const { keys } = await session.run('trust.list', {});
  const bare = bareFingerprint(wanted);
  const hits = keys.filter(
    (key) =>
      key.label === wanted ||
      key.hint === wanted ||
      (bare.length >= fewestDigits && bareFingerprint(key.fingerprint).startsWith(bare)),
  );
  const [key] = hits;
  if (!key)
    return raise(
      'usage',
      'trust.unknown_key',
      `No trusted key is called "${wanted}"; ${keys.length ? `known: ${keys.map((known) => known.label).join(', ')}` : 'none is trusted yet'}.`,
    );
  if (hits.length > 1)
    raise('usage', 'trust.ambiguous_key', `${hits.length} keys are called "${wanted}"; give the fingerprint.`);
  return key;
}
