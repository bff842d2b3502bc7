/** What the worst bundles cost: memory, time, and what is read before a signature of a trusted key was checked (security.md 3). */
import { spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeBundle } from '../../src-main/core/trust/bundle.ts';
import { describePublicKey, generatePublisherKey, keyIdHex } from '../../src-main/core/trust/keys.ts';
import { buildZip, type LabEntry, membersOf } from '../unit/snapshot/zip-lab.ts';
import { inTrial, useMatrix } from './cases.ts';
import type { Probe } from './import-probe.ts';
import { gibibyteLine, gibibyteLineBehindSmallSize } from './long-lines.ts';
import { changed, type GoodBundle, noise, publish, publishLines, record, recordLines, stranger } from './mutator.ts';
import { commandLine, expectRefused, type Trial } from './trial.ts';
import { bombOf, manyEntries, overlappingBomb } from './zip-bombs.ts';

const MiB = 2 ** 20;
const mostMiB = 256;
const mostSeconds = 10;
const signatureName = 'snapshot.sigstore.json';
const raw = 'evidence/registry/raw.bin';

type Build = (good: GoodBundle, trial: Trial) => Buffer | string | Promise<Buffer | string>;
const replaced =
  (name: string, change: Partial<LabEntry>): Build =>
  ({ members }) =>
    buildZip(changed(members, name, change));
const line = (body: string): string =>
  `{"body":${body},"id":"x","kind":"model","prov":{"default":{"confidence":"declared","locator":"e"},"source":0}}\n`;

/** By people who cannot sign. */
const unsigned: readonly (readonly [string, Build, string])[] = [
  ['a million entries', () => manyEntries(1_000_000, 10), 'container.not_a_zip'],
  ['9,000 entries', () => manyEntries(9_000, 9_000), 'container.too_many_members'],
  ['overlapping members', () => overlappingBomb(4000), 'container.overlap'],
  ['a deflate bomb', replaced(raw, { content: Buffer.alloc(64 * MiB) }), 'container.member_ratio'],
  ['a line of 1 GiB', (good) => gibibyteLine(good), 'container.member_too_large'],
  [
    'a signature file of 64 MiB',
    replaced(signatureName, { content: Buffer.alloc(64 * MiB, 0x20), method: 0 }),
    'container.member_too_large',
  ],
  [
    'a signature file of 1 MiB of white space',
    replaced(signatureName, { content: Buffer.alloc(MiB, 0x20) }),
    'signature.malformed',
  ],
  [
    'a signature file of 1 MiB of brackets',
    replaced(signatureName, { content: Buffer.alloc(MiB, '[') }),
    'signature.malformed',
  ],
  [
    'a signature file that unpacks to 1 GiB',
    (good) => buildZip(changed(good.members, signatureName, bombOf(1024 * MiB, 3000))),
    'container.member_damaged',
  ],
  [
    'a statement of 700 KiB by a stranger',
    (good) => publish(good, { signer: stranger, payload: padded(700_000) }),
    'signer.untrusted',
  ],
  ['16 co-signatures of 900 KiB by strangers', (good) => manySignatures(good), 'container.unverified_too_large'],
  ['a sparse file of 4 GiB', (good, trial) => sparse(good, trial), 'container.not_a_zip'],
  [
    '4,096 members by a stranger',
    (good) => publish(good, { signer: stranger, content: manyShards(1000) }),
    'signer.untrusted',
  ],
];

/** By a publisher who is trusted, or who lost his key. */
const signed: readonly (readonly [string, Build, string])[] = [
  [
    'a bomb that states a small size',
    (good) => buildZip(changed(good.members, raw, bombOf(1024 * MiB, 14 * 1024))),
    'content.damaged',
  ],
  ['a line of 1 GiB behind a small size', (good) => gibibyteLineBehindSmallSize(good), 'content.damaged'],
  [
    'a line of 48 MiB',
    (good) => publishLines(good, 'model', line(`{"model_name":"${noise('x', 36 * MiB).toString('base64')}"}`)),
    'record.too_long',
  ],
  [
    'nesting of 500,000 levels',
    (good) => publishLines(good, 'model', line(`{"d":${'['.repeat(5e5)}${']'.repeat(5e5)}}`)),
    'record.too_deep',
  ],
  [
    'a record of 100,000 fields',
    (good) => publishLines(good, 'model', line(`{${fields(60_000)},"model_name":7}`)),
    'record.wrong_type',
  ],
  [
    'a statement of 700 KiB with an unknown field',
    (good) => publish(good, { payload: padded(700_000) }),
    'statement.malformed',
  ],
  ['a statement of 1,000 files that are missing', (good) => manyMissing(good), 'content.missing_member'],
  [
    '200,000 records of which the last is wrong',
    (good) => publishLines(good, 'model', manyRecords(20_000)),
    'record.wrong_type',
  ],
  ['64 MiB of evidence four times, then a wrong record count', (good) => largeEvidence(good), 'content.record_count'],
];

