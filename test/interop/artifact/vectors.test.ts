/** Published vectors pass or fail exactly as their names say, asked through the command that people type. */
import { X509Certificate } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { assayJson, repositoryRoot, sharedData, temporaryFolder } from '../../support/assay.ts';
import { verifyArtifact, withAuthority, withKey } from '../support/ours.ts';

const work = temporaryFolder();
afterAll(() => work.remove());
const at = (...parts: string[]): string => join(work.path, ...parts);

const modelTransparency = join(sharedData, 'model-transparency');
const dsseVector = join(sharedData, 'dsse', 'derived', 'vectors.json');
const conformance = join(repositoryRoot, 'test', 'fixtures', 'vectors', 'sigstore-conformance');
for (const path of [modelTransparency, dsseVector])
  if (!existsSync(path)) console.warn(`skipped: ${path} is not there`);

describe.skipIf(!existsSync(modelTransparency))('the folders that OpenSSF model-transparency publishes', () => {
  const keys = join(modelTransparency, 'keys', 'certificate');
  /** By the mode that the folder's name ends in. */
  const trustFor = (folder: string): string[] =>
    folder.endsWith('-certificate')
      ? withAuthority(join(keys, 'ca-cert.pem'))
      : withKey(join(keys, 'signing-key-pub.pem'));
  const folders = existsSync(modelTransparency)
    ? readdirSync(modelTransparency).filter((name) => /^v\d.*-(certificate|elliptic-key)$/.test(name))
    : [];

  it('hold both modes, or this suite shows nothing', () => {
    expect(folders).toEqual(expect.arrayContaining(['v1.0.0-certificate', 'v1.0.0-elliptic-key']));
  });

  it.each(folders)('%s verifies', (folder) => {
    expect(verifyArtifact(join(modelTransparency, folder), trustFor(folder))).toMatchObject({
      exitCode: 0,
      basis: 'model_signing',
      content: { state: 'pass' },
    });
  });

  it.each(folders)('%s does not verify with one byte more', (folder) => {
    const copy = at(folder);
    cpSync(join(modelTransparency, folder), copy, { recursive: true });
    appendFileSync(join(copy, 'signme-1'), 'x');
    expect(verifyArtifact(copy, trustFor(folder))).toMatchObject({ exitCode: 4, content: { code: 'content.differs' } });
  });

  it.each(folders)('%s does not verify under a trust that did not sign it', (folder) => {
    const other = folder.endsWith('-certificate')
      ? withAuthority(join(keys, 'signing-key-cert.pem'))
      : withKey(join(conformance, 'managed-key-happy-path', 'key.pub'));
    expect(verifyArtifact(join(modelTransparency, folder), other)).toMatchObject({
      exitCode: 4,
      signer: { state: 'fail' },
    });
  });
});

describe('the bundles of sigstore-conformance', () => {
  const cases = readdirSync(conformance, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const bundleOf = (name: string): string => join(conformance, name, 'bundle.sigstore.json');
  const managedKey = join(conformance, 'managed-key-happy-path', 'key.pub');

  /** The key that comes with the case; for a keyless bundle the key in its certificate, as if somebody had vouched for it. */
  function keyFor(name: string): string {
    const own = join(conformance, name, 'key.pub');
    if (existsSync(own)) return own;
    const [, certificate] = /"rawBytes": *"([^"]+)"/.exec(readFileSync(bundleOf(name), 'utf8')) ?? [];
    if (certificate === undefined) return managedKey;
    const file = at(`${name}.pub`);
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
    writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
    return file;
  }
  const ask = (name: string, trust: readonly string[], file = join(conformance, 'a.txt')) =>
    assayJson(['artifact', 'verify', file, ...trust, '--signature', bundleOf(name)]);

  it.each(cases.filter((name) => !name.endsWith('_fail')))('%s', (name) => {
    expect(ask(name, withKey(keyFor(name)))).toMatchObject({ code: 0, value: { content: { state: 'pass' } } });
  });

  it.each(cases.filter((name) => name.endsWith('_fail') && name !== 'managed-key-wrong-key_fail'))('%s', (name) => {
    expect(ask(name, withKey(keyFor(name)))).toMatchObject({ code: 4, value: { signer: { state: 'fail' } } });
  });

  it('managed-key-wrong-key_fail, whose key file holds no key', () => {
    const name = 'managed-key-wrong-key_fail';
    expect(ask(name, withKey(keyFor(name)))).toMatchObject({ code: 3, value: { error: { code: 'key.unreadable' } } });
    const stranger = keyFor('happy-path-intoto-in-dsse-v3');
    expect(ask(name, withKey(stranger))).toMatchObject({ code: 4, value: { signer: { state: 'fail' } } });
  });

  it('managed-key-happy-path without a key: nobody says whom to believe', () => {
    expect(ask('managed-key-happy-path', [])).toMatchObject({ code: 2, value: { error: { code: 'verify.no_trust' } } });
  });

  it('managed-key-happy-path for another file', () => {
    const other = at('other.txt');
    writeFileSync(other, 'another file\n');
    expect(ask('managed-key-happy-path', withKey(managedKey), other)).toMatchObject({ code: 4, value: { ok: false } });
  });
});

describe.skipIf(!existsSync(dsseVector))('the vector of the DSSE specification', () => {
  it('is signed as it says, and says nothing about files', () => {
    const { envelope, publicKeyPem } = JSON.parse(readFileSync(dsseVector, 'utf8'));
    writeFileSync(at('hello.dsse.json'), JSON.stringify(envelope));
    writeFileSync(at('hello.pub'), publicKeyPem);
    writeFileSync(at('hello'), 'hello world');
    const flags = [...withKey(at('hello.pub')), '--signature', at('hello.dsse.json')];
    expect(verifyArtifact(at('hello'), flags)).toMatchObject({
      exitCode: 4,
      signer: { state: 'pass' },
      content: { state: 'fail', code: 'signature.payload_type' },
    });
    envelope.payload = Buffer.from('hello World').toString('base64');
    writeFileSync(at('hello.dsse.json'), JSON.stringify(envelope));
    expect(verifyArtifact(at('hello'), flags)).toMatchObject({ exitCode: 4, signer: { state: 'fail' } });
  });
});
