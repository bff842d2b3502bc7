/** Matrix C10 and C13: who may change whom a workspace trusts. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { silentJob } from '../../src-main/core/ports.ts';
import { loadTrustStore, saveThreshold } from '../../src-main/core/store/trust-queries.ts';
import { createWorkspace } from '../../src-main/core/store/workspace.ts';
import { describePublicKey } from '../../src-main/core/trust/keys.ts';
import { type Rotation, writeRotation } from '../../src-main/core/trust/rotation.ts';
import { trustExport } from '../../src-main/core/usecases/trust-export.ts';
import { trustImport } from '../../src-main/core/usecases/trust-import.ts';
import { trustRotateApply } from '../../src-main/core/usecases/trust-rotate-apply.ts';
import { passphrase } from '../support/assay.ts';
import { codeOf, sessionOf } from '../support/session.ts';
import { fastKdf } from '../unit/store/support.ts';
import { inTrial, useMatrix } from './cases.ts';
import { cosigner, now, publish, publisher, registryId, stranger } from './mutator.ts';
import { expectAccepted, expectRefused, type Trial, tablesOf } from './trial.ts';

type Pair = typeof publisher;

/** The stranger joins, the publisher retires. */
function rotation(change: Partial<Rotation>, ...signers: readonly Pair[]): string {
  const { keyId, rawBytes } = describePublicKey(stranger.publicKey);
  const document: Rotation = {
    schemaVersion: 1,
    registryId,
    serial: 2,
    createdAt: '2026-11-22T00:00:00Z',
    addKeys: [{ hint: keyId, rawBytes, label: 'New', validFor: {} }],
    retireKeys: [{ hint: describePublicKey(publisher.publicKey).keyId, lastSequence: 0 }],
    threshold: 1,
    ...change,
  };
  return writeRotation(
    document,
    signers.map(({ privateKey }) => privateKey),
  );
}

async function apply({ workspace, path }: Trial, text: string): Promise<string> {
  const { context, grant } = sessionOf(workspace, now);
  writeFileSync(path('rotation.json'), text);
  return codeOf(() => trustRotateApply(context, { file: grant(path('rotation.json')), dryRun: false }, silentJob));
}

/** A trust file that the administrator of another workspace, who trusts nobody, has signed. */
async function foreignTrustFile({ path }: Trial): Promise<string> {
  const input = { folder: path('foreign'), name: 'Foreign', userName: 'Eve', passphrase, now };
  const { workspace } = await createWorkspace(input, { kdf: fastKdf });
  try {
    const { context, grant } = sessionOf(workspace, now);
    const file = path('trust.json');
    await trustExport(context, { file: grant(file), plain: false }, silentJob);
    return file;
  } finally {
    workspace.close();
  }
}

describe('C signatures and trust', () => {
  const matrix = useMatrix();

  it.for<readonly [string, () => string, string]>([
    ['C10 a rotation that the new key alone has signed', () => rotation({}, stranger), 'too_few_signatures'],
    [
      'C10 a rotation that one of two old keys has signed',
      () => rotation({}, publisher, stranger),
      'too_few_signatures',
    ],
    ['C10 a rotation that the new key has not signed', () => rotation({}, publisher, cosigner), 'no_possession'],
    [
      'C10 a rotation after which nobody could meet the threshold',
      () => rotation({ threshold: 9 }, publisher, cosigner, stranger),
      'new_threshold',
    ],
  ])('%s is refused, and the new key stays a stranger', ([, build, code]) =>
    inTrial(matrix, async (trial, good) => {
      saveThreshold(trial.workspace.writer, 2);
      const before = tablesOf(trial);
      expect(await apply(trial, build())).toBe(`trust rotation.${code}`);
      expect(tablesOf(trial)).toEqual(before);
      await expectRefused(trial, good, trial.put(publish(good, { signer: stranger })), 'signer.untrusted');
    }),
  );

  it('C10 a rotation that the old threshold has signed hands over, and an older one does not undo it', () =>
    inTrial(matrix, async (trial, good) => {
      saveThreshold(trial.workspace.writer, 2);
      expect(await apply(trial, rotation({ threshold: 2 }, publisher, cosigner, stranger))).toBe('no failure');
      saveThreshold(trial.workspace.writer, 1, registryId);
      saveThreshold(trial.workspace.writer, 1);
      const older = rotation({ serial: 1, retireKeys: [] }, publisher, cosigner, stranger);
      expect(await apply(trial, older)).toBe('trust rotation.replayed');
      expect(await trial.import(trial.put(publish(good)))).toEqual({ code: 'signer.revoked', exit: 4 });
      await expectAccepted(trial, trial.put(publish(good, { signer: stranger })));
    }));

  it('C13 a trust file of another administrator is not taken, and the pinned store decides', () =>
    inTrial(matrix, async (trial, good) => {
      const before = loadTrustStore(trial.workspace.reader);
      const { context, grant } = sessionOf(trial.workspace, now);
      const file = grant(await foreignTrustFile(trial));
      expect(await codeOf(() => trustImport(context, { file, widen: false, dryRun: false }, silentJob))).toBe(
        'trust trust.issuer_unknown',
      );
      expect(loadTrustStore(trial.workspace.reader)).toEqual(before);
      await expectAccepted(trial, trial.put(good.bytes));
    }));
});