function padded(bytes: number) {
  return (text: string): string => text.replace('"sequence":', `"padding":"${'x'.repeat(bytes)}","sequence":`);
}

const fields = (count: number): string =>
  Array.from({ length: count }, (_, n) => `"f${String(n).padStart(6, '0')}":1`).join(',');

const manyShards = (count: number): LabEntry[] =>
  Array.from({ length: count }, (_, n) => ({ name: `evidence/${n}`, content: Buffer.from(`${n}`) }));

const manyMissing = (good: GoodBundle): Buffer =>
  buildZip(membersOf(publish(good, { content: manyShards(1000) })).slice(0, 1));

function manyRecords(count: number): string {
  const ids = Array.from({ length: count }, (_, n) => `m-${String(n).padStart(7, '0')}`);
  return recordLines([
    ...ids.map((id) => record('model', id, { model_id: id })),
    record('model', 'z-last', { model_name: 7 }),
  ]);
}

function largeEvidence(good: GoodBundle): Buffer {
  const content = Array.from({ length: 4 }, (_, n) => ({
    name: `evidence/${n}.bin`,
    content: Buffer.alloc(64 * MiB, noise(`block ${n}`, 4096)),
  }));
  return publish(good, {
    content: [{ name: 'records/model-0001.ndjson', content: Buffer.from(line('{}')) }, ...content],
    payload: (text) => text.replace('"leaves":1', '"leaves":2'),
  });
}

function manySignatures({ payload, members }: GoodBundle): Buffer {
  const large = Buffer.concat([payload, noise('tail', 600 * 1024)]);
  const pairs = Array.from({ length: 16 }, () => generatePublisherKey());
  const files = pairs.map((pair) => ({
    name: `signatures/${keyIdHex(describePublicKey(pair.publicKey).keyId)}.sigstore.json`,
    content: writeBundle(large, pair.privateKey),
  }));
  return buildZip([
    { name: signatureName, content: writeBundle(large, stranger.privateKey) },
    ...files,
    ...members.slice(2),
  ]);
}

function sparse({ bytes }: GoodBundle, trial: Trial): string {
  const file = trial.path('sparse.assay');
  writeFileSync(file, bytes);
  truncateSync(file, 4 * 1024 * MiB - 3);
  return file;
}

/** Imports in a process of its own and returns what that cost. */
function probe(trial: Trial, file: string): Probe {
  const { keys, folder } = trial.workspace;
  const keyFile = trial.path('keys.json');
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  writeFileSync(
    keyFile,
    JSON.stringify({
      userId: keys.userId,
      dek: hex(keys.dek),
      ed25519Seed: hex(keys.ed25519Seed),
      p256Pkcs8: hex(keys.p256Pkcs8),
    }),
  );
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'import-probe.ts'), folder, keyFile, file], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`the probe exited ${run.status}: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

/** The peak of a process is told by Linux alone. */
describe.runIf(process.platform === 'linux')('Memory, time and reading', () => {
  const matrix = useMatrix();

  const measured = (build: Build, code: string) =>
    new Promise<Probe>((resolve, reject) => {
      inTrial(matrix, async (trial, good) => {
        const bundle = await build(good, trial);
        const cost = probe(trial, typeof bundle === 'string' ? bundle : trial.put(bundle));
        process.stdout.write(
          `  ${cost.code}: +${Math.round(cost.peakMiB - cost.idleMiB)} MiB, ${cost.seconds.toFixed(2)} s, ${cost.bytesRead} bytes read\n`,
        );
        expect(cost.code).toBe(code);
        expect(cost.peakMiB - cost.idleMiB).toBeLessThanOrEqual(mostMiB);
        expect(cost.seconds).toBeLessThanOrEqual(mostSeconds);
        resolve(cost);
      }).catch(reject);
    });

  it.for(unsigned)('%s: refused within the limits, after at most 1 MiB', async ([, build, code]) => {
    expect((await measured(build, code)).bytesRead).toBeLessThanOrEqual(MiB);
  });

  it.for(signed)('%s: refused within the limits', async ([, build, code]) => {
    await measured(build, code);
  });

  it.for([unsigned[0], unsigned[8], signed[1]].filter((entry) => entry !== undefined))(
    '%s, through the command: an answer within 10 seconds',
    ([, build, code]) =>
      inTrial(matrix, async (trial, good) => {
        const bundle = await build(good, trial);
        let seconds = Number.POSITIVE_INFINITY;
        const file = typeof bundle === 'string' ? bundle : trial.put(bundle);
        await expectRefused(trial, good, file, code, {
          host: async (...args) => {
            const started = performance.now();
            const outcome = await commandLine(...args);
            seconds = Math.min(seconds, (performance.now() - started) / 1000);
            return outcome;
          },
        });
        expect(seconds).toBeLessThanOrEqual(mostSeconds);
      }),
  );
});
