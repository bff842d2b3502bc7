import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { parseRecordLine } from '../../../src-main/core/snapshot/parse-line.ts';
import { inspectSnapshot, openVerified, verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import {
  now,
  openWorkshop,
  packSample,
  put,
  registryId,
  sampleRecord,
  sampleRecords,
  trustedKey,
  trusting,
  type Workshop,
  writeFolder,
} from './fixture.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.remove());

async function readAll(file: string, trust = trusting()) {
  const snapshot = await openVerified(file, { trust, now, job: silentJob });
  try {
    const records: CanonicalRecord[] = [];
    for await (const batch of snapshot.recordLines(silentJob))
      for (const line of batch) records.push(parseRecordLine(line, file));
    const evidence = new Map<string, Buffer>();
    for await (const item of snapshot.evidence()) {
      expect(createHash('sha256').update(item.bytes).digest('hex')).toBe(item.sha256);
      evidence.set(item.name, item.bytes);
    }
    return { records, evidence, verification: await snapshot.finish(), snapshot };
  } finally {
    await snapshot.close();
  }
}

describe('when a collected folder is packed', () => {
  it('gives back every record and every evidence file, verified', async () => {
    const { file, trust, packed } = await packSample(workshop);
    const { records, evidence, verification, snapshot } = await readAll(file, trust);
    const inOrder = (list: readonly CanonicalRecord[]) => list.map(toJcs).sort();
    expect(inOrder(records)).toEqual(inOrder(sampleRecords));
    expect(records.map((record) => record.kind)).toEqual([...records.map((record) => record.kind)].sort());
    expect([...evidence.keys()]).toEqual(['evidence/sample/model.json', 'evidence/sample/raw.bin']);
    expect(evidence.get('evidence/sample/raw.bin')).toEqual(Buffer.from([0, 255, 1, 254]));
    expect(verification).toMatchObject({
      ok: true,
      statementSha256: packed.statementSha256,
      content: { state: 'pass' },
      signer: { state: 'pass' },
      container: { state: 'pass', code: 'container.as_packed' },
    });
    expect(snapshot.signerLabel).toBe('Sample publisher');
    expect(packed).toMatchObject({ records: sampleRecords.length, sequence: 1 });
  });

  it('verifies when unpacked by a foreign tool into a folder', async () => {
    const { file, trust } = await packSample(workshop, { name: 'unpacked' });
    const folder = workshop.path('unpacked-by-unzip');
    execFileSync('unzip', ['-q', file, '-d', folder]);
    const { verification } = await verifySnapshot(folder, { trust, now, job: silentJob });
    expect(verification).toMatchObject({ ok: true, container: { state: 'pass', code: 'container.folder' } });
  });

  it('verifies as altered with content intact when a foreign tool packs it again', async () => {
    const { file, trust } = await packSample(workshop, { name: 'repacked' });
    const folder = workshop.path('repacked-by-zip');
    execFileSync('unzip', ['-q', file, '-d', folder]);
    execFileSync('zip', ['-q', '-r', '../repacked-again.zip', '.'], { cwd: folder });
    const { verification } = await verifySnapshot(workshop.path('repacked-again.zip'), { trust, now, job: silentJob });
    expect(verification).toMatchObject({
      ok: true,
      content: { state: 'pass' },
      container: { state: 'warn', code: 'container.altered' },
    });
  });

  it('continues the chain of the same registry and refuses another', async () => {
    const first = await packSample(workshop, { name: 'chain' });
    const options = { privateKeys: [first.pair.privateKey], previousPath: first.file, now, job: silentJob };
    const folder = await writeFolder(workshop.path('chain-2'));
    const second = await packSnapshot({ ...options, folder, out: workshop.path('chain-2.zip') });
    expect(second.sequence).toBe(2);
    const { predicate } = await inspectSnapshot(workshop.path('chain-2.zip'), silentJob);
    expect(predicate.previous).toEqual({ sequence: 1, statementSha256: first.packed.statementSha256 });
    const other = await writeFolder(workshop.path('chain-other'), { registry: 'urn:uuid:other' });
    await expect(packSnapshot({ ...options, folder: other, out: workshop.path('no.zip') })).rejects.toMatchObject({
      failure: { code: 'pack.other_registry' },
    });
    await expect(packSnapshot({ ...options, folder, sequence: 5, out: workshop.path('no.zip') })).rejects.toMatchObject(
      { failure: { kind: 'usage', code: 'pack.sequence' } },
    );
    expect(await readdir(workshop.root)).not.toContain('no.zip');
  });

  it('writes equal bytes for equal content, apart from the signature', async () => {
    const folder = await writeFolder(workshop.path('equal'));
    const { privateKey } = generatePublisherKey();
    const pack = (out: string) =>
      packSnapshot({ folder, out, privateKeys: [privateKey], snapshotId: 'fixed', now, job: silentJob });
    const [a, b] = [await pack(workshop.path('equal-a.zip')), await pack(workshop.path('equal-b.zip'))];
    expect(a.statementSha256).toBe(b.statementSha256);
    const members = (file: string) =>
      execFileSync('unzip', ['-v', file])
        .toString()
        .split('\n')
        .filter((line) => !/sigstore|assay-seal|Archive|files$/.test(line));
    expect(members(workshop.path('equal-a.zip'))).toEqual(members(workshop.path('equal-b.zip')));
  });

  it('names evidence beyond 1024 subjects in a signed SHA256SUMS that sha256sum accepts', async () => {
    const evidence = Object.fromEntries(
      Array.from({ length: 1500 }, (_, index) => [`evidence/many/file ${index}.json`, `{"n":${index}}`]),
    );
    const { file, trust } = await packSample(workshop, { name: 'many', evidence });
    const { verification, evidence: found } = await readAll(file, trust);
    expect(verification.ok).toBe(true);
    expect(found.size).toBe(1500);
    const folder = workshop.path('many-unpacked');
    execFileSync('unzip', ['-q', file, '-d', folder]);
    expect(execFileSync('sha256sum', ['--check', '--quiet', 'evidence/SHA256SUMS'], { cwd: folder }).toString()).toBe(
      '',
    );
    await writeFile(`${folder}/evidence/many/file 1499.json`, '{"n":0000}');
    const altered = await verifySnapshot(folder, { trust, now, job: silentJob });
    expect(altered.verification).toMatchObject({ ok: false, content: { state: 'fail', code: 'content.digest' } });
  });

  it('shares members among small evidence files beyond 4096, and reading gives the files themselves', async () => {
    const evidence = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [
        `evidence/very-many/${index}.json`,
        index % 2 ? `{"n":${index}}` : Buffer.from([0xff, index % 256]),
      ]),
    );
    const { file, trust } = await packSample(workshop, { name: 'very-many', evidence });
    const { verification, evidence: found } = await readAll(file, trust);
    expect(verification.ok).toBe(true);
    expect(found.size).toBe(5000);
    expect(found.get('evidence/very-many/4999.json')?.toString()).toBe('{"n":4999}');
    expect(found.get('evidence/very-many/4998.json')).toEqual(Buffer.from([0xff, 4998 % 256]));
    const { members } = await inspectSnapshot(file, silentJob);
    expect(members).toBeLessThan(10);
  });

  it('stores what would unpack like a bomb, and still verifies', async () => {
    const { file, trust } = await packSample(workshop, {
      name: 'zeros',
      evidence: { 'evidence/sample/zeros.bin': Buffer.alloc(8 << 20) },
    });
    const { verification } = await verifySnapshot(file, { trust, now, job: silentJob });
    expect(verification.ok).toBe(true);
  });
});

