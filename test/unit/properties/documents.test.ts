/** Every document that arrives from somebody else is read, or refused with a typed failure, whatever it holds. */
import fc from 'fast-check';
import { describe } from 'vitest';
import { readAuthorities } from '../../../src-main/core/artifact/certificate-chain.ts';
import { readSignatureFile } from '../../../src-main/core/artifact/signature-file.ts';
import { readArtifactStatement } from '../../../src-main/core/artifact/statement.ts';
import { parseKeep } from '../../../src-main/core/disclosure/keep-expression.ts';
import { parseProof } from '../../../src-main/core/disclosure/proof-file.ts';
import { checkRecipients } from '../../../src-main/core/encryption/recipients.ts';
import { readRequestFile } from '../../../src-main/core/request/request-file.ts';
import { writeBundle } from '../../../src-main/core/trust/bundle.ts';
import {
  exportPrivateKeyPem,
  exportPublicKeyPem,
  generatePublisherKey,
  loadPrivateKey,
  publisherKeyFromRaw,
  readPublicKey,
} from '../../../src-main/core/trust/keys.ts';
import { readRotation } from '../../../src-main/core/trust/rotation.ts';
import { readTrustFile } from '../../../src-main/core/trust/trust-file.ts';
import { anyText, applyEdits, bytes, edit, jsonValue } from './arbitraries.ts';
import { asyncFailureOf, expectRefusal, holdsAsync } from './property.ts';

const pair = generatePublisherKey();
const genuine = [
  writeBundle(Buffer.from('{"a":1}'), pair.privateKey),
  Buffer.from(exportPublicKeyPem(pair.publicKey)),
  Buffer.from(exportPrivateKeyPem(pair.privateKey, 'secret')),
];

/** A DSSE envelope around any JSON, of every type that Assay knows: past the outer checks, into the inner ones. */
const envelope = fc
  .record({
    payload: jsonValue.map((value) => Buffer.from(JSON.stringify(value)).toString('base64')),
    payloadType: fc.constantFrom(
      'application/vnd.in-toto+json',
      'application/vnd.assay.trust-store+json',
      'application/vnd.assay.trust-rotation+json',
      'application/vnd.assay.request+json',
    ),
    signatures: fc.array(
      fc.record({ keyid: fc.oneof(fc.base64String(), anyText), sig: fc.base64String() }, { noNullPrototype: true }),
      { maxLength: 2 },
    ),
  })
  .map((value) => Buffer.from(JSON.stringify(value)));

const content = fc.oneof(
  bytes(),
  anyText.map((text) => Buffer.from(text)),
  jsonValue.map((value) => Buffer.from(JSON.stringify(value))),
  envelope,
  fc
    .tuple(fc.constantFrom(...genuine), fc.array(edit, { minLength: 1, maxLength: 2 }))
    .map(([document, edits]) => applyEdits(document, edits)),
);

const readers: readonly (readonly [document: string, read: (bytes: Buffer) => unknown])[] = [
  ['a trust file', (data) => readTrustFile(data.toString(), 'f')],
  ['a key rotation', (data) => readRotation(data.toString(), 'f')],
  ['a request', (data) => readRequestFile(data, 'f')],
  ['a proof', (data) => parseProof(data, 'f')],
  ['a filter for records to keep', (data) => parseKeep([data.toString()])],
  ['a model signature', (data) => readSignatureFile('f', data)],
  ['the statement of a model signature', (data) => readArtifactStatement(data)],
  ['a list of authorities', (data) => readAuthorities(data.toString(), 'f')],
  ['a public key', (data) => readPublicKey(data.toString())],
  ['a public key in a trust store', (data) => publisherKeyFromRaw(data.toString('base64'))],
  ['a private key', (data) => loadPrivateKey(data.toString(), 'secret')],
  ['a list of recipients', (data) => checkRecipients(data.toString().split('\n'))],
];

describe('a document from elsewhere', () => {
  for (const [document, read] of readers) {
    holdsAsync(`that should be ${document} is read or refused with a typed failure`, 200, [content], async (data) => {
      const failure = await asyncFailureOf(async () => read(data));
      if (failure) expectRefusal(failure, failure.kind, /^[a-z]+(\.[a-z_]+)+$/);
    });
  }
});
