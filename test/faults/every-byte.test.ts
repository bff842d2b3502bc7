/**
 * Mutants by the ten thousand of one bundle of about 64 KiB (decisions.md 7): whatever is accepted has the identical statement and
 * members and is reported as altered, all else is refused with a typed failure.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, type TaskMeta } from 'vitest';
import { trustedKey, trusting } from '../unit/snapshot/fixture.ts';
import type { Shard } from './every-byte-worker.ts';
import { longRun } from './long-run.ts';
import { addTallies, judgeAll, membersDigest, type Original, type Tally } from './mutants.ts';
import { type GoodBundle, goodBundle, publisher } from './mutator.ts';

const masks = [0x01, 0x80, 0xff];
const threads = 2;
/** Bundles judged at the same time by one thread: some wait for files and inflating while one is computed. */
const lanes = 3;
/** Random mutants of each sort; the long run makes many more. */
const randomMutants = longRun ? 100_000 : 2_000;
const seed = 20_261_123;

let folder: string;
let good: GoodBundle;
let original: Original;
beforeAll(async () => {
  // In memory where the system has such a place: every mutant is a write.
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'assay-mutants-'));
  good = await goodBundle({ keys: [publisher.privateKey] });
  const file = join(folder, 'good');
  writeFileSync(file, good.bytes);
  original = {
    bytes: good.bytes,
    trust: trusting(trustedKey(publisher)),
    statementSha256: good.statementSha256,
    membersSha256: await membersDigest(file),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Prints the figures and lets the matrix count the mutants. */
function report(what: string, tally: Tally, meta: TaskMeta): Tally {
  meta.mutants = tally.mutants;
  const codes = Object.entries(tally.codes).sort(([, a], [, b]) => b - a);
  const reasons = codes.map(([code, count]) => `${code} ${count}`).join(', ');
  process.stdout.write(
    `${what}: ${tally.mutants} mutants, ${tally.refused} refused, ${tally.altered} accepted as altered container, ${tally.violations.length} violations (${reasons})\n`,
  );
  return tally;
}

const judge = (mutants: Iterable<{ label: string; bytes: Uint8Array }>): Promise<Tally> =>
  judgeAll(original, join(folder, 'mutant'), mutants);

describe('Mutated and cut bundles', () => {
  it('the fixture is a bundle of about 64 KiB that is accepted as packed', async () => {
    expect(good.bytes.length).toBeGreaterThan(60 * 1024);
    expect(good.bytes.length).toBeLessThan(68 * 1024);
    expect((await judge([{ label: 'unchanged', bytes: good.bytes }])).violations).toEqual([
      'unchanged: accepted and called as packed',
    ]);
  });

  it('A12 cut at every KiB and at each of its last 4,096 bytes, it is refused', async ({ task }) => {
    const close = good.bytes.length - 4096;
    const lengths = [
      ...Array.from({ length: Math.ceil(close / 1024) }, (_, index) => index * 1024),
      ...Array.from({ length: 4096 }, (_, index) => close + index),
    ];
    const cuts = lengths.map((length) => ({ label: `cut to ${length}`, bytes: good.bytes.subarray(0, length) }));
    const tally = report('Truncation', await judge(cuts), task.meta);
    expect(tally).toMatchObject({ altered: 0, violations: [] });
    expect(tally.refused).toBe(tally.mutants);
  });

  it('A13 every byte changed three ways', async ({ task }) => {
    const shards = Array.from({ length: threads }, (_, first) =>
      judgeInThread({
        original,
        files: Array.from({ length: lanes }, (_unused, lane) => join(folder, `lane-${first}-${lane}`)),
        first,
        step: threads,
        masks,
      }),
    );
    const tally = report('Every byte', addTallies(await Promise.all(shards)), task.meta);
    expect(tally.mutants).toBe(good.bytes.length * masks.length);
    expect(tally.violations).toEqual([]);
  }, 1_800_000);

  it('A13 several bytes changed at random', async ({ task }) => {
    const byte = fc.tuple(fc.nat(good.bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    const changes = fc.uniqueArray(byte, { minLength: 2, maxLength: 8, selector: ([at]) => at });
    function* mutants() {
      for (const change of fc.sample(changes, { numRuns: randomMutants, seed })) {
        const bytes = Buffer.from(good.bytes);
        for (const [at, mask] of change) bytes[at] = (bytes[at] ?? 0) ^ mask;
        yield { label: JSON.stringify(change), bytes };
      }
    }
    expect(report('Several bytes', await judge(mutants()), task.meta).violations).toEqual([]);
  }, 1_800_000);

  it('A13 blocks deleted, doubled, moved and zeroed at random', async ({ task }) => {
    const block = fc.record({
      from: fc.nat(good.bytes.length - 1),
      length: fc.integer({ min: 1, max: 4096 }),
      to: fc.nat(good.bytes.length - 1),
      edit: fc.constantFrom('delete', 'double', 'move', 'zero'),
    });
    function* mutants() {
      for (const change of fc.sample(block, { numRuns: randomMutants, seed })) {
        const bytes = edited(good.bytes, change);
        if (!bytes.equals(good.bytes)) yield { label: JSON.stringify(change), bytes };
      }
    }
    expect(report('Blocks', await judge(mutants()), task.meta).violations).toEqual([]);
  }, 1_800_000);

  it('D7 spliced with another true bundle at every KiB', async ({ task }) => {
    const other = await goodBundle({ sequence: 2, keys: [publisher.privateKey] });
    function* splices() {
      for (let at = 512; at < good.bytes.length; at += longRun ? 64 : 1024) {
        yield { label: `head to ${at}`, bytes: Buffer.concat([good.bytes.subarray(0, at), other.bytes.subarray(at)]) };
        yield {
          label: `tail from ${at}`,
          bytes: Buffer.concat([other.bytes.subarray(0, at), good.bytes.subarray(at)]),
        };
      }
    }
    expect(report('Splices', await judge(splices()), task.meta).violations).toEqual([]);
  });
});

interface BlockEdit {
  readonly from: number;
  readonly length: number;
  readonly to: number;
  readonly edit: string;
}

function edited(bytes: Buffer, { from, length, to, edit }: BlockEdit): Buffer {
  const block = bytes.subarray(from, from + length);
  const without = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
  const at = edit === 'move' ? Math.min(to, without.length) : from;
  const rest = edit === 'double' ? bytes : without;
  const inserted = edit === 'delete' ? Buffer.alloc(0) : edit === 'zero' ? Buffer.alloc(block.length) : block;
  return Buffer.concat([rest.subarray(0, at), inserted, rest.subarray(at)]);
}

function judgeInThread(shard: Shard): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./every-byte-worker.ts', import.meta.url), { workerData: shard, execArgv: [] });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
