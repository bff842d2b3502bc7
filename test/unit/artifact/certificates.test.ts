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
  readonly pathLength?: number;
  readonly hash?: string;
  readonly usage?: number | null;
  readonly from?: string;
  readonly until?: string;
  readonly more?: readonly Extension[];
}

const issue = ({
  name,
  keys,
  issuer,
  ca = false,
  pathLength,
  hash,
  usage,
  from,
  until,
  more = [],
}: Wish): Promise<X509Certificate> =>
  X509CertificateGenerator.create({
    serialNumber: sha256(name + (from ?? '')).slice(0, 16),
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: new Date(from ?? '2026-01-01T00:00:00Z'),
    notAfter: new Date(until ?? '2027-01-01T00:00:00Z'),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: { ...algorithm, ...(hash ? { hash } : {}) },
    extensions: [
      new BasicConstraintsExtension(ca, pathLength, true),
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

/** An authority with its keys, below `issuer` or by itself. */
async function authority(name: string, rest: Partial<Wish> = {}) {
  const keys = await makePair();
  return { name, keys, certificate: await issue({ name, keys, ca: true, ...rest }) };
}

async function check(
  chain: readonly { readonly rawData: ArrayBuffer | Buffer }[],
  trust: ArtifactTrust,
  keys = signer,
) {
  const folder = makeFolder({ 'a.bin': 'a' });
  const payload = modelPayload([{ name: 'a.bin', digest: sha256('a') }]);
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      x509CertificateChain: {
        certificates: chain.map(({ rawData }) => ({ rawBytes: Buffer.from(rawData as Buffer).toString('base64') })),
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
  it('is refused: self-signed, under a namesake', async () => {
    const self = await issue({ name: 'build', keys: signer });
    expect(await check([self], trusting(root.certificate))).toMatchObject(refused);
    const leaf = await issue({ name: 'build', keys: signer, issuer: root });
    const namesake = await issue({ name: 'root', keys: await makePair(), ca: true });
    expect(await check([leaf], trusting(namesake))).toMatchObject(refused);
    expect(await check([leaf, namesake], trusting(namesake))).toMatchObject(refused);
  });

  it('cannot be determined where no authority was named', async () => {
    const leaf = await issue({ name: 'build', keys: signer, issuer: root });
    expect(await check([leaf], trusting())).toMatchObject({
      ...refused,
      signer: { state: 'unknown', code: 'signer.no_authority' },
    });
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

  it('is refused: a chain in which the certificate of the publisher stands between two of somebody else', async () => {
    const publisher = await issue({ name: 'Publisher', keys: await makePair(), issuer: root });
    const forged = await issue({ name: 'Publisher', keys: signer });
    for (const chain of [
      [forged, publisher, forged],
      [forged, publisher],
      [forged, publisher, root.certificate],
    ]) {
      const result = await check(chain, trusting(root.certificate));
      expect(result).toMatchObject(refused);
      expect(result.signer.signers).toMatchObject([{ trusted: false }]);
    }
  });

  it('is refused: the same certificate twice, even in an honest chain', async () => {
    const leaf = await issue({ name: 'build', keys: signer, issuer: root });
    for (const chain of [
      [leaf, leaf],
      [leaf, root.certificate, root.certificate],
    ])
      expect((await check(chain, trusting(root.certificate))).signer.text).toContain('same certificate twice');
    expect(await check([leaf, root.certificate], trusting(root.certificate))).toMatchObject({ ok: true });
  });

  it('counts the authorities that pathLenConstraint allows', async () => {
    for (const [pathLength, ok] of [
      [0, false],
      [1, true],
    ] as const) {
      const top = await authority('top', { pathLength });
      const middle = await authority('middle', { issuer: top });
      const leaf = await issue({ name: 'build', keys: signer, issuer: middle });
      const result = await check([leaf, middle.certificate], trusting(top.certificate));
      expect(result.ok).toBe(ok);
      if (!ok) expect(result.signer.text).toContain('CN=top: it allows 0 authorities below it, and there are 1');
    }
    const direct = await authority('direct', { pathLength: 0 });
    const leaf = await issue({ name: 'build', keys: signer, issuer: direct });
    expect(await check([leaf], trusting(direct.certificate))).toMatchObject({ ok: true });
  });

  it('is refused: a path of nine certificates; eight are accepted', async () => {
    const chain = [root.certificate];
    let above: { name: string; keys: Pair } = root;
    for (let step = 1; step <= 7; step += 1) {
      const leaf = await issue({ name: 'build', keys: signer, issuer: above });
      // Of the eight that a signature file may carry, the root is not one.
      const carried = [leaf, ...chain.slice(1).reverse()];
      expect(await check(carried, trusting(root.certificate))).toMatchObject({ ok: true });
      const next = await authority(`step ${step}`, { issuer: above });
      chain.push(next.certificate);
      above = next;
    }
    const leaf = await issue({ name: 'build', keys: signer, issuer: above });
    expect(await check([leaf, ...chain.slice(1).reverse()], trusting(root.certificate))).toMatchObject(refused);
  });

  it('is refused: an authority, even one that may also sign data', async () => {
    const usage = KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature;
    const own = await issue({ name: 'middle', keys: signer, issuer: root, ca: true, usage });
    const result = await check([own], trusting(root.certificate));
    expect(result).toMatchObject(refused);
    expect(result.signer.text).toContain('that of an authority');
    // A directly named authority is no signer either.
    expect(await check([own], trusting(own))).toMatchObject(refused);
  });

  it.each([
    ['TLS servers only', '1.3.6.1.5.5.7.3.1', false],
    ['documents only', '1.3.6.1.5.5.7.3.36', false],
    ['any purpose', '2.5.29.37.0', true],
    ['code', '1.3.6.1.5.5.7.3.3', true],
  ])('with extKeyUsage for %s, in the signer or above', async (_, purpose, ok) => {
    const more = [new ExtendedKeyUsageExtension([purpose], true)];
    const leaf = await issue({ name: 'build', keys: signer, issuer: root, more });
    expect((await check([leaf], trusting(root.certificate))).ok).toBe(ok);
    const middle = await authority('middle', { issuer: root, more });
    const below = await issue({ name: 'build', keys: signer, issuer: middle });
    expect((await check([below, middle.certificate], trusting(root.certificate))).ok).toBe(ok);
  });

  it('is refused: without a stated purpose, or with code signing that keyUsage rules out', async () => {
    const code = new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.3']);
    const any = new ExtendedKeyUsageExtension(['2.5.29.37.0']);
    for (const wish of [
      { usage: null },
      { usage: null, more: [any] },
      { usage: KeyUsageFlags.keyAgreement, more: [code] },
    ]) {
      const leaf = await issue({ name: 'build', keys: signer, issuer: root, ...wish });
      expect(await check([leaf], trusting(root.certificate))).toMatchObject(refused);
    }
  });

  it('is refused: an issuer that may not issue, by keyUsage or by basicConstraints', async () => {
    for (const wish of [{ usage: KeyUsageFlags.cRLSign }, { ca: false, usage: KeyUsageFlags.keyCertSign }]) {
      const middle = await authority('middle', { issuer: root, ...wish });
      const leaf = await issue({ name: 'build', keys: signer, issuer: middle });
      expect(await check([leaf, middle.certificate], trusting(root.certificate))).toMatchObject(refused);
    }
  });

  it('is refused: an extension twice, and names that an authority constrains', async () => {
    const twice = await issue({
      name: 'build',
      keys: signer,
      issuer: root,
      more: [new BasicConstraintsExtension(false)],
    });
    const result = await check([twice], trusting(root.certificate));
    expect(result).toMatchObject(refused);
    expect(result.signer.text).toContain('it has extension 2.5.29.19 twice');
    // permittedSubtrees with the dNSName "a.example"; not even marked critical.
    const constraints = Buffer.from('300fa00d300b8209612e6578616d706c65', 'hex');
    const middle = await authority('middle', { issuer: root, more: [new Extension('2.5.29.30', false, constraints)] });
    const leaf = await issue({ name: 'build', keys: signer, issuer: middle });
    expect(await check([leaf, middle.certificate], trusting(root.certificate))).toMatchObject(refused);
  });

  it('is refused: certified over SHA-1', async () => {
    const leaf = await issue({ name: 'build', keys: signer, issuer: root, hash: 'SHA-1' });
    const result = await check([leaf], trusting(root.certificate));
    expect(result).toMatchObject(refused);
    expect(result.signer.text).toContain('hash that is not accepted');
  });

  it('authorities that certify each other come to an end, with and without a way out', async () => {
    const x = { name: 'X', keys: await makePair() };
    const y = { name: 'Y', keys: await makePair() };
    const xByY = await issue({ ...x, issuer: y, ca: true });
    const yByX = await issue({ ...y, issuer: x, ca: true });
    const leaf = await issue({ name: 'build', keys: signer, issuer: x });
    expect(await check([leaf, xByY, yByX], trusting(root.certificate))).toMatchObject(refused);
    const yByRoot = await issue({ ...y, issuer: root, ca: true, from: '2025-12-31T00:00:00Z' });
    expect(await check([leaf, xByY, yByX, yByRoot], trusting(root.certificate))).toMatchObject({ ok: true });
  }, 5000);

  it('seven certificates of which each may have issued each other one are tried once each', async () => {
    const x = { name: 'X', keys: await makePair() };
    const all = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map((day) => issue({ ...x, issuer: x, ca: true, from: `2025-12-0${day}T00:00:00Z` })),
    );
    const leaf = await issue({ name: 'build', keys: signer, issuer: x });
    expect(await check([leaf, ...all], trusting(root.certificate))).toMatchObject(refused);
  }, 2000);

  it('is accepted where exactly this certificate was named and it is self-signed, and not for a namesake', async () => {
    const self = await issue({ name: 'build', keys: signer });
    expect(await check([self], trusting(self))).toMatchObject({ ok: true });
    expect(await check([self], trusting(await issue({ name: 'build', keys: await makePair() })))).toMatchObject(
      refused,
    );
    const leaf = await issue({ name: 'build', keys: signer, issuer: root });
    expect(await check([leaf], trusting(leaf))).toMatchObject(refused);
  });

  it('is no certificate: PEM, or with bytes behind it', async () => {
    const leaf = await issue({ name: 'build', keys: signer, issuer: root });
    const der = Buffer.from(leaf.rawData);
    for (const bytes of [Buffer.from(leaf.toString('pem')), Buffer.concat([der, Buffer.from([0])])])
      expect(await check([{ rawData: bytes }], trusting(root.certificate))).toMatchObject({
        ok: false,
        signer: { state: 'fail', code: 'signature.malformed' },
      });
  });
});
