/** Every decision of the policy over signatures, and the five answers that it is shown as. */
import { describe, expect, it } from 'vitest';
import { readBundle, type SignatureBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { checkSignatures, decideSigner } from '../../../src-main/core/trust/verify-signatures.ts';
import {
  type SignerParts,
  type TrustedKey,
  type TrustStore,
  verificationSchema,
} from '../../../src-shared/domain/trust.ts';
import { claim, labKey, now, payload, registryId, signedBy, trusting } from './policy-lab.ts';

const decide = (bundles: readonly SignatureBundle[], trust: TrustStore, options: { threshold?: number } = {}) =>
  verificationSchema.shape.signer.parse(
    decideSigner(checkSignatures(bundles, trust), claim, { trust, now, ...options }),
  );
const forged = (bundle: SignatureBundle): SignatureBundle => ({
  ...bundle,
  payload: Buffer.concat([payload, Buffer.from(' ')]),
});
/** `known 1/1, inScope 0/1, …` with the state of each. */
const shape = (parts: SignerParts | undefined) =>
  Object.fromEntries(
    Object.entries(parts ?? {}).map(([name, part]) => [name, `${part.state} ${part.count}/${part.of}`]),
  );
const good = { known: 'pass 1/1', inScope: 'pass 1/1', notRevoked: 'pass 1/1', withinValidity: 'pass 1/1' };

describe('when one key signed', () => {
  it('answers each question of the policy on its own', () => {
    const key = labKey();
    const line = decide(signedBy(key), trusting([key]));
    expect(line).toMatchObject({ state: 'pass', code: 'signer.trusted', text: 'Signed by Publisher.' });
    expect(shape(line.parts)).toEqual({ ...good, thresholdMet: 'pass 1/1' });
  });

  it.each<[string, Partial<TrustedKey>, string, Readonly<Record<string, string>>]>([
    [
      'C9 the key is trusted for another registry',
      { registryIds: ['urn:other'] },
      'signer.out_of_scope',
      { inScope: 'fail 0/1', notRevoked: 'unknown 0/0', withinValidity: 'unknown 0/0' },
    ],
    [
      'C9 the key was revoked before this sequence',
      { revoked: { at: '2026-11-02T00:00:00Z', reason: 'stolen', accepted: [{ registryId, maxSequence: 9 }] } },
      'signer.revoked',
      { notRevoked: 'fail 0/1', withinValidity: 'unknown 0/0' },
    ],
    [
      'C9 a rotation retired the key for this registry',
      { retired: [{ registryId, at: '2026-11-02T00:00:00Z', maxSequence: 9, reason: 'key rotation 2' }] },
      'signer.revoked',
      { notRevoked: 'fail 0/1', withinValidity: 'unknown 0/0' },
    ],
    [
      'C9 the key had expired when the snapshot was made',
      { validFor: { end: '2026-11-19T23:59:59Z' } },
      'signer.not_valid',
      { withinValidity: 'fail 0/1' },
    ],
    [
      'C9 the key was not valid yet',
      { validFor: { start: '2026-11-20T00:00:01Z' } },
      'signer.not_valid',
      { withinValidity: 'fail 0/1' },
    ],
  ])('%s: refused, and the answer says where', (_name, overrides, code, parts) => {
    const key = labKey(overrides);
    const line = decide(signedBy(key), trusting([key]));
    expect(line).toMatchObject({ state: 'fail', code });
    expect(shape(line.parts)).toEqual({ ...good, ...parts, thresholdMet: 'fail 0/1' });
    expect(line.signers).toEqual([expect.objectContaining({ trusted: false, code })]);
  });

  it.each<[string, Partial<TrustedKey>]>([
    [
      'at the last accepted sequence',
      { revoked: { at: '2026-11-02T00:00:00Z', reason: 'retired', accepted: [{ registryId, maxSequence: 10 }] } },
    ],
    [
      'where another registry retired it',
      { retired: [{ registryId: 'urn:other', at: '2026-11-02T00:00:00Z', maxSequence: 1, reason: 'rotation' }] },
    ],
  ])('C9 a revoked key still counts %s', (_name, overrides) => {
    const key = labKey(overrides);
    expect(decide(signedBy(key), trusting([key]))).toMatchObject({ state: 'pass' });
  });

  it('a stranger is not known, whatever else could be asked', () => {
    const line = decide(signedBy(labKey()), trusting([labKey()]));
    expect(line).toMatchObject({ state: 'fail', code: 'signer.untrusted' });
    expect(shape(line.parts)).toEqual({
      known: 'fail 0/1',
      inScope: 'unknown 0/0',
      notRevoked: 'unknown 0/0',
      withinValidity: 'unknown 0/0',
      thresholdMet: 'fail 0/1',
    });
  });

  it('a signature over other bytes is not known', () => {
    const key = labKey();
    const line = decide(signedBy(key).map(forged), trusting([key]));
    expect(line).toMatchObject({ state: 'fail', code: 'signature.invalid' });
    expect(shape(line.parts)).toMatchObject({ known: 'fail 0/1' });
  });

  it('nobody signed: refused, and nothing is asked', () => {
    const line = decide([], trusting([labKey()]));
    expect(line).toMatchObject({ state: 'fail', code: 'signature.missing', signers: [] });
    expect(line.parts).toBeUndefined();
  });
});

describe('when several keys have to sign', () => {
  const [a, b, c] = [labKey({ label: 'A' }), labKey({ label: 'B' }), labKey({ label: 'C' })];
  const all = [a, b, c];

  it('C2 one signature copied counts as one key', () => {
    const line = decide([...signedBy(a), ...signedBy(a), ...signedBy(a)], trusting(all, { threshold: 2 }));
    expect(line).toMatchObject({ state: 'fail', code: 'signer.threshold' });
    expect(line.parts?.thresholdMet).toMatchObject({ state: 'fail', count: 1, of: 2 });
    expect(line.parts?.known).toMatchObject({ count: 3, of: 3 });
  });

  it('m of n distinct keys are enough', () => {
    const line = decide(signedBy(c, a), trusting(all, { threshold: 2 }));
    expect(line).toMatchObject({ state: 'pass', text: 'Signed by C, A.' });
    expect(line.parts?.thresholdMet).toMatchObject({ state: 'pass', count: 2, of: 2 });
  });

  it.each([
    ['the registry asks for more than the store', 1, 3, undefined, 3],
    ['the store asks for more than the registry', 3, 2, undefined, 3],
    ['the caller asks for more', 1, 2, 3, 3],
    ['the caller asks for less, which lowers nothing', 2, 1, 1, 2],
  ])('%s', (_name, threshold, own, asked, needed) => {
    const trust = trusting(all, { threshold, thresholds: { [registryId]: own, 'urn:other': 17 } });
    const options = asked === undefined ? {} : { threshold: asked };
    expect(decide(signedBy(...all.slice(0, needed)), trust, options)).toMatchObject({
      state: 'pass',
      threshold: needed,
    });
    expect(decide(signedBy(...all.slice(0, needed - 1)), trust, options)).toMatchObject({
      state: 'fail',
      code: 'signer.threshold',
      threshold: needed,
    });
  });

  it('a name that every object has is no threshold', () => {
    expect(decide(signedBy(a), trusting(all, { thresholds: {} })).threshold).toBe(1);
    const odd = { registryId: 'constructor', sequence: 1, createdAt: claim.createdAt };
    const key = labKey({ registryIds: ['*'] });
    const trust = trusting([key], { thresholds: {} });
    expect(decideSigner(checkSignatures(signedBy(key), trust), odd, { trust, now }).threshold).toBe(1);
  });

  it('a forged co-signature beside enough good ones warns and is not counted', () => {
    const bundles = [...signedBy(a), ...signedBy(b).map(forged)];
    const line = decide(bundles, trusting(all));
    expect(line).toMatchObject({ state: 'warn', code: 'signer.invalid_cosignature' });
    expect(shape(line.parts)).toMatchObject({ known: 'warn 1/2', thresholdMet: 'pass 1/1' });
  });

  it('a signer out of scope beside a good one is named in its part', () => {
    const elsewhere = labKey({ registryIds: ['urn:other'] });
    const line = decide(signedBy(a, elsewhere), trusting([a, elsewhere]));
    expect(shape(line.parts)).toMatchObject({ known: 'pass 2/2', inScope: 'warn 1/2', thresholdMet: 'pass 1/1' });
  });

  it('what is no statement names no registry: the key is known and nothing else', () => {
    const trust = trusting(all);
    const line = decideSigner(checkSignatures(signedBy(a), trust), null, { trust, now });
    expect(line).toMatchObject({ state: 'fail', code: 'statement.malformed' });
    expect(shape(line.parts)).toMatchObject({ known: 'pass 1/1', inScope: 'fail 0/1', thresholdMet: 'fail 0/1' });
  });
});

describe('when a known key signed beside the others where it may not', () => {
  it.each<[string, Partial<TrustedKey>]>([
    ['revoked', { revoked: { at: '2026-11-02T00:00:00Z', reason: 'stolen', accepted: [] } }],
    ['of another registry', { registryIds: ['urn:other'] }],
    ['over', { validFor: { end: '2026-11-02T00:00:00Z' } }],
  ])('the answer warns and names it: %s', (_name, overrides) => {
    const [good, barred] = [labKey({ label: 'Good' }), labKey({ label: 'Barred', ...overrides })];
    const line = decide(signedBy(good, barred), trusting([good, barred]));
    expect(line).toMatchObject({ state: 'warn', code: 'signer.barred_cosignature' });
    expect(line.text).toMatch(/^Signed by Good; not counted: Barred \(/);
  });
});

describe('when a signature names a key that no key can be called', () => {
  it.each(['\u001b[2J', 'nobody', `${'A'.repeat(42)}B=`, `${'A'.repeat(42)}-=`, 'A'.repeat(44)])(
    '%j is refused before anybody reads it',
    (hint) => {
      const key = labKey();
      const bundle = JSON.parse(writeBundle(payload, key.pair.privateKey).toString('utf8'));
      bundle.verificationMaterial.publicKey.hint = hint;
      expect(() => readBundle('m', Buffer.from(JSON.stringify(bundle)))).toThrow(/not the base64 SHA-256 of a key/);
    },
  );
});
