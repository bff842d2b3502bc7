/** Matrix C1 and C3 to C8: the signature file, changed by a courier or by a publisher who is not careful. */
import { sign as cryptoSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pae, signDsse } from '../../src-main/core/trust/dsse.ts';
import { describePublicKey } from '../../src-main/core/trust/keys.ts';
import { inTotoPayloadType } from '../../src-shared/domain/snapshot.ts';
import { buildZip } from '../unit/snapshot/zip-lab.ts';
import { type Case, inTrial, refuses, refusesByCommand, useMatrix } from './cases.ts';
import { derOf, highS, numbersOf, order } from './ecdsa-numbers.ts';
import { cosigner, publish, publisher, spoilSignature, stranger, withSignature } from './mutator.ts';
import {
  beyondOrder,
  edited,
  inLongForm,
  mixedAlphabets,
  otherPadding,
  signature,
  signatureFile,
  signed,
  spoiled,
  withLeadingZero,
  withUnusedBits,
} from './signature-spoilers.ts';
import { expectAccepted } from './trial.ts';

const keyIdOf = (pair: typeof publisher): string => describePublicKey(pair.publicKey).keyId;

const cases: readonly Case[] = [
  [
    'C1 another payload type',
    spoiled(({ dsseEnvelope }) => (dsseEnvelope.payloadType = 'text/plain')),
    'signature.payload_type',
  ],
  [
    'C1 an empty payload type',
    spoiled(({ dsseEnvelope }) => (dsseEnvelope.payloadType = '')),
    'signature.payload_type',
  ],
  [
    'C1 a payload type with a space',
    spoiled(({ dsseEnvelope }) => (dsseEnvelope.payloadType += ' ')),
    'signature.payload_type',
  ],
  [
    'C1 a signature over another payload type',
    signed((payload) => signDsse('text/plain', payload, publisher.privateKey)),
    'signature.invalid',
  ],
  [
    'C1 a signature over the payload without its type',
    signed((payload) => cryptoSign('sha256', payload, publisher.privateKey)),
    'signature.invalid',
  ],
  ['C3 a keyid that names another key', spoiled((_, first) => (first.keyid = keyIdOf(cosigner))), 'signature.keyid'],
  [
    'C3 a hint that names another key',
    spoiled(({ verificationMaterial }) => (verificationMaterial.publicKey.hint = keyIdOf(cosigner))),
    'signature.invalid',
  ],
  [
    'C3 the signature of a stranger under the name of the publisher',
    signed((payload) => signDsse(inTotoPayloadType, payload, stranger.privateKey)),
    'signature.invalid',
  ],
  [
    'C3 an empty hint',
    spoiled(({ verificationMaterial }) => (verificationMaterial.publicKey.hint = '')),
    'signature.malformed',
  ],
  ['C3 a signature by a stranger', (good) => publish(good, { signer: stranger }), 'signer.untrusted'],
  [
    'C4 a stray character in the signature',
    spoiled((_, first) => (first.sig = `${first.sig.slice(0, 4)}!${first.sig.slice(4)}`)),
    'signature.base64',
  ],
  [
    'C4 white space in the signature',
    spoiled((_, first) => (first.sig = `${first.sig.slice(0, 4)} ${first.sig.slice(4)}`)),
    'signature.base64',
  ],
  [
    'C4 a stray character in the payload',
    spoiled(({ dsseEnvelope }) => (dsseEnvelope.payload = `!${dsseEnvelope.payload}`)),
    'signature.base64',
  ],
  [
    'C4 a line break in the payload',
    spoiled(({ dsseEnvelope }) => (dsseEnvelope.payload = `${dsseEnvelope.payload}\n`)),
    'signature.base64',
  ],
  ['C4 missing padding', spoiled((_, first) => (first.sig = otherPadding(first.sig))), 'signature.base64'],
  ['C4 two alphabets mixed', spoiled((_, first) => (first.sig = mixedAlphabets(first.sig))), 'signature.base64'],
  ['C4 unused bits that are set', spoiled((_, first) => (first.sig = withUnusedBits(first.sig))), 'signature.base64'],
  [
    'C5 a raw r||s signature',
    signed((payload) =>
      cryptoSign('sha256', pae(inTotoPayloadType, payload), { key: publisher.privateKey, dsaEncoding: 'ieee-p1363' }),
    ),
    'signature.invalid',
  ],
  [
    'C5 DER with a needless leading zero',
    signed((payload) => withLeadingZero(signature(payload))),
    'signature.invalid',
  ],
  ['C5 DER with a length in the long form', signed((payload) => inLongForm(signature(payload))), 'signature.invalid'],
  [
    'C5 bytes behind the DER',
    signed((payload) => Buffer.concat([signature(payload), Buffer.alloc(1)])),
    'signature.invalid',
  ],
  ['C6 r and s of zero', signed(() => derOf(0n, 0n)), 'signature.invalid'],
  ['C6 s of the group order', signed((payload) => derOf(numbersOf(signature(payload)).r, order)), 'signature.invalid'],
  ['C6 r beyond the group order', signed((payload) => beyondOrder(signature(payload))), 'signature.invalid'],
  [
    'C6 the signature of an Ed25519 key',
    signed((payload) => cryptoSign(null, payload, generateKeyPairSync('ed25519').privateKey)),
    'signature.invalid',
  ],
  [
    'C7 another payload under the genuine signature',
    spoiled(({ dsseEnvelope }, _, good) => {
      dsseEnvelope.payload = Buffer.from(good.payload.toString().replace('"sequence":1', '"sequence":2')).toString(
        'base64',
      );
    }),
    'signature.invalid',
  ],
  [
    'C7 a payload twice, the genuine one last',
    edited((text) => text.replace('"payload":', '"payload":"e30=","payload":')),
    'signature.malformed',
  ],
  [
    'C7 a payload twice, once escaped',
    edited((text) => text.replace('"payload":', '"p\\u0061yload":"e30=","payload":')),
    'signature.malformed',
  ],
  ['C8 no signatures', spoiled(({ dsseEnvelope }) => (dsseEnvelope.signatures = [])), 'signature.malformed'],
  ['C8 an empty signature', spoiled((_, first) => (first.sig = '')), 'signature.malformed'],
  ['C8 an empty signature file', signatureFile(''), 'signature.malformed'],
  ['C8 a signature file that is not JSON', signatureFile('nope'), 'signature.malformed'],
  ['C8 a signature file that is null', signatureFile('null'), 'signature.malformed'],
  ['C8 a signature file nested 100,000 levels', signatureFile('['.repeat(100_000)), 'signature.malformed'],
  [
    'C8 a signature file that is not UTF-8',
    (good) => buildZip(withSignature(good.members, Buffer.from([0x22, 0xff, 0x22]))),
    'signature.malformed',
  ],
  ['C8 an unsigned bundle', ({ members }) => buildZip(members.slice(2)), 'signature.missing'],
  ['C8 a co-signature and nothing else', ({ members }) => buildZip(members.slice(1)), 'signature.missing'],
  ['C8 an unknown field', spoiled((bundle) => (bundle['extra'] = 1)), 'signature.malformed'],
  ['C8 the key __proto__', edited((text) => text.replace('{', '{"__proto__":{},')), 'signature.malformed'],
  [
    'C8 a transparency log entry',
    spoiled(({ verificationMaterial }) => (verificationMaterial.tlogEntries = [{}])),
    'signature.malformed',
  ],
  [
    'C8 a message signature instead of an envelope',
    edited((text) => text.replace('"dsseEnvelope"', '"messageSignature"')),
    'signature.malformed',
  ],
  [
    'C8 another media type',
    spoiled((bundle) => (bundle.mediaType = bundle.mediaType.replace('v0.3', 'v0.9'))),
    'signature.malformed',
  ],
];

