/** Redacted snapshots: what they show, what they withhold, and what each change to them does. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { type RedactOptions, redactSnapshot } from '../../../src-main/core/disclosure/redact.ts';
import { verifyRedacted } from '../../../src-main/core/disclosure/verify-proof.ts';
import { readIdentities } from '../../../src-main/core/encryption/identity-file.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { inspectSnapshot, openVerified, verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { codeOf } from '../../support/session.ts';
import {
  now,
  openWorkshop,
  packSample,
  type SampleBundle,
  sampleRecord,
  trustedKey,
  trusting,
  type Workshop,
} from '../snapshot/fixture.ts';
import { type Draft, optionsFor, prove } from './fixture.ts';
import { rewriteBundle, rewriteMember } from './rewrite-bundle.ts';

let workshop: Workshop;
let sample: SampleBundle;
let redacted: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop, {
    records: [
      ...Array.from({ length: 20 }, (_, n) =>
        from('model', `model-${n}`, n < 10 ? 'a' : 'b', { risk_tier: `${n % 3}` }),
      ),
      ...Array.from({ length: 5 }, (_, n) => from('model_version', `m/${n}`, n === 0 ? 'a' : 'c')),
    ],
    evidence: { 'evidence/a.json': '{}', 'evidence/b.json': '[]', 'evidence/c.json': '1', 'evidence/unused.txt': 'x' },
  });
  redacted = await redact('shown', { keep: ['model/model-1?', 'model/model-3'] });
});
afterAll(() => workshop.remove());

function from(kind: 'model' | 'model_version', id: string, file: string, body = {}) {
  const record = sampleRecord(kind, id, body);
  return {
    ...record,
    prov: { ...record.prov, default: { confidence: 'declared', locator: `evidence/${file}.json#/${id}` } },
  } as const;
}

async function redact(name: string, options: Partial<RedactOptions>): Promise<string> {
  const out = workshop.path(`${name}.assay`);
  await redactSnapshot({
    file: sample.file,
    out,
    keep: ['*'],
    evidence: 'exclusive',
    by: 'A. Auditor',
    now,
    job: silentJob,
    ...options,
  });
  return out;
}

const answerTo = (file: string, trust = sample.trust) => verifyRedacted(file, 'shown.assay', optionsFor(trust));
const members = (file: string): readonly string[] =>
  execFileSync('unzip', ['-Z1', file]).toString().trim().split('\n').sort();

describe('when a snapshot is redacted', () => {
  it('shows what was kept, each record proven, and counts what was withheld', async () => {
    const answer = await answerTo(redacted);
    expect(answer).toMatchObject({
      ok: true,
      form: 'redacted_snapshot',
      statementSha256: sample.packed.statementSha256,
      content: {
        state: 'pass',
        code: 'content.redacted',
        text: 'Redacted: 11 of 25 records are shown, each proven to be in the signed snapshot; the other 14 are withheld. 1 of 4 evidence files are included, unchanged.',
      },
      shown: 11,
      size: 25,
    });
    expect(answer.records.map(({ ref }) => ref.id)).toContain('model-3');
    expect(answer.records.map(({ ref }) => ref.id)).not.toContain('model-4');
  });

  it('holds the publisher signature unchanged and no withheld line', () => {
    expect(members(redacted)).toEqual([
      'disclosed/model-0001.ndjson',
      'evidence/b.json',
      'redaction.json',
      'snapshot.sigstore.json',
    ]);
    const signature = (file: string) => execFileSync('unzip', ['-p', file, 'snapshot.sigstore.json']);
    expect(signature(redacted).equals(signature(sample.file))).toBe(true);
    expect(execFileSync('unzip', ['-p', redacted]).includes('record model-4')).toBe(false);
  });

  it('verifies as a snapshot that shows a part, and inspects as redacted', async () => {
    const { verification } = await verifySnapshot(redacted, { trust: sample.trust, now, job: silentJob });
    expect(verification).toMatchObject({ ok: true, content: { code: 'content.redacted' } });
    const { redaction } = await inspectSnapshot(redacted, silentJob);
    expect(redaction).toMatchObject({
      redactedBy: 'A. Auditor',
      keep: ['model/model-1?', 'model/model-3'],
      records: [
        { kind: 'model', total: 20, shown: 11 },
        { kind: 'model_version', total: 5, shown: 0 },
      ],
      evidence: { total: 4, shown: 1 },
    });
    expect((await inspectSnapshot(sample.file, silentJob)).redaction).toBeNull();
  });

  it('is readable by its owner only, as the whole one is', () => {
    for (const file of [redacted, sample.file]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('says that the whole snapshot was encrypted and the part is not', async () => {
    const identity = await generateX25519Identity();
    const identities = await readIdentities(Buffer.from(`${identity}\n`), 'key.txt', undefined);
    const file = workshop.path('secret.assay');
    await packSnapshot({
      folder: workshop.path('sample-folder'),
      out: file,
      privateKeys: [sample.pair.privateKey],
      recipients: [await identityToRecipient(identity)],
      now,
      job: silentJob,
    });
    const options = { keep: ['*'], evidence: 'none', by: '', now, job: silentJob } as const;
    const out = workshop.path('secret-part.assay');
    expect(await redactSnapshot({ ...options, file, out, identities })).toMatchObject({ fromEncrypted: true });
    expect(await redactSnapshot({ ...options, file: sample.file, out })).toMatchObject({ fromEncrypted: false });
  });

  it('verifies when it was unpacked into a folder', async () => {
    const folder = workshop.path('unpacked');
    execFileSync('unzip', ['-q', redacted, '-d', folder]);
    expect(await answerTo(folder)).toMatchObject({ ok: true, shown: 11 });
  });

  it('is never taken for a whole snapshot', async () => {
    const options = { trust: sample.trust, now, job: silentJob };
    expect(await codeOf(() => openVerified(redacted, options))).toBe('input snapshot.redacted');
    expect(await codeOf(() => prove(redacted, ['model/model-3']))).toBe('input snapshot.redacted');
    expect(await codeOf(() => redact('again', { file: redacted }))).toBe('input snapshot.redacted');
    expect(await codeOf(() => answerTo(sample.file))).toBe('input proof.whole_snapshot');
    const unmarked = rewriteBundle(workshop, redacted, (folder) => rmSync(join(folder, 'redaction.json')));
    expect(await codeOf(() => openVerified(unmarked, options))).toBe('trust content.unlisted_member');
    const posing = rewriteBundle(workshop, redacted, (folder) => {
      rmSync(join(folder, 'redaction.json'));
      renameSync(join(folder, 'disclosed'), join(folder, 'records'));
    });
    expect(await codeOf(() => openVerified(posing, options))).toBe('trust content.digest');
  });

  it('includes evidence by the rule that was asked for', async () => {
    const evidence = (file: string) => members(file).filter((name) => name.startsWith('evidence/'));
    const keep = ['model/model-3', 'model/model-1?'];
    expect(evidence(await redact('needed', { keep, evidence: 'needed' }))).toEqual([
      'evidence/a.json',
      'evidence/b.json',
    ]);
    expect(evidence(await redact('none', { keep, evidence: 'none' }))).toEqual([]);
    const all = await redact('all', { keep: ['*'] });
    expect(evidence(all)).toEqual(['evidence/a.json', 'evidence/b.json', 'evidence/c.json']);
    expect(await answerTo(all)).toMatchObject({ ok: true, shown: 25 });
  });

  it('withholds a shared evidence member unless every file in it speaks of kept records only', async () => {
    const names = Array.from({ length: 4200 }, (_, n) => `evidence/many/${n}.json`);
    const records = names.slice(0, 3).map((name, n) => from('model', `m-${n}`, name.slice(9, -5)));
    const evidence = Object.fromEntries(names.map((name) => [name, `"${name}"`]));
    const many = await packSample(workshop, { name: 'many', records, evidence });
    const part = await redact('many-part', { file: many.file, keep: ['model/m-0'], evidence: 'exclusive' });
    expect(members(part).filter((name) => name.startsWith('evidence/'))).toEqual([]);
    const needed = await redact('many-needed', { file: many.file, keep: ['model/m-0'], evidence: 'needed' });
    expect(members(needed)).toContain('evidence/bundle-0001.ndjson');
    expect(await answerTo(needed, many.trust)).toMatchObject({ ok: true, shown: 1 });
  });

  it('includes the signed list of evidence, so that its number stays known', async () => {
    const evidence = Object.fromEntries(
      Array.from({ length: 1100 }, (_, n) => [`evidence/f/${String(n).padStart(4, '0')}.json`, `${n}`]),
    );
    const records = [from('model', 'first', 'f/0000'), from('model', 'last', 'f/1099')];
    const listed = await packSample(workshop, { name: 'listed', records, evidence });
    const file = await redact('listed-part', { file: listed.file, keep: ['model/last'] });
    expect(members(file)).toContain('evidence/SHA256SUMS');
    expect((await answerTo(file, listed.trust)).content.text).toMatch(/1 of 1100 evidence files/);
    const without = rewriteBundle(workshop, file, (folder) => rmSync(join(folder, 'evidence/SHA256SUMS')));
    expect((await answerTo(without, listed.trust)).content).toMatchObject({ code: 'content.missing_member' });
  });

  it.each([
    ['model', 20],
    ['*', 25],
    ['*/m*1', 3],
    ['model/model-?', 10],
    ['model[risk_tier=1]', 7],
    ['model/model-1*[risk_tier=1|2][id!=model-10]', 7],
    ['model[risk_tier=]', 0],
    ['model[name~MODEL-1]', 11],
  ])('keeps by %s %i records', async (expression, count) => {
    const work = () => redact('expression', { keep: [expression] });
    if (count === 0) return expect(await codeOf(work)).toBe('input redact.nothing_kept');
    expect(await answerTo(await work())).toMatchObject({ ok: true, shown: count });
  });

  it.each([
    ['nonsense', 'usage redact.expression'],
    ['model/', 'usage redact.expression'],
    ['model[no_such_field=1]', 'usage redact.unknown_field'],
    ['*[risk_tier=1]', 'usage redact.unknown_field'],
  ])('refuses the expression %s', async (expression, code) => {
    expect(await codeOf(() => redact('refused', { keep: [expression] }))).toBe(code);
    expect(existsSync(workshop.path('refused.assay'))).toBe(false);
  });

  it('redacts nothing that is not what was signed', async () => {
    const changes = [
      ['records/model-0001.ndjson', 'record model-7', 'record model-8'],
      ['evidence/c.json', '1', '2'],
    ] as const;
    for (const [member, from, to] of changes) {
      const altered = rewriteMember(workshop, sample.file, member, (text) => text.replace(from, to));
      expect(await codeOf(() => redact('altered', { file: altered }))).toBe('trust content.digest');
    }
    expect(existsSync(workshop.path('altered.assay'))).toBe(false);
  });

  it('does not replace the whole snapshot with a part of it', async () => {
    expect(await codeOf(() => redact('same', { out: sample.file }))).toBe('usage redact.same_file');
  });

  it('takes no pattern for long', async () => {
    const started = performance.now();
    await codeOf(() => redact('pattern', { keep: [`model/${'*a'.repeat(400)}b`] }));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('when a redacted snapshot was tampered with', () => {
  const inJson = (change: (draft: Draft) => void) => (folder: string) => {
    const path = join(folder, 'redaction.json');
    const draft = JSON.parse(readFileSync(path, 'utf8'));
    change(draft);
    writeFileSync(path, `${toJcs(draft)}\n`);
  };
  const inText = (member: string, change: (text: string) => string) => (folder: string) => {
    const path = join(folder, member);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  const shard = 'disclosed/model-0001.ndjson';
  const cases: readonly (readonly [string, string, (folder: string) => void])[] = [
    ['a record', 'fail proof.root', inText(shard, (text) => text.replace('record model-3', 'record model-4'))],
    ['a record left out', 'fail proof.index', inText(shard, (text) => text.slice(text.indexOf('\n') + 1))],
    ['a record twice', 'fail proof.order', inText(shard, (text) => text.slice(0, text.indexOf('\n') + 1) + text)],
    ['a shard left out', 'fail proof.index', (folder) => rmSync(join(folder, 'disclosed'), { recursive: true })],
    ['an evidence file', 'fail content.digest', inText('evidence/b.json', () => '{}')],
    ['an evidence file left out', 'fail proof.counts', (folder) => rmSync(join(folder, 'evidence/b.json'))],
    [
      'a file that nobody signed',
      'fail content.unlisted_member',
      (folder) => writeFileSync(join(folder, 'evidence/new.json'), '{}'),
    ],
    [
      'a list of evidence that nobody signed',
      'fail content.unlisted_member',
      (folder) => writeFileSync(join(folder, 'evidence/SHA256SUMS'), 'anything\n'),
    ],
    [
      'a companion signature, which nothing here can be checked against',
      'fail content.unlisted_member',
      (folder) => writeFileSync(join(folder, 'model.sig'), 'anything\n'),
    ],
    ['the number of records of a kind', 'fail proof.counts', inJson((d) => (d['records'][0].total = 11))],
    ['a kind left out of the counts', 'fail proof.counts', inJson((d) => d['records'].pop())],
    ['the number of evidence files', 'fail proof.counts', inJson((d) => (d['evidence'].total = 1))],
    ['the size', 'fail proof.tree', inJson((d) => (d['tree'].size = 11))],
    ['a hash', 'fail proof.root', inJson((d) => (d['nodes'][0] = 'a'.repeat(64)))],
    ['the place of a record', 'fail proof.root', inJson((d) => (d['runs'][0][0] -= 1))],
    ['runs that touch', 'fail proof.index', inJson((d) => d['runs'].splice(0, 1, [1, 1], [2, d['runs'][0][1] - 1]))],
    ['a huge run', 'fail proof.index', inJson((d) => (d['runs'] = [[0, Number.MAX_SAFE_INTEGER]]))],
    ['an unknown field', 'fail redaction.malformed', inJson((d) => (d['verified'] = true))],
    ['a later format', 'fail redaction.malformed', inJson((d) => (d['format'] = 'urn:assay:redaction:v2'))],
    ['white space', 'fail redaction.malformed', inText('redaction.json', (text) => ` ${text}`)],
    [
      'the signature',
      'unknown content.not_checked',
      inText('snapshot.sigstore.json', (text) => text.replace(/"sig":"(.{20})./, (_all, head) => `"sig":"${head}0`)),
    ],
  ];
  it.each(cases)('sees %s: %s', async (_what, expected, change) => {
    const altered = rewriteBundle(workshop, redacted, change);
    const answer = await answerTo(altered);
    expect(`${answer.content.state} ${answer.content.code}`).toBe(expected);
    expect(answer).toMatchObject({ ok: false, records: [] });
    const { verification } = await verifySnapshot(altered, { trust: sample.trust, now, job: silentJob });
    expect(verification.ok).toBe(false);
  });

  it('shows nothing that a stranger signed, and leaves no temporary file behind', async () => {
    const answer = await answerTo(redacted, trusting(trustedKey(generatePublisherKey())));
    expect(answer).toMatchObject({ ok: false, content: { code: 'content.not_checked' }, shown: 0, records: [] });
    expect(readdirSync(workshop.root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
