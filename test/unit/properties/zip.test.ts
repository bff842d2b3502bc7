/** The ZIP reader and the verifier over it: hostile containers give a typed refusal or exactly what was signed. */
import { readFile, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { ReadAt } from '../../../src-main/core/byte-source.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { openVerified } from '../../../src-main/core/snapshot/verify.ts';
import { readZipDirectory, refuseContainer } from '../../../src-main/core/snapshot/zip-directory.ts';
import { readZipMember } from '../../../src-main/core/snapshot/zip-member.ts';
import { now, openWorkshop, packSample, type SampleBundle, sampleRecord, type Workshop } from '../snapshot/fixture.ts';
import { buildZip, type LabEntry, membersOf } from '../snapshot/zip-lab.ts';
import { applyEdits, bytes, edit } from './arbitraries.ts';
import { asyncFailureOf, expectRefusal, holdsAsync } from './property.ts';

let workshop: Workshop;
let sample: SampleBundle;
let original: Buffer;
let members: readonly LabEntry[];
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop, { records: [sampleRecord('model', 'a'), sampleRecord('model', 'b')] });
  original = await readFile(sample.file);
  members = membersOf(original);
});
afterAll(() => workshop.remove());

/** Reads a container held in memory as `read.ts` reads a file, members and all. */
async function readAll(zip: Buffer): Promise<Map<string, Buffer>> {
  const readAt: ReadAt = async (position, length) => {
    if (position < 0 || position + length > zip.length) return refuseContainer('f', 'truncated', 'it ends early');
    return Buffer.from(zip.subarray(position, position + length));
  };
  const { entries } = await readZipDirectory(readAt, zip.length, 'f');
  const content = new Map<string, Buffer>();
  for (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of readZipMember(readAt, entry, 'f', () => {})) chunks.push(chunk);
    const whole = Buffer.concat(chunks);
    expect(whole.length).toBe(entry.bytes);
    expect(crc32(whole)).toBe(entry.crc32);
    content.set(entry.name, whole);
  }
  return content;
}

/** Every way in which a header can lie, all at once. */
const lyingEntry = fc.record(
  {
    name: fc.oneof(
      fc.constantFrom('a', 'A', 'b/c', '../x', '/x', 'a\\b', 'a\0', 'b/'),
      fc.string({ unit: 'grapheme' }),
    ),
    content: bytes(60),
    method: fc.constantFrom(0, 8, 9, 12),
    flags: fc.constantFrom(0, 0x0800, 0x0808, 0x0801, 0x2000),
    crc: fc.nat(0xffffffff),
    bytes: fc.nat(200),
    compressed: bytes(60),
    mode: fc.constantFrom(0o100644, 0o120777, 0o040755, 0),
    localName: fc.constantFrom('a', 'b'),
    offset: fc.nat(400),
  },
  { requiredKeys: ['name', 'content'], noNullPrototype: true },
);

describe('the ZIP reader', () => {
  holdsAsync(
    'answers any bytes with a typed refusal',
    1000,
    [
      fc.oneof(
        bytes(300),
        bytes(60).map((noise) => Buffer.concat([noise, Buffer.from('504b0506', 'hex'), noise])),
      ),
    ],
    async (zip) => {
      const failure = await asyncFailureOf(() => readAll(zip));
      if (failure) expectRefusal(failure, 'input', /^container\./);
    },
  );

  holdsAsync(
    'answers headers that lie with a typed refusal, or with members of the stated size and checksum',
    1000,
    [fc.array(lyingEntry, { maxLength: 4 }), fc.option(fc.nat(5), { nil: undefined })],
    async (entries, count) => {
      const zip = buildZip(entries as readonly LabEntry[], count === undefined ? {} : { count });
      const failure = await asyncFailureOf(() => readAll(zip));
      if (failure) expectRefusal(failure, 'input', /^container\./);
    },
  );

  holdsAsync(
    'gives back what an honest packer put in',
    300,
    [
      fc.uniqueArray(
        fc.record({
          name: fc.stringMatching(/^[a-z]{1,6}(\/[a-z]{1,6})?$/),
          content: bytes(400),
          method: fc.constantFrom(0, 8),
        }),
        { maxLength: 6, selector: ({ name }) => name },
      ),
    ],
    async (entries) => {
      const content = await readAll(buildZip(entries));
      expect([...content]).toEqual(entries.map((entry) => [entry.name, entry.content]));
    },
  );

  holdsAsync(
    'refuses an edited bundle, or reads every member it still names as it was',
    500,
    [fc.array(edit, { minLength: 1, maxLength: 3 })],
    async (edits) => {
      const failure = await asyncFailureOf(async () => {
        const before = new Map(members.map((member) => [String(member.name), member.content]));
        for (const [name, content] of await readAll(applyEdits(original, edits))) {
          const expected = before.get(name);
          if (expected) expect(content.equals(expected)).toBe(true);
        }
      });
      if (failure) expectRefusal(failure, 'input', /^container\./);
    },
  );
});

describe('the verifier', () => {
  /** What an importer would take over: the statement and every byte of every signed member. */
  async function accepted(zip: Buffer): Promise<string> {
    const file = workshop.path('mutant.zip');
    await writeFile(file, zip);
    const snapshot = await openVerified(file, { trust: sample.trust, now, job: silentJob });
    try {
      const seen: string[] = [snapshot.statementSha256];
      for await (const batch of snapshot.recordLines(silentJob))
        seen.push(...batch.map(({ line }) => line.toString('latin1')));
      for await (const file of snapshot.evidence()) seen.push(file.name, file.bytes.toString('latin1'));
      await snapshot.finish();
      return seen.join('\n');
    } finally {
      await snapshot.close();
    }
  }
  /** Refuses, or accepts what the genuine bundle says; returns whether it was accepted. */
  const expectSound = async (zip: Buffer): Promise<boolean> => {
    let seen = '';
    const failure = await asyncFailureOf(async () => {
      seen = await accepted(zip);
    });
    if (!failure) expect(seen).toBe(await accepted(original));
    else
      expect(`${failure.kind} ${failure.code}`).toMatch(
        /^(input (container|record|evidence)|trust (signature|signer|statement|content))\./,
      );
    return failure === null;
  };

  holdsAsync(
    'accepts an edited bundle only with the identical statement and the identical members',
    250,
    [fc.array(edit, { minLength: 1, maxLength: 3 })],
    async (edits) => {
      await expectSound(applyEdits(original, edits));
    },
  );

  holdsAsync(
    'accepts a bundle with edited, dropped, doubled or added members only when the signed ones are identical',
    250,
    [fc.nat(), fc.constantFrom('edit', 'drop', 'double', 'add', 'swap'), edit],
    async (pick, how, change) => {
      const at = pick % members.length;
      const member = members[at] ?? { name: 'x', content: Buffer.alloc(0) };
      const variants: Record<typeof how, LabEntry[]> = {
        edit: members.with(at, { ...member, content: applyEdits(member.content, [change]) }),
        drop: members.toSpliced(at, 1),
        double: [...members, member],
        add: [...members, { name: 'evidence/more', content: Buffer.from(change.insert) }],
        swap: members.toSpliced(at, 1).concat(member),
      };
      const isAccepted = await expectSound(buildZip(variants[how]));
      // The same members in another order are the same content; one more or one less never is.
      if (how === 'swap') expect(isAccepted).toBe(true);
      else if (how !== 'edit') expect(isAccepted).toBe(false);
    },
  );
});