describe('C signatures and trust', () => {
  const matrix = useMatrix();

  refuses(matrix, cases);
  refusesByCommand(matrix, cases, ['C1 another payload type', 'C3 a signature by a stranger']);

  it('C3 a signature without a keyid is found by its hint', () =>
    inTrial(matrix, async (trial, good) => {
      const bundle = spoilSignature(good, (_, first) => delete first.keyid);
      expect(await expectAccepted(trial, trial.put(bundle))).toMatchObject({ outcome: 'imported' });
    }));

  it('C4 url-safe base64 is accepted, as DSSE allows it', () =>
    inTrial(matrix, async (trial, good) => {
      const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');
      const bundle = spoilSignature(good, ({ dsseEnvelope }, first) => {
        first.sig = urlSafe(first.sig);
        dsseEnvelope.payload = urlSafe(dsseEnvelope.payload);
      });
      expect(await expectAccepted(trial, trial.put(bundle))).toMatchObject({ outcome: 'imported' });
    }));

  it('C6 the high-s twin of a signature gives the same statement and no further signer', () =>
    inTrial(matrix, async (trial, good) => {
      const bundle = spoilSignature(good, (_, first) => {
        first.sig = highS(Buffer.from(first.sig, 'base64')).toString('base64');
      });
      const { verification } = await expectAccepted(trial, trial.put(bundle));
      expect(verification.statementSha256).toBe(good.statementSha256);
      expect(verification.signer.signers).toHaveLength(1);
    }));
});
