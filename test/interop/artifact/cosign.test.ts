/** What cosign signs with a key, offline, verifies with Assay. */
import { appendFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/assay.ts';
import { type Curve, makeKey } from '../support/foreign-keys.ts';
import { verifyArtifact, withKey } from '../support/ours.ts';
import { describeWith, mustRun } from '../support/tools.ts';

const work = temporaryFolder();
afterAll(() => work.remove());
const at = (...parts: string[]): string => join(work.path, ...parts);
const env = { COSIGN_PASSWORD: 'not a secret' };

/** cosign uses keys in an encrypted form of its own. */
function importKey(name: string, curve: Curve): { readonly key: string; readonly publicKey: string } {
  const { privateKey } = makeKey(work.path, `${name}-plain`, curve);
  mustRun('cosign', ['import-key-pair', '--key', privateKey, '--output-key-prefix', at(name), '--yes'], { env });
  return { key: at(`${name}.key`), publicKey: at(`${name}.pub`) };
}

/** `sign-blob` and `attest-blob` without any service: no transparency log, no timestamp. */
function signOffline(
  command: 'sign-blob' | 'attest-blob',
  file: string,
  bundle: string,
  more: readonly string[],
): void {
  mustRun('cosign', [command, '--signing-config', at('no-services.json'), '--bundle', bundle, '--yes', ...more, file], {
    env,
    cwd: work.path,
  });
}

describeWith(
  ['cosign'],
  'signs files that we verify',
  () => {
    const weights = at('weights.onnx');
    let key: string;
    let publicKey: string;
    beforeAll(() => {
      mustRun('cosign', ['signing-config', 'create', '--out', at('no-services.json')]);
      writeFileSync(weights, Buffer.alloc(100_000, 5));
      writeFileSync(at('predicate.json'), '{"trainedBy":"somebody"}\n');
      ({ key, publicKey } = importKey('publisher', 'P-256'));
      signOffline('sign-blob', weights, at('blob.sigstore.json'), ['--key', key]);
      signOffline('attest-blob', weights, at('statement.sigstore.json'), [
        ...['--key', key, '--predicate', at('predicate.json'), '--type', 'https://example.com/training/v1'],
      ]);
    });
    const answer = (file: string, bundle: string, key = publicKey) =>
      verifyArtifact(file, [...withKey(key), '--signature', at(bundle)]);

    it('as a bundle with a message signature', () => {
      expect(answer(weights, 'blob.sigstore.json')).toMatchObject({
        exitCode: 0,
        basis: 'blob',
        content: { state: 'pass' },
      });
    });

    it('as a bundle with an in-toto statement', () => {
      expect(answer(weights, 'statement.sigstore.json')).toMatchObject({
        exitCode: 0,
        basis: 'in_toto',
        predicateType: 'https://example.com/training/v1',
        content: { state: 'pass' },
      });
    });

    it('found without being named, where it lies beside the file', () => {
      cpSync(at('blob.sigstore.json'), `${weights}.sigstore.json`);
      expect(verifyArtifact(weights, withKey(publicKey))).toMatchObject({ exitCode: 0, basis: 'blob' });
    });

    it('with a P-384 key', () => {
      const own = importKey('strong', 'P-384');
      signOffline('attest-blob', weights, at('strong.sigstore.json'), [
        ...['--key', own.key, '--predicate', at('predicate.json'), '--type', 'https://example.com/training/v1'],
      ]);
      expect(answer(weights, 'strong.sigstore.json', own.publicKey)).toMatchObject({
        exitCode: 0,
        content: { state: 'pass' },
      });
    });

    it.each(['blob.sigstore.json', 'statement.sigstore.json'])('and %s is refused for a changed file', (bundle) => {
      const changed = at('changed', 'weights.onnx');
      cpSync(weights, changed);
      appendFileSync(changed, 'x');
      expect(answer(changed, bundle)).toMatchObject({ exitCode: 4, ok: false, content: { state: 'fail' } });
    });

    it.each(['blob.sigstore.json', 'statement.sigstore.json'])('and %s is refused under another key', (bundle) => {
      const stranger = makeKey(work.path, `stranger-${bundle}`, 'P-256');
      expect(answer(weights, bundle, stranger.publicKey)).toMatchObject({
        exitCode: 4,
        ok: false,
        signer: { state: 'fail' },
      });
    });
  },
  ['openssl'],
);
