/** Whom a trust store accepts for an artifact: threshold, retirement and scope, with and without a known registry. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { storeTrust } from '../../../src-main/core/artifact/signers.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { envelopeOf, makeFolder, modelPayload, now, put, removeFolders, sha256, verify } from './workbench.ts';

afterAll(removeFolders);

const pairs = [generatePublisherKey(), generatePublisherKey(), generatePublisherKey()] as const;
const entry = (index: 0 | 1 | 2, rest: Partial<TrustedKey> = {}): TrustedKey => {
  const { keyId, rawBytes } = describePublicKey(pairs[index].publicKey);
  return {
    hint: keyId,
    rawBytes,
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    label: `key ${index}`,
    validFor: {},
    registryIds: ['*'],
    addedAt: '2026-01-01T00:00:00Z',
    addedBy: 'Ada',
    ...rest,
  };
};
const storeOf = (keys: readonly TrustedKey[], rest: Partial<TrustStore> = {}): TrustStore => ({
  schemaVersion: 1,
  threshold: 1,
  keys: [...keys],
  ...rest,
});

/** A folder with one envelope signed by these keys, held against a trust store. */
async function check(signers: readonly (0 | 1 | 2)[], trust: TrustStore, registryId: string | null) {
  const payload = modelPayload([{ name: 'a.bin', digest: sha256('a') }]);
  const envelopes = signers.map((index) => envelopeOf({ payload, key: pairs[index].privateKey }));
  const signatures = envelopes.flatMap((envelope) => envelope['signatures'] as unknown[]);
  const folder = makeFolder({ 'a.bin': 'a' });
  put(join(folder, 'model.sig'), JSON.stringify({ ...envelopes[0], signatures }));
  return verify(folder, storeTrust(trust, registryId, now, 'the trust store'));
}

const accepted = { ok: true, signer: { state: 'pass', code: 'signer.trusted' } };
const tooFew = { ok: false, signer: { state: 'fail', code: 'signer.threshold' } };
const open = { ok: false, signer: { state: 'unknown', code: 'signer.scope_unknown' } };

describe('the threshold of the trust store', () => {
  const two = storeOf([entry(0), entry(1)], { threshold: 2 });

  it('asks for as many distinct keys, not signatures', async () => {
    for (const registryId of ['urn:one', null]) {
      expect(await check([0], two, registryId)).toMatchObject(tooFew);
      expect(await check([0, 0], two, registryId)).toMatchObject(tooFew);
      expect(await check([0, 2], two, registryId)).toMatchObject(tooFew);
      expect(await check([0, 1], two, registryId)).toMatchObject(accepted);
    }
    expect((await check([0], two, null)).signer.text).toContain('1 of 2 required signers are accepted (key 0)');
  });

  it('does not count a key that is revoked', async () => {
    const revoked = { at: '2026-02-01T00:00:00Z', reason: 'lost', accepted: [] };
    expect(await check([0, 1], storeOf([entry(0), entry(1, { revoked })], { threshold: 2 }), 'urn:one')).toMatchObject(
      tooFew,
    );
  });

  it('is that of the registry; where nobody knows which it is, the highest one leaves the answer open', async () => {
    const trust = storeOf([entry(0), entry(1)], { thresholds: { 'urn:one': 2 } });
    expect(await check([0], trust, 'urn:one')).toMatchObject(tooFew);
    expect(await check([0], trust, 'urn:two')).toMatchObject(accepted);
    expect(await check([0], trust, null)).toMatchObject(open);
    expect(await check([0, 1], trust, null)).toMatchObject(accepted);
  });
});

describe('a key that a rotation retired', () => {
  const trust = storeOf([
    entry(0, { retired: [{ registryId: 'urn:one', at: '2026-02-01T00:00:00Z', maxSequence: 7, reason: 'rotated' }] }),
  ]);

  it('is refused in its registry, and where nobody knows the registry', async () => {
    for (const registryId of ['urn:one', null])
      expect(await check([0], trust, registryId)).toMatchObject({
        ok: false,
        signer: { state: 'fail', code: 'signer.revoked' },
      });
  });

  it('still speaks for other registries', async () => {
    expect(await check([0], trust, 'urn:two')).toMatchObject(accepted);
  });
});

describe('the scope of a key', () => {
  const trust = storeOf([entry(0, { registryIds: ['urn:one'] }), entry(1)]);

  it('cannot be determined where nobody knows the registry: no pass', async () => {
    expect(await check([0], trust, null)).toMatchObject(open);
    expect(await check([0], trust, 'urn:one')).toMatchObject(accepted);
    expect(await check([0], trust, 'urn:two')).toMatchObject({ ok: false, signer: { code: 'signer.out_of_scope' } });
  });

  it('does not matter beside enough keys for every registry', async () => {
    expect(await check([0, 1], trust, null)).toMatchObject(accepted);
  });
});
