/** Independent public tools verify what Assay packs, and refuse what was altered: @sigstore/verify, jq with openssl, unzip with sha256sum. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
import { PublicKeyDetails, type TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPublicKeyPem } from '../../../src-main/core/trust/keys.ts';
import { openWorkshop, packSample, type SampleBundle, trustedKey, type Workshop } from '../../unit/snapshot/fixture.ts';

let workshop: Workshop;
let sample: SampleBundle;
let folder: string;
let publicKeyFile: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
  folder = workshop.path('unpacked');
  execFileSync('unzip', ['-q', sample.file, '-d', folder]);
  publicKeyFile = workshop.path('publisher.pub.pem');
  writeFileSync(publicKeyFile, exportPublicKeyPem(sample.pair.publicKey));
});
afterAll(() => workshop.remove());

const signatureText = (): string => readFileSync(`${folder}/snapshot.sigstore.json`, 'utf8');

/** One character of the base64 payload changed: sequence 1 becomes another number, everything else stays well formed. */
function alteredPayload(text: string): string {
  const bundle = JSON.parse(text);
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('"sequence":1', '"sequence":7');
  bundle.dsseEnvelope.payload = Buffer.from(payload).toString('base64');
  return JSON.stringify(bundle);
}
function alteredSignature(text: string): string {
  const bundle = JSON.parse(text);
  const signature = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, 'base64');
  signature[10] = (signature[10] ?? 0) ^ 1;
  bundle.dsseEnvelope.signatures[0].sig = signature.toString('base64');
  return JSON.stringify(bundle);
}

const emptyRoot: TrustedRoot = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  certificateAuthorities: [],
  ctlogs: [],
  timestampAuthorities: [],
};

function verifyWithSigstore(text: string): void {
  const { hint, rawBytes } = trustedKey(sample.pair);
  const keys = {
    [hint]: {
      rawBytes: Buffer.from(rawBytes, 'base64'),
      keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
      validFor: { start: new Date(0) },
    },
  };
  const verifier = new Verifier(toTrustMaterial(emptyRoot, keys), {
    tlogThreshold: 0,
    ctlogThreshold: 0,
    timestampThreshold: 0,
  });
  verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text))));
}

/** The recipe that an auditor can type: pre-authentication encoding by printf, signature by openssl. */
const recipe = `
set -eu
type=$(jq -r .dsseEnvelope.payloadType "$1")
jq -r .dsseEnvelope.payload "$1" | base64 -d > "$3/payload"
jq -r '.dsseEnvelope.signatures[0].sig' "$1" | base64 -d > "$3/sig"
{ printf 'DSSEv1 %d %s %d ' "\${#type}" "$type" "$(wc -c < "$3/payload")"; cat "$3/payload"; } > "$3/pae"
openssl dgst -sha256 -verify "$2" -signature "$3/sig" "$3/pae"
`;

function verifyWithOpenssl(text: string): { readonly ok: boolean; readonly payload: string } {
  const file = workshop.path('candidate.json');
  writeFileSync(file, text);
  const run = spawnSync('bash', ['-c', recipe, 'verify', file, publicKeyFile, workshop.root], { encoding: 'utf8' });
  return {
    ok: run.status === 0 && run.stdout.includes('Verified OK'),
    payload: readFileSync(workshop.path('payload'), 'utf8'),
  };
}

describe('when @sigstore/verify checks a bundle', () => {
  it('accepts it with every threshold at 0', () => {
    expect(() => verifyWithSigstore(signatureText())).not.toThrow();
  });

  it.each([
    ['an altered payload', alteredPayload],
    ['an altered signature', alteredSignature],
  ])('refuses %s', (_name, alter) => {
    expect(() => verifyWithSigstore(alter(signatureText()))).toThrow();
  });
});

describe('when jq and openssl check a bundle', () => {
  it('accepts it, and the members have the signed digests', () => {
    const { ok, payload } = verifyWithOpenssl(signatureText());
    expect(ok).toBe(true);
    const sums = execFileSync('jq', ['-r', '.subject[] | "\\(.digest.sha256)  \\(.name)"'], { input: payload });
    expect(execFileSync('sha256sum', ['--check', '--strict'], { cwd: folder, input: sums }).toString()).toContain(
      'records/model-0001.ndjson: OK',
    );
  });

  it('gives the statement digest that Assay prints', () => {
    verifyWithOpenssl(signatureText());
    expect(execFileSync('sha256sum', [workshop.path('payload')]).toString()).toContain(sample.packed.statementSha256);
  });

  it.each([
    ['an altered payload', alteredPayload],
    ['an altered signature', alteredSignature],
  ])('refuses %s', (_name, alter) => {
    expect(verifyWithOpenssl(alter(signatureText())).ok).toBe(false);
  });

  it('finds an altered record by its digest', () => {
    const { payload } = verifyWithOpenssl(signatureText());
    const altered = workshop.path('altered');
    execFileSync('cp', ['-r', folder, altered]);
    const shard = `${altered}/records/model-0001.ndjson`;
    writeFileSync(shard, readFileSync(shard, 'utf8').replace('record model-1', 'record model-X'));
    const sums = execFileSync('jq', ['-r', '.subject[] | "\\(.digest.sha256)  \\(.name)"'], { input: payload });
    expect(spawnSync('sha256sum', ['--check', '--quiet'], { cwd: altered, input: sums }).status).toBe(1);
  });
});

describe('when unzip tests a bundle', () => {
  it('finds no error in the container', () => {
    expect(execFileSync('unzip', ['-t', sample.file]).toString()).toContain('No errors detected');
  });
});
