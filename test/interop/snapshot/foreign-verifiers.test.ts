/** Independent public tools verify every form of snapshot that Assay packs, and refuse what was altered. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redactSnapshot } from '../../../src-main/core/disclosure/redact.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { limits } from '../../../src-main/core/snapshot/limits.ts';
import { checksumsMember, modelSignatureMember, signatureMember } from '../../../src-main/core/snapshot/names.ts';
import { exportPublicKeyPem, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { now, openWorkshop, packSample, type Workshop } from '../../unit/snapshot/fixture.ts';
import { describeWith, mustRun, runTool, tool } from '../support/tools.ts';
import { cosign, type ForeignVerifier, type Question, securesystemslib, shellRecipe, sigstoreJs } from './verifiers.ts';

const second = generatePublisherKey();
const manyFiles = Object.fromEntries(
  Array.from({ length: limits.subjects + 200 }, (_, index) => [
    `evidence/sample/${index}.json`,
    `{"index":${index}}\n`,
  ]),
);
/** Forms with their options; the workshop holds each unpacked, with its publisher's public key beside it. */
const forms = {
  plain: {},
  'co-signed': { keys: [second.privateKey] },
  'with a checksum list': { evidence: manyFiles },
  'with model.sig': { keys: [second.privateKey], modelSigning: true },
} as const;
type Form = keyof typeof forms;
const formNames = Object.keys(forms) as Form[];

let workshop: Workshop;
const statementDigests = new Map<Form, string>();
beforeAll(async () => {
  workshop = await openWorkshop();
  writeFileSync(workshop.path('second.pub.pem'), exportPublicKeyPem(second.publicKey));
  writeFileSync(workshop.path('stranger.pub.pem'), exportPublicKeyPem(generatePublisherKey().publicKey));
  if (tool('unzip').version === null) return;
  for (const form of formNames) {
    const sample = await packSample(workshop, { name: form, ...forms[form] });
    mkdirSync(workshop.path(form));
    mustRun('unzip', ['-q', sample.file, '-d', workshop.path(form, 'unpacked')]);
    writeFileSync(workshop.path(form, 'publisher.pub.pem'), exportPublicKeyPem(sample.pair.publicKey));
    statementDigests.set(form, sample.packed.statementSha256);
  }
});
afterAll(() => workshop.remove());

const questionAbout = (form: Form): Question => ({
  folder: workshop.path(form, 'unpacked'),
  signature: workshop.path(form, 'unpacked', signatureMember),
  publicKey: workshop.path(form, 'publisher.pub.pem'),
  member: 'records/model-0001.ndjson',
});

interface LooseBundle {
  readonly verificationMaterial: { readonly publicKey: { readonly hint: string } };
  readonly dsseEnvelope: { payload: string; readonly signatures: readonly [{ sig: string; keyid: string }] };
}
/** The question about the plain form with one thing changed in its signature file. */
function withBundle(change: (bundle: LooseBundle) => void): Question {
  const question = questionAbout('plain');
  const bundle: LooseBundle = JSON.parse(readFileSync(question.signature, 'utf8'));
  change(bundle);
  const signature = workshop.path('altered.sigstore.json');
  writeFileSync(signature, JSON.stringify(bundle));
  return { ...question, signature };
}
const recoded = (base64: string, change: (bytes: Buffer) => Buffer): string =>
  change(Buffer.from(base64, 'base64')).toString('base64');

const signatureFaults: readonly (readonly [string, () => Question])[] = [
  [
    'an altered statement',
    () =>
      withBundle(({ dsseEnvelope }) => {
        dsseEnvelope.payload = recoded(dsseEnvelope.payload, (bytes) =>
          Buffer.from(bytes.toString().replace('"sequence":1', '"sequence":7')),
        );
      }),
  ],
  [
    'an altered signature',
    () =>
      withBundle(({ dsseEnvelope: { signatures } }) => {
        signatures[0].sig = recoded(signatures[0].sig, (bytes) => {
          bytes.writeUInt8(bytes.readUInt8(10) ^ 1, 10);
          return bytes;
        });
      }),
  ],
  ['the key of somebody else', () => ({ ...questionAbout('plain'), publicKey: workshop.path('stranger.pub.pem') })],
];

/** A copy of a form with one byte more in `member`. */
function withLongerMember(form: Form, member: string): Question {
  const folder = mkdtempSync(workshop.path('altered-'));
  cpSync(workshop.path(form, 'unpacked'), folder, { recursive: true });
  appendFileSync(join(folder, member), '\n');
  return { ...questionAbout(form), folder, member };
}

