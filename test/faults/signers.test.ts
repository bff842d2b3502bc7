/** Matrix C2, C9 and C11 to C13: true signatures that may not speak, and statements that say nothing usable. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signatureMember } from '../../src-main/core/snapshot/names.ts';
import { loadTrustStore, saveThreshold, saveTrustedKey } from '../../src-main/core/store/trust-queries.ts';
import { formatTrustStore } from '../../src-main/core/trust/trust-store.ts';
import type { TrustedKey } from '../../src-shared/domain/trust.ts';
import { trustedKey } from '../unit/snapshot/fixture.ts';
import { buildZip, type LabEntry } from '../unit/snapshot/zip-lab.ts';
import { type Case, inTrial, refuses, refusesByCommand, useMatrix } from './cases.ts';
import { highS } from './ecdsa-numbers.ts';
import {
  contentOf,
  coSignature,
  cosigner,
  type GoodBundle,
  type LooseBundle,
  publish,
  publisher,
  stranger,
  withSignature,
} from './mutator.ts';
import { restated, spoiled } from './signature-spoilers.ts';
import { expectAccepted, type Trial } from './trial.ts';

const twoNeeded = { prepare: ({ workspace }: Trial) => saveThreshold(workspace.writer, 2) };
/** The publisher's key with these reservations; the second publisher stays as he is, so that the good bundle still gets in. */
const reserved = (overrides: Partial<TrustedKey>) => ({
  prepare: ({ workspace }: Trial) => saveTrustedKey(workspace.writer, trustedKey(publisher, overrides)),
});
const byPublisherOnly: Case[1] = (good) => publish(good);
/** The good bundle with the publisher's signature and this one beside it. */
const beside =
  (coSigned: (good: GoodBundle) => LabEntry): Case[1] =>
  (good) =>
    buildZip([...withSignature(good.members, contentOf(good.members, signatureMember)), coSigned(good)]);

/** The co-signature with s replaced by its negative. */
function malleated(entry: LabEntry): LabEntry {
  const bundle: LooseBundle = JSON.parse(entry.content.toString());
  for (const one of bundle.dsseEnvelope.signatures) one.sig = highS(Buffer.from(one.sig, 'base64')).toString('base64');
  return { ...entry, content: Buffer.from(JSON.stringify(bundle)) };
}

const cases: readonly Case[] = [
  [
    'C2 the same signature as its own co-signature',
    beside(({ payload }) => coSignature(payload, publisher)),
    'signer.threshold',
    twoNeeded,
  ],
  [
    'C2 the same signature under the name of another key',
    beside(({ payload, members }) => ({
      ...coSignature(payload, cosigner),
      content: contentOf(members, signatureMember),
    })),
    'signature.keyid',
    twoNeeded,
  ],
  [
    'C2 one signature twice in one envelope',
    spoiled(({ dsseEnvelope }, first) => dsseEnvelope.signatures.push(first)),
    'signature.malformed',
    twoNeeded,
  ],
  [
    'C2 a stranger as the second of two',
    beside(({ payload }) => coSignature(payload, stranger)),
    'signer.threshold',
    twoNeeded,
  ],
  [
    'C2 a malleated twin of the signature as co-signature',
    beside(({ payload }) => malleated(coSignature(payload, publisher))),
    'signer.threshold',
    twoNeeded,
  ],
  [
    'C9 a revoked key',
    byPublisherOnly,
    'signer.revoked',
    reserved({ revoked: { at: '2026-11-01T00:00:00Z', reason: 'stolen', accepted: [] } }),
  ],
  [
    'C9 a key that had ended',
    byPublisherOnly,
    'signer.not_valid',
    reserved({ validFor: { end: '2026-11-22T00:00:00Z' } }),
  ],
  [
    'C9 a key before its time',
    byPublisherOnly,
    'signer.not_valid',
    reserved({ validFor: { start: '2026-11-24T00:00:00Z' } }),
  ],
  [
    'C9 a key of another registry',
    byPublisherOnly,
    'signer.out_of_scope',
    reserved({ registryIds: ['urn:uuid:another'] }),
  ],
  [
    'C11 the digest of another file',
    restated((text) => text.replaceAll(/"sha256":"[0-9a-f]{64}"/g, `"sha256":"${'0'.repeat(64)}"`)),
    'content.digest',
  ],
  [
    'C11 a sha1 digest only',
    restated((text) => text.replace(/"sha256":"([0-9a-f]{40})[0-9a-f]{24}"/, '"sha1":"$1"')),
    'statement.malformed',
  ],
  [
    'C11 an md5 digest only',
    restated((text) => text.replace(/"sha256":"([0-9a-f]{32})[0-9a-f]{32}"/, '"md5":"$1"')),
    'statement.malformed',
  ],
  [
    'C11 an empty digest',
    restated((text) => text.replace(/"sha256":"[0-9a-f]{64}"/, '"sha256":""')),
    'statement.malformed',
  ],
  [
    'C11 a digest in capitals',
    restated((text) =>
      text.replace(/"sha256":"([0-9a-f]{64})"/, (_, hex: string) => `"sha256":"${hex.toUpperCase()}"`),
    ),
    'statement.malformed',
  ],
  [
    'C11 a subject twice',
    restated((text) => text.replace(/"subject":\[(\{[^}]*\},"name":"[^"]*"\}),/, '"subject":[$1,$1,')),
    'statement.file_list',
  ],
  [
    'C12 an unknown predicate type',
    restated((text) => text.replace('urn:assay:registry-snapshot:v1', 'urn:assay:registry-snapshot:v2')),
    'statement.predicate_type',
  ],
  [
    'C12 an unknown statement type',
    restated((text) => text.replace('Statement/v1', 'Statement/v0.1')),
    'statement.malformed',
  ],
  ['C12 a statement with white space', restated((text) => text.replace(':', ': ')), 'statement.not_canonical'],
  [
    'C12 a statement with a key twice',
    restated((text) => text.replace('"sequence":1', '"sequence":1,"sequence":1')),
    'statement.not_canonical',
  ],
  ['C12 a statement that is not JSON', restated((text) => text.slice(0, -1)), 'statement.malformed'],
  [
    'C12 a statement with half a surrogate pair',
    restated((text) => text.replace('Sample registry', '\\ud800')),
    'statement.not_canonical',
  ],
  [
    'C13 a trust store file that a stranger put beside the workspace',
    (good, { workspace }) => {
      const trust = { ...loadTrustStore(workspace.reader), keys: [trustedKey(stranger)] };
      for (const name of ['trust.json', 'trust.db'])
        writeFileSync(join(workspace.folder, '..', name), formatTrustStore(trust));
      return publish(good, { signer: stranger });
    },
    'signer.untrusted',
  ],
];

describe('C signatures and trust', () => {
  const matrix = useMatrix();

  refuses(matrix, cases);
  refusesByCommand(matrix, cases, ['C9 a revoked key', 'C12 an unknown predicate type']);

  it('C2 two distinct keys meet a threshold of two', () =>
    inTrial(matrix, async (trial, good) => {
      twoNeeded.prepare(trial);
      const { verification } = await expectAccepted(trial, trial.put(good.bytes));
      expect(verification.signer).toMatchObject({ state: 'pass', threshold: 2 });
    }));
});
