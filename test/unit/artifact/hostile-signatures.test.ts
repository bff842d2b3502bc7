/** Signature files that anybody can write: what they may cost, and names that are not what they seem. */
import 'reflect-metadata';
import { createHash, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { X509CertificateGenerator } from '@peculiar/x509';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { describeArtifactKey, envelopeVerifier } from '../../../src-main/core/artifact/artifact-key.ts';
import { algorithmName, makeDigest } from '../../../src-main/core/artifact/digest.ts';
import * as legacy from '../../../src-main/core/artifact/legacy-encodings.ts';
import { readSignatureFile } from '../../../src-main/core/artifact/signature-file.ts';
import {
  envelopeOf,
  makeFolder,
  modelPayload,
  publisher,
  removeFolders,
  sha256,
  trustKey,
  verify,
} from './workbench.ts';

vi.mock('../../../src-main/core/artifact/legacy-encodings.ts', { spy: true });
afterAll(removeFolders);

const trust = trustKey(publisher.publicKey);

/** A Sigstore bundle over the bytes of `text`. */
const blob = (text: string, algorithm: string | null, hash: string | null, key: KeyObject = publisher.privateKey) =>
  JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '' } },
    messageSignature: {
      messageDigest: { algorithm, digest: createHash('sha256').update(text).digest('base64') },
      signature: sign(hash, Buffer.from(text), key).toString('base64'),
    },
  });
const blobFolder = (signature: string, text = 'weights') => {
  const folder = makeFolder({ 'm.gguf': text, 'm.gguf.sigstore.json': signature });
  return join(folder, 'm.gguf');
};

describe('names of algorithms', () => {
  it.each(['constructor', '__proto__', 'toString', 'SHA1', 'SHA3_256', ''])(
    'a message hash "%s" is refused before anything is hashed',
    async (name) => {
      expect(await verify(blobFolder(blob('weights', name, 'sha256')), trust)).toMatchObject({
        ok: false,
        signer: { state: 'fail', code: 'signature.malformed' },
      });
    },
  );

  it.each([
    ['SHA2_256', 'sha256'],
    ['SHA2_384', 'sha384'],
    ['SHA2_512', 'sha512'],
    [null, 'sha256'],
  ])('a message hash "%s" is %s and nothing else', async (name, hash) => {
    expect(await verify(blobFolder(blob('weights', name, hash)), trust)).toMatchObject({ ok: true });
    const other = hash === 'sha512' ? 'sha256' : 'sha512';
    expect(await verify(blobFolder(blob('weights', name, other)), trust)).toMatchObject({
      ok: false,
      signer: { code: 'signature.invalid' },
    });
  });

  it.each(['constructor', '__proto__', 'hasOwnProperty'])(
    'a digest algorithm "%s" is a name like any other',
    (name) => {
      expect(algorithmName(name)).toBe(name.toLowerCase());
      expect(makeDigest(name, sha256('a'))).toEqual({ problem: `the digest algorithm "${name}" is not known` });
    },
  );
});

describe('an Ed25519 signature over a whole file', () => {
  const pair = generateKeyPairSync('ed25519');
  const own = trustKey(pair.publicKey);

  it('cannot be determined: a good one is not called bad', async () => {
    const path = blobFolder(blob('weights', 'SHA2_256', null, pair.privateKey));
    const result = await verify(path, own);
    expect(result).toMatchObject({
      ok: false,
      signer: { state: 'unknown', code: 'signer.not_checkable' },
      content: { state: 'unknown' },
    });
    expect(result.signer.text).toContain('Ed25519');
  });

  it('does not excuse a key that can be checked, or a file with another digest', async () => {
    const path = blobFolder(blob('weights', 'SHA2_256', null, pair.privateKey));
    expect(await verify(path, trust)).toMatchObject({ ok: false, signer: { code: 'signature.invalid' } });
    const changed = blobFolder(blob('weights', 'SHA2_256', null, pair.privateKey), 'other');
    expect(await verify(changed, own)).toMatchObject({
      ok: false,
      content: { state: 'fail', code: 'content.differs' },
    });
    const both = { ...own, candidates: [...own.candidates, ...trust.candidates] };
    expect(await verify(blobFolder(blob('weights', 'SHA2_256', 'sha256')), both)).toMatchObject({ ok: true });
  });
});

describe('a stranger with an Ed25519 certificate', () => {
  it('does not turn a bad signature into one that cannot be determined', async () => {
    const keys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
    const { rawData } = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=stranger',
      keys,
      signingAlgorithm: { name: 'Ed25519' },
    });
    const bundle = JSON.parse(blob('weights', 'SHA2_256', null, KeyObject.from(keys.privateKey)));
    bundle.verificationMaterial = { certificate: { rawBytes: Buffer.from(rawData).toString('base64') } };
    expect(await verify(blobFolder(JSON.stringify(bundle)), trust)).toMatchObject({
      ok: false,
      signer: { state: 'fail' },
    });
  });
});

describe('the mistaken encoding of old releases', () => {
  const type = 'application/vnd.in-toto+json';
  const key = describeArtifactKey(publisher.publicKey);
  const signed = (payload: Buffer) => sign('sha256', legacy.legacyPae(type, payload), publisher.privateKey);
  const verifier = (payload: Buffer) => envelopeVerifier({ payloadType: type, payload, signatures: [] });

  it('is written once for an envelope, however many signatures and keys are tried', () => {
    const payload = Buffer.from(modelPayload([{ name: 'a.bin', digest: sha256('a') }]));
    const good = signed(payload);
    const holds = verifier(payload);
    vi.mocked(legacy.legacyPae).mockClear();
    for (let round = 0; round < 17; round += 1) expect(holds(Buffer.alloc(64, 7), key)).toBe(false);
    expect(holds(good, key)).toBe(true);
    expect(legacy.legacyPae).toHaveBeenCalledTimes(1);
  });

  it('is not tried for more than 4 MiB', () => {
    const small = Buffer.alloc(4 * 1024 * 1024, 'a');
    const large = Buffer.alloc(4 * 1024 * 1024 + 1, 'a');
    expect(verifier(small)(signed(small), key)).toBe(true);
    expect(verifier(large)(signed(large), key)).toBe(false);
  });
});

describe('how much a signature file may hold', () => {
  it('17 signatures, as many as a snapshot', () => {
    const envelope = envelopeOf({ payload: 'p' });
    const [one] = envelope['signatures'] as unknown[];
    const read = (count: number) =>
      readSignatureFile('s', Buffer.from(JSON.stringify({ ...envelope, signatures: Array(count).fill(one) })));
    expect(read(17).content).toMatchObject({ form: 'dsse' });
    expect(() => read(18)).toThrow('neither a Sigstore bundle nor a DSSE envelope');
  });

  it('64 MiB; a larger one is not read', async () => {
    const folder = makeFolder({ 'a.bin': 'a', 'model.sig': Buffer.alloc(64 * 1024 * 1024 + 1, ' ') });
    await expect(verify(folder, trust)).rejects.toThrow('larger than 67108864 bytes');
  });
});