function judges(verify: ForeignVerifier): void {
  it.each(formNames)('accepts the snapshot %s', (form) => {
    expect(verify(questionAbout(form))).toMatchObject({ ok: true });
  });

  it('accepts a co-signature as it stands', () => {
    const question = questionAbout('co-signed');
    const [name = ''] = readdirSync(join(question.folder, 'signatures'));
    const signature = join(question.folder, 'signatures', name);
    const publicKey = workshop.path('second.pub.pem');
    expect(verify({ ...question, signature, publicKey })).toMatchObject({ ok: true });
    expect(verify({ ...question, publicKey }).ok).toBe(false);
  });

  it.each(signatureFaults)('refuses %s', (_name, question) => {
    expect(verify(question()).ok).toBe(false);
  });
}

function judgesMembers(verify: ForeignVerifier): void {
  it.each(['records/model-0001.ndjson', 'evidence/sample/raw.bin'])('refuses %s with one byte more', (member) => {
    expect(verify({ ...questionAbout('plain'), member })).toMatchObject({ ok: true });
    expect(verify(withLongerMember('plain', member)).ok).toBe(false);
  });
}

describeWith(
  ['cosign'],
  'verifies our snapshots',
  () => {
    judges(cosign);
    judgesMembers(cosign);

    it('refuses a key id beside the signature, which is why Assay writes none', () => {
      const question = withBundle(({ verificationMaterial, dsseEnvelope: { signatures } }) => {
        signatures[0].keyid = verificationMaterial.publicKey.hint;
      });
      expect(cosign(question).ok).toBe(false);
      expect(sigstoreJs(question).ok).toBe(true);
    });

    it('refuses the statement under another predicate type', () => {
      const { ok, text } = cosign({ ...questionAbout('plain'), predicateType: 'urn:other:v1' });
      expect(ok).toBe(false);
      expect(text).toContain('urn:other:v1');
    });
  },
  ['unzip'],
);

describeWith(['securesystemslib'], 'verifies the envelopes of our snapshots', () => judges(securesystemslib), [
  'unzip',
]);

describeWith(
  ['@sigstore/verify'],
  'verifies the bundles of our snapshots',
  () => {
    judges(sigstoreJs);

    it('accepts the bundle of a redacted snapshot', async () => {
      const [file, out] = [workshop.path('plain.zip'), workshop.path('redacted.zip')];
      await redactSnapshot({ file, out, keep: ['model/model-1'], evidence: 'none', by: 'tester', now, job: silentJob });
      const folder = workshop.path('redacted');
      mustRun('unzip', ['-q', out, '-d', folder]);
      const signature = join(folder, signatureMember);
      expect(sigstoreJs({ ...questionAbout('plain'), folder, signature })).toMatchObject({ ok: true });
    });
  },
  ['unzip'],
);

describeWith(
  ['jq', 'openssl', 'sha256sum'],
  'verify our snapshots together',
  () => {
    judges(shellRecipe);
    judgesMembers(shellRecipe);

    it('prints the statement digest that Assay prints', () => {
      expect(shellRecipe(questionAbout('plain')).text).toContain(statementDigests.get('plain'));
    });

    it('refuses an altered file that only the checksum list names', () => {
      const list = workshop.path('with a checksum list', 'unpacked', checksumsMember);
      expect(readFileSync(list, 'utf8')).toContain('evidence/sample/999.json');
      const question = withLongerMember('with a checksum list', 'evidence/sample/999.json');
      expect(shellRecipe(question).ok).toBe(false);
    });
  },
  ['unzip'],
);

describeWith(
  ['model-signing'],
  'verifies the companion model.sig of our snapshots',
  () => {
    const verify = ({ folder, publicKey }: Question): boolean => {
      const signature = join(folder, modelSignatureMember);
      return (
        runTool('model-signing', ['verify', 'key', folder, '--signature', signature, '--public_key', publicKey])
          .code === 0
      );
    };

    it('accepts the unpacked snapshot', () => {
      expect(verify(questionAbout('with model.sig'))).toBe(true);
    });

    it.each(['records/model-0001.ndjson', 'evidence/sample/raw.bin'])('refuses %s with one byte more', (member) => {
      expect(verify(withLongerMember('with model.sig', member))).toBe(false);
    });

    it('refuses a member that was added', () => {
      expect(verify(withLongerMember('with model.sig', 'evidence/sample/added.json'))).toBe(false);
    });

    it('refuses the key of somebody else', () => {
      const publicKey = workshop.path('stranger.pub.pem');
      expect(verify({ ...questionAbout('with model.sig'), publicKey })).toBe(false);
    });
  },
  ['unzip'],
);

describeWith(['unzip'], 'tests our containers', () => {
  it.each(formNames)('finds no error in the container: %s', (form) => {
    expect(runTool('unzip', ['-t', workshop.path(`${form}.zip`)])).toMatchObject({ code: 0 });
  });
});