describe('when a collected folder is not what it says', () => {
  const refused = async (name: string, spoil: (folder: string) => Promise<void>, code: string) => {
    const folder = await writeFolder(workshop.path(name));
    await spoil(folder);
    const out = workshop.path(`${name}.zip`);
    await expect(
      packSnapshot({ folder, out, privateKeys: [generatePublisherKey().privateKey], now, job: silentJob }),
    ).rejects.toMatchObject({ failure: { kind: 'input', code } });
    expect(
      (await readdir(workshop.root)).filter((entry) => entry.startsWith(`.${name}`) || entry === `${name}.zip`),
    ).toEqual([]);
  };
  const models = 'records/model-0001.ndjson';
  const lines = async (folder: string) => (await readFile(`${folder}/${models}`, 'utf8')).split('\n').slice(0, -1);

  it('refuses unsorted records', () =>
    refused(
      'unsorted',
      async (folder) => put(folder, models, `${(await lines(folder)).reverse().join('\n')}\n`),
      'record.unsorted',
    ));
  it('refuses a record that occurs twice', () =>
    refused(
      'twice',
      async (folder) => put(folder, models, `${(await lines(folder)).flatMap((line) => [line, line]).join('\n')}\n`),
      'record.duplicate',
    ));
  it('refuses a line that is not canonical', () =>
    refused(
      'spaces',
      async (folder) =>
        put(folder, models, `${(await lines(folder)).map((line) => line.replace(':', ': ')).join('\n')}\n`),
      'record.not_canonical',
    ));
  it('refuses a last line without a newline', () =>
    refused(
      'unterminated',
      async (folder) => put(folder, models, (await lines(folder)).join('\n')),
      'record.unterminated',
    ));
  it('refuses counts that differ from collection.json', () =>
    refused(
      'counts',
      async (folder) => put(folder, models, `${(await lines(folder)).slice(1).join('\n')}\n`),
      'pack.counts',
    ));
  it('refuses a stray file', () => refused('stray', (folder) => put(folder, 'notes.txt', 'x'), 'pack.stray_file'));
  it('refuses a shard number that is missing', () =>
    refused('gap', (folder) => put(folder, 'records/party-0002.ndjson', ''), 'pack.shard_number'));
  it('refuses a folder without collection.json', async () => {
    await mkdir(workshop.path('nothing'));
    await expect(
      packSnapshot({
        folder: workshop.path('nothing'),
        out: workshop.path('nothing.zip'),
        privateKeys: [generatePublisherKey().privateKey],
        now,
        job: silentJob,
      }),
    ).rejects.toMatchObject({ failure: { code: 'pack.no_collection' } });
  });
  it('refuses a record that names a source which is not there', () =>
    refused(
      'source',
      async (folder) =>
        put(
          folder,
          models,
          `${(await lines(folder)).map((line) => line.replace('"source":0', '"source":7')).join('\n')}\n`,
        ),
      'record.source',
    ));
});

