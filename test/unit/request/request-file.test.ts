/** The signed request file: what one key signed, and nothing that was changed, added or said twice. */
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmRequester } from '../../../src-main/core/request/confirm-requester.ts';
import { readRequestFile, writeRequestFile } from '../../../src-main/core/request/request-file.ts';
import { selfIssuedCertificate } from '../../../src-main/core/trust/certificate.ts';
import { signDsse } from '../../../src-main/core/trust/dsse.ts';
import { describePublicKey } from '../../../src-main/core/trust/keys.ts';
import {
  asPlainLine,
  type RequestDocument,
  requestPayloadType,
} from '../../../src-shared/contract/schemas/requests.ts';
import { codeOf } from './request-lab.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { fingerprint } = describePublicKey(privateKey);
const period = { notBefore: new Date('2026-11-01T00:00:00Z'), notAfter: new Date('2031-11-01T00:00:00Z') };
const document: RequestDocument = {
  schemaVersion: 1,
  requestId: '3f2a91c0-0c5e-4d5f-9a3b-6d4f0a1b2c3d',
  registry: { id: 'urn:uuid:1', name: 'Registry', role: 'registry' },
  ask: {
    kinds: ['model'],
    filters: [{ field: 'owner', op: 'empty', values: [] }],
    records: [{ kind: 'model', id: 'a' }],
  },
  reason: 'Owner missing',
  findings: [{ id: 1, ruleId: 'INV-002', title: 'Minimum identification set incomplete' }],
  due: '2026-12-15',
  createdAt: '2026-11-23T12:00:00Z',
  nonce: 'ab'.repeat(32),
  requester: { name: 'Ada Auditor', fingerprint },
};
let certificate: Uint8Array;
let file: Buffer;
beforeAll(async () => {
  certificate = await selfIssuedCertificate({ privateKey, commonName: 'Ada Auditor', ...period });
  file = writeRequestFile(document, privateKey, certificate);
});

const read = (bytes: Uint8Array) => codeOf(() => readRequestFile(bytes, 'q.request.json'));
/** The file with its JSON changed by hand. */
const edited = (change: (file: never) => void): Buffer => {
  const json = JSON.parse(file.toString('utf8'));
  change(json as never);
  return Buffer.from(JSON.stringify(json));
};
type Json = {
  verificationMaterial: { certificate: { rawBytes: string }; extra?: unknown };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
};
const change = (work: (json: Json) => void): Buffer => edited(work as (json: never) => void);
const signedBy = (payload: Buffer, key = privateKey): Buffer =>
  change((json) => {
    json.dsseEnvelope.payload = payload.toString('base64');
    json.dsseEnvelope.signatures[0] = {
      sig: signDsse(requestPayloadType, payload, key).toString('base64'),
      keyid: '',
    };
  });

