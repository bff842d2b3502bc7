/** Which certificates may vouch for an artifact: path, purpose, period and what nobody here understands. */
import 'reflect-metadata';
import { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactTrust } from '../../../src-main/core/artifact/signers.ts';
import { envelopeOf, makeFolder, modelPayload, put, removeFolders, sha256, verify } from './workbench.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
type Pair = CryptoKeyPair;
const makePair = (): Promise<Pair> => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

interface Wish {
  readonly name: string;
  readonly keys: Pair;
  readonly issuer?: { readonly name: string; readonly keys: Pair };
  readonly ca?: boolean;
  readonly usage?: number | null;
  readonly from?: string;
  readonly until?: string;
  readonly more?: readonly Extension[];
}

const issue = ({ name, keys, issuer, ca = false, usage, from, until, more = [] }: Wish): Promise<X509Certificate> =>
  X509CertificateGenerator.create({
    serialNumber: sha256(name + (from ?? '')).slice(0, 16),
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: new Date(from ?? '2026-01-01T00:00:00Z'),
    notAfter: new Date(until ?? '2027-01-01T00:00:00Z'),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(ca, undefined, true),
      ...(usage === null
        ? []
        : [new KeyUsagesExtension(usage ?? (ca ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature), true)]),
      ...more,
    ],
  });

let root: { name: string; keys: Pair; certificate: X509Certificate };
let signer: Pair;
beforeAll(async () => {
  const keys = await makePair();
  root = {
    name: 'root',
    keys,
    certificate: await issue({ name: 'root', keys, ca: true, until: '2036-01-01T00:00:00Z' }),
  };
  signer = await makePair();
});
afterAll(removeFolders);

const trusting = (...certificates: X509Certificate[]): ArtifactTrust => ({
  candidates: [],
  authorities: certificates.map(({ rawData }) => Buffer.from(rawData)),
  source: 'the authorities',
});

async function check(chain: readonly X509Certificate[], trust: ArtifactTrust, keys = signer) {
  const folder = makeFolder({ 'a.bin': 'a' });
  const payload = modelPayload([{ name: 'a.bin', digest: sha256('a') }]);
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      x509CertificateChain: {
        certificates: chain.map(({ rawData }) => ({ rawBytes: Buffer.from(rawData).toString('base64') })),
      },
    },
    dsseEnvelope: envelopeOf({ payload, key: KeyObject.from(keys.privateKey) }),
  };
  put(join(folder, 'model.sig'), JSON.stringify(bundle));
  return verify(folder, trust);
}

describe('a signer with a certificate', () => {
  it('is accepted under its authority, and its time is unknown', async () => {
    const leaf = await issue({ name: 'build', keys: signer, issuer: root });
    const result = await check([leaf], trusting(root.certificate));
    expect(result).toMatchObject({ ok: true, signer: { state: 'pass' }, time: { state: 'unknown' } });
    expect(result.signer.text).toContain('CN=build (certified by CN=root)');
  });

  it('is accepted through an intermediate that comes with it or is trusted itself', async () => {
    const keys = await makePair();
    const middle = await issue({ name: 'middle', keys, issuer: root, ca: true });
    const leaf = await issue({ name: 'build', keys: signer, issuer: { name: 'middle', keys } });
    expect(await check([leaf, middle], trusting(root.certificate))).toMatchObject({ ok: true });
    expect(await check([leaf], trusting(middle))).toMatchObject({ ok: true });
    expect(await check([leaf], trusting(root.certificate))).toMatchObject({ ok: false });
  });

  it('warns once the certificate has ended, since nobody knows when it signed', async () => {
    const leaf = await issue({ name: 'build', keys: signer, issuer: root, until: '2026-06-01T00:00:00Z' });
    expect(await check([leaf], trusting(root.certificate))).toMatchObject({
      ok: true,
      time: { state: 'warn', code: 'time.certificate_ended' },
    });
  });

  it('with code signing as its only purpose', async () => {
    const leaf = await issue({
      name: 'build',
      keys: signer,
      issuer: root,
      usage: null,
      more: [new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.3'])],
    });
    expect(await check([leaf], trusting(root.certificate))).toMatchObject({ ok: true });
  });

  const refused = {
    ok: false,
    signer: { state: 'fail', code: 'signer.certificate' },
    content: { state: 'unknown' },
    bytes: 0,
  };
  it('is refused: self-signed, under a namesake, under nobody', async () => {
    const self = await issue({ name: 'build', keys: signer });
    expect(await check([self], trusting(root.certificate))).toMatchObject(refused);
    const leaf = await issue({ name: 'build', keys: signer, issuer: root });
    const namesake = await issue({ name: 'root', keys: await makePair(), ca: true });
    expect(await check([leaf], trusting(namesake))).toMatchObject(refused);
    expect(await check([leaf, namesake], trusting(namesake))).toMatchObject(refused);
    expect(await check([leaf], trusting())).toMatchObject(refused);
  });

  it('is refused: an issuer that is no authority', async () => {
    const keys = await makePair();
    const user = await issue({ name: 'user', keys, issuer: root });
    const leaf = await issue({ name: 'build', keys: signer, issuer: { name: 'user', keys } });
    expect(await check([leaf, user], trusting(root.certificate))).toMatchObject(refused);
  });

  it('is refused: made for something else', async () => {
    const leaf = await issue({ name: 'build', keys: signer, issuer: root, usage: KeyUsageFlags.keyEncipherment });
    expect(await check([leaf], trusting(root.certificate))).toMatchObject(refused);
  });

  it('is refused: an authority that began or ended before the signer', async () => {
    for (const period of [
      { from: '2026-06-01T00:00:00Z', until: '2030-01-01T00:00:00Z' },
      { from: '2020-01-01T00:00:00Z', until: '2025-01-01T00:00:00Z' },
    ]) {
      const keys = await makePair();
      const authority = await issue({ name: 'root', keys, ca: true, ...period });
      const leaf = await issue({ name: 'build', keys: signer, issuer: { name: 'root', keys } });
      expect(await check([leaf], trusting(authority))).toMatchObject(refused);
    }
  });

  it('is refused: a critical extension that nobody here knows, in the signer or above', async () => {
    const odd = new Extension('1.3.6.1.4.1.99999.1', true, new Uint8Array([0x05, 0x00]));
    const leaf = await issue({ name: 'build', keys: signer, issuer: root, more: [odd] });
    expect(await check([leaf], trusting(root.certificate))).toMatchObject(refused);
    const keys = await makePair();
    const middle = await issue({ name: 'middle', keys, issuer: root, ca: true, more: [odd] });
    const below = await issue({ name: 'build', keys: signer, issuer: { name: 'middle', keys } });
    expect(await check([below, middle], trusting(root.certificate))).toMatchObject(refused);
  });

  it('is refused: the certificate of somebody else', async () => {
    const other = await makePair();
    const leaf = await issue({ name: 'build', keys: other, issuer: root });
    expect(await check([leaf], trusting(root.certificate))).toMatchObject({
      ok: false,
      signer: { state: 'fail', code: 'signature.invalid' },
    });
  });
});
