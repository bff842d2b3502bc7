import type { TrustedKey } from '../../../src-shared/domain/trust.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { refreshAllRegistries } from '../ingest/record-continuity.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import type { ReadableDb } from '../store/database.ts';
import { lastRotationSerial, loadTrustStore, saveRotation, saveTrustStore } from '../store/trust-queries.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import { planRotation, type RotationPlan } from '../trust/plan-rotation.ts';
import { readRotation } from '../trust/rotation.ts';
import type { Handler } from './context.ts';
import { nameOf } from './read-signing-keys.ts';
import { readText } from './read-trust.ts';

/** Applies a publisher's key rotation that the old threshold signed, in one transaction, or previews it. */
export const trustRotateApply: Handler<'trust.rotateApply'> = (context, input) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const file = nameOf(context, input.file);
  const envelope = readRotation(readText(context.grants.resolve(input.file)), file);
  const { registryId, serial } = envelope.document;
  const plan = (db: ReadableDb, previousSerial: number) =>
    planRotation(envelope, loadTrustStore(db), {
      now,
      clock: new Date(effectiveClock(db, now).at),
      lastSerial: previousSerial,
      file,
      appliedBy: workspace.user.name,
    });
  if (input.dryRun) {
    const previousSerial = lastRotationSerial(workspace.reader, registryId);
    return { outcome: 'preview', previousSerial, ...answerOf(plan(workspace.reader, previousSerial)) };
  }
  const db = workspace.writer;
  return db.transaction(() => {
    const previousSerial = lastRotationSerial(db, registryId);
    const planned = plan(db, previousSerial);
    saveTrustStore(db, planned.trust);
    saveRotation(db, {
      registryId,
      serial,
      payloadSha256: planned.payloadSha256,
      appliedAt: toInstant(now),
      appliedBy: workspace.user.name,
    });
    refreshAllRegistries(db, effectiveClock(db, now).at, toInstant(now));
    appendActivity(
      workspace,
      {
        action: 'trust.rotated',
        summary: `Applied key rotation ${serial} of ${registryId}: ${planned.added.length} joined, ${planned.retired.length} retired`,
        details: {
          registryId,
          serial,
          payloadSha256: planned.payloadSha256,
          signedBy: planned.signers.filter(({ counts }) => counts === 'old').map(({ keyId }) => keyId),
          added: planned.added.map((key) => key.hint),
          retired: planned.retired.map(({ key, lastSequence }) => ({ keyId: key.hint, lastSequence })),
          thresholdBefore: planned.thresholdBefore,
          thresholdAfter: planned.thresholdAfter,
        },
      },
      now,
    );
    return { outcome: 'applied' as const, previousSerial, ...answerOf(planned) };
  });
};

function answerOf(plan: RotationPlan) {
  const { registryId, serial, createdAt } = plan.rotation;
  return {
    registryId,
    serial,
    createdAt,
    signers: plan.signers.map((signer) => ({ ...signer })),
    accepted: plan.accepted,
    needed: plan.needed,
    thresholdBefore: plan.thresholdBefore,
    thresholdAfter: plan.thresholdAfter,
    added: plan.added.map(named),
    retired: plan.retired.map(({ key, lastSequence }) => ({ ...named(key), lastSequence })),
  };
}

const named = ({ hint, label, rawBytes }: TrustedKey) => ({
  hint,
  label,
  fingerprint: publisherKeyFromRaw(rawBytes).fingerprint,
});