describe('a request file', () => {
  it('gives back the document that was signed', async () => {
    const read = await readRequestFile(file, 'q.request.json');
    expect(read.document).toEqual(document);
    expect(read.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is refused, and typed, with any of its bytes changed', async () => {
    for (let at = 0; at < file.length; at += 1) {
      const mutant = Buffer.from(file);
      mutant[at] = (mutant[at] ?? 0) ^ 1;
      expect(await read(mutant), `byte ${at}`).toMatch(/^trust request\./);
    }
  });

  it('is refused when cut anywhere', async () => {
    for (let at = 0; at < file.length - 1; at += 7)
      expect(await read(file.subarray(0, at)), `cut at ${at}`).toBe('trust request.malformed');
  });

  it.each([
    [
      'another payload type',
      (json: Json) => {
        json.dsseEnvelope.payloadType = 'application/vnd.in-toto+json';
      },
      'malformed',
    ],
    [
      'no signature',
      (json: Json) => {
        json.dsseEnvelope.signatures = [];
      },
      'malformed',
    ],
    [
      'the signature twice',
      (json: Json) => {
        json.dsseEnvelope.signatures = [...json.dsseEnvelope.signatures, ...json.dsseEnvelope.signatures];
      },
      'malformed',
    ],
    [
      'a field more',
      (json: Json) => {
        json.verificationMaterial.extra = 1;
      },
      'malformed',
    ],
    [
      'a key id beside the certificate',
      (json: Json) => {
        json.dsseEnvelope.signatures = [{ sig: json.dsseEnvelope.signatures[0]?.sig ?? '', keyid: 'AAAA' }];
      },
      'malformed',
    ],
    [
      'no certificate in it',
      (json: Json) => {
        json.verificationMaterial.certificate.rawBytes = 'AAAA';
      },
      'certificate',
    ],
    [
      'base64 with a space',
      (json: Json) => {
        json.dsseEnvelope.payload = ` ${json.dsseEnvelope.payload}`;
      },
      'malformed',
    ],
  ])('is refused with %s', async (_, work, code) => {
    expect(await read(change(work))).toBe(`trust request.${code}`);
  });

  it('is refused under the certificate of another key', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const stranger = await selfIssuedCertificate({ privateKey: other, commonName: 'Ada Auditor', ...period });
    const swapped = change((json) => {
      json.verificationMaterial.certificate.rawBytes = Buffer.from(stranger).toString('base64');
    });
    expect(await read(swapped)).toBe('trust request.signature');
  });

  it('is refused when it names another fingerprint than its own, however well signed', async () => {
    const liar = Buffer.from(
      JSON.stringify(sorted({ ...document, requester: { name: 'Ada', fingerprint: `0${fingerprint.slice(1)}` } })),
    );
    expect(await read(signedBy(liar))).toBe('trust request.requester');
  });

  it('is refused when what was signed is not canonical or says too much', async () => {
    const text = JSON.stringify(sorted(document));
    expect(await read(signedBy(Buffer.from(text)))).toBe('accepted');
    expect(await read(signedBy(Buffer.from(JSON.stringify(document, null, 1))))).toBe('trust request.malformed');
    expect(await read(signedBy(Buffer.from(text.replace('{"ask"', '{"a":1,"ask"'))))).toBe('trust request.malformed');
    expect(await read(signedBy(Buffer.from(text.replace('{"ask"', '{"ask":{},"ask"'))))).toBe(
      'trust request.malformed',
    );
  });

  it.each([
    ['an escape sequence in the name', { requester: { name: 'Bob\u001b[31m', fingerprint } }],
    ['a second line in the name', { requester: { name: 'Bob\nFingerprint  AAAA', fingerprint } }],
    ['a change of writing direction in the name', { requester: { name: 'Bob\u202e', fingerprint } }],
    ['a rule that is none', { findings: [{ id: 1, ruleId: 'INV-002\u001b[1A', title: '' }] }],
  ])('is refused with %s, however well signed', async (_, part) => {
    expect(await read(signedBy(Buffer.from(JSON.stringify(sorted({ ...document, ...part })))))).toBe(
      'trust request.malformed',
    );
  });

  it('is made with a name that is one line, whatever the user is called', () => {
    expect(asPlainLine('Ada\u001b[31m\nÅsa \u202e𝒜')).toBe('Ada [31m Åsa  𝒜');
  });

  it('needs a P-256 key in its certificate', async () => {
    const pem = 'MIIBVzCCAQmgAwIBAgIUQ';
    expect(
      await read(
        change((json) => {
          json.verificationMaterial.certificate.rawBytes = pem;
        }),
      ),
    ).toMatch(/^trust request\.(certificate|malformed)$/);
  });
});

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
};

describe('whose request it is', () => {
  const confirm = async (named: string | null) => {
    const request = await readRequestFile(file, 'q.request.json');
    return codeOf(() => confirmRequester(request, named));
  };

  it('has to be confirmed, by the fingerprint in any spelling', async () => {
    expect(await confirm(null)).toBe('trust request.requester_unconfirmed');
    expect(await confirm(fingerprint)).toBe('accepted');
    expect(await confirm(fingerprint.replaceAll(' ', '').toUpperCase())).toBe('accepted');
    expect(await confirm(fingerprint.replaceAll(' ', ':'))).toBe('accepted');
  });

  it('is refused for another key, a part of the fingerprint, and words', async () => {
    expect(await confirm('0'.repeat(64))).toBe('trust request.other_requester');
    expect(await confirm(fingerprint.slice(0, 19))).toBe('usage requester.fingerprint');
    expect(await confirm('Ada Auditor')).toBe('usage requester.fingerprint');
  });

  it('is told with the fingerprint to compare', async () => {
    const request = await readRequestFile(file, 'q.request.json');
    expect(() => confirmRequester(request, null)).toThrow(fingerprint);
  });
});