describe('when several keys sign', () => {
  it('counts distinct trusted keys against the threshold', async () => {
    const second = generatePublisherKey();
    const { file, pair } = await packSample(workshop, { name: 'two-keys', keys: [second.privateKey] });
    const check = async (trust: ReturnType<typeof trusting>, threshold?: number) =>
      (await verifySnapshot(file, { trust, now, job: silentJob, ...(threshold === undefined ? {} : { threshold }) }))
        .verification;
    expect(await check({ ...trusting(trustedKey(pair), trustedKey(second)), threshold: 2 })).toMatchObject({
      ok: true,
      signer: { threshold: 2 },
    });
    expect(await check(trusting(trustedKey(pair)), 2)).toMatchObject({
      ok: false,
      signer: { code: 'signer.threshold' },
    });
    expect(await check(trusting(trustedKey(second)))).toMatchObject({ ok: true });
    expect(await check({ ...trusting(trustedKey(pair), trustedKey(second)), threshold: 3 }, 1)).toMatchObject({
      ok: false,
      signer: { code: 'signer.threshold', threshold: 3 },
    });
  });

  it('refuses the same key twice', async () => {
    const { pair } = await packSample(workshop, { name: 'same-key' });
    const folder = await writeFolder(workshop.path('same-key-2'), {
      records: [sampleRecord('model', 'a')],
      registry: registryId,
    });
    await expect(
      packSnapshot({
        folder,
        out: workshop.path('x.zip'),
        privateKeys: [pair.privateKey, pair.privateKey],
        now,
        job: silentJob,
      }),
    ).rejects.toMatchObject({ failure: { kind: 'usage', code: 'pack.same_key' } });
  });
});
