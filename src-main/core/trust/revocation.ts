/**
 * Revoking a key: one last accepted sequence for each registry that it has a say in. Pure, so that the preview and the act are
 * the same computation.
 */
import { lastAccepted, type TrustedKey } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { isInScope } from './trust-store.ts';

/** `maxSequence` null: nothing that the key signed for the registry is accepted. */
export interface LastAccepted {
  readonly registryId: string;
  readonly maxSequence: number | null;
}

/**
 * What stays good in each registry of the key's scope and each that it signed stored snapshots of. Where nobody was asked about a
 * registry it is what was said before, or else the newest snapshot stored here that the key's signature was accepted on
 * (`newest`, by registry id): later ones may be the thief's. Raises `usage` / `trust.named_twice`, `trust.not_in_scope`.
 */
export function planRevocation(
  key: TrustedKey,
  newest: ReadonlyMap<string, number | null>,
  asked: readonly LastAccepted[],
): readonly LastAccepted[] {
  const wanted = new Map(asked.map(({ registryId, maxSequence }) => [registryId, maxSequence]));
  if (wanted.size < asked.length)
    raise('usage', 'trust.named_twice', 'A registry is named twice; give one last sequence for each.');
  for (const registryId of wanted.keys()) {
    if (registryId === '*' || !isInScope(key, registryId))
      raise('usage', 'trust.not_in_scope', `"${key.label}" is not trusted for the registry ${registryId}.`, {
        registryId,
      });
  }
  const known = key.revoked?.accepted.map(({ registryId }) => registryId) ?? [];
  const ids = new Set([...key.registryIds.filter((id) => id !== '*'), ...newest.keys(), ...known, ...wanted.keys()]);
  const standing = (id: string) => (key.revoked ? lastAccepted(key.revoked, id) : (newest.get(id) ?? null));
  return [...ids].sort().map((registryId) => {
    const said = wanted.get(registryId);
    return { registryId, maxSequence: said === undefined ? standing(registryId) : said };
  });
}

/** A registry for which the plan would accept more than an earlier revocation does; null when it only tightens. */
export function loosenedBy(key: TrustedKey, plan: readonly LastAccepted[]): LastAccepted | null {
  const { revoked } = key;
  if (!revoked) return null;
  return (
    plan.find(({ registryId, maxSequence }) => (maxSequence ?? -1) > (lastAccepted(revoked, registryId) ?? -1)) ?? null
  );
}

/** The key as it is afterwards. `at`: RFC 3339. */
export const revokedBy = (key: TrustedKey, plan: readonly LastAccepted[], at: string, reason: string): TrustedKey => ({
  ...key,
  revoked: {
    at,
    reason,
    accepted: plan.flatMap(({ registryId, maxSequence }) =>
      maxSequence === null ? [] : [{ registryId, maxSequence }],
    ),
  },
});
