/**
 * Signatures that arrive after their snapshot: the same statement, signed by more keys.
 *
 * They are stored beside the first ones and the signers are judged over all of them, so that a snapshot which lost a signer to a
 * revocation counts again once enough others have signed it.
 */
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { coSignatureName } from '../snapshot/names.ts';
import { judge, signerLabel, type VerifiedSnapshot } from '../snapshot/verify.ts';
import {
  addSignatures,
  findSnapshot,
  type NewSignature,
  storedSignatures,
  storedVerification,
} from '../store/snapshot-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { readBundle, type SignatureBundle } from '../trust/bundle.ts';
import { keyIdHex } from '../trust/keys.ts';
import { checkSignatures } from '../trust/verify-signatures.ts';
import { effectiveClock } from './effective-clock.ts';
import { refreshRegistry } from './record-continuity.ts';

/** Adds what trusted keys really signed and is not stored yet; returns how many. The caller holds the transaction. */
export async function addCoSignatures(
  workspace: OpenWorkspace,
  verified: VerifiedSnapshot,
  snapshot: number,
  now: Date,
): Promise<number> {
  const { writer } = workspace;
  const trust = loadTrustStore(writer);
  const genuine = (bundles: readonly NewSignature[]): readonly SignatureBundle[] =>
    checkSignatures(parsed(bundles), trust)
      .attempts.filter((attempt) => attempt.genuine)
      .map(({ bundle }) => bundle);
  const known = new Set(genuine(storedSignatures(writer, snapshot)).map(({ keyId }) => keyId));
  const added = genuine(verified.bundles)
    .filter(({ keyId }) => !known.has(keyId))
    .map(({ keyId, bytes }) => ({ member: coSignatureName(keyIdHex(keyId)), bytes }));
  if (added.length === 0) return 0;
  const { at: clock } = effectiveClock(writer, now);
  const all = parsed([...storedSignatures(writer, snapshot), ...added]);
  const { signer } = await judge(all, { trust, now });
  addSignatures(writer, snapshot, added, {
    verification: { ...storedVerification(writer, snapshot), signer },
    signer: signerLabel(signer),
  });
  const { registryId, registryName, sequence, statementSha256 } = findSnapshot(writer, snapshot);
  appendActivity(
    workspace,
    {
      action: 'snapshot.cosigned',
      summary: `Added signatures to snapshot ${snapshot}: ${registryName || registryId}, sequence ${sequence}`,
      details: { snapshot, registry: registryId, sequence, statementSha256, added: added.map(({ member }) => member) },
    },
    now,
  );
  refreshRegistry(writer, registryId, clock, toInstant(now));
  return added.length;
}

const parsed = (bundles: readonly NewSignature[]): readonly SignatureBundle[] =>
  bundles.map(({ member, bytes }) => readBundle(member, bytes));
