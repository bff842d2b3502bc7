/** Statements and whole bundles: what was packed comes back, and nothing else passes for it. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { recordLine } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { parseRecordLine } from '../../../src-main/core/snapshot/parse-line.ts';
import { parseStatement, writeStatement } from '../../../src-main/core/snapshot/statement.ts';
import { openVerified, verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { readBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { checkSignatures } from '../../../src-main/core/trust/verify-signatures.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import { type Statement, statementSchema } from '../../../src-shared/domain/snapshot.ts';
import {
  now,
  openWorkshop,
  packSample,
  type SampleBundle,
  sampleRecord,
  trustedKey,
  trusting,
  type Workshop,
  writeFolder,
} from '../snapshot/fixture.ts';
import { buildZip, membersOf } from '../snapshot/zip-lab.ts';
import { anyText, applyEdits, bytes, edit, jsonValue, recordSet } from './arbitraries.ts';
import { asyncFailureOf, expectRefusal, failureOf, holds, holdsAsync } from './property.ts';
import { canonicalText } from './reference.ts';

let workshop: Workshop;
let sample: SampleBundle;
let payload: Buffer;
const signature = 'snapshot.sigstore.json';
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop, { records: [sampleRecord('model', 'a'), sampleRecord('party', 'b')] });
  const member = membersOf(await readFile(sample.file)).find(({ name }) => name === signature);
  payload = readBundle('m', member?.content ?? Buffer.alloc(0)).payload;
});
afterAll(() => workshop.remove());

const hex256 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((data) => Buffer.from(data).toString('hex'));
/** Statements that differ from the sample in what a publisher chooses. */
const statement: fc.Arbitrary<(from: Statement) => Statement> = fc
  .record({
    name: fc.string({ unit: 'grapheme' }),
    sequence: fc.maxSafeNat(),
    previous: fc.option(fc.record({ sequence: fc.nat(), statementSha256: hex256 }), { nil: undefined }),
    reasons: fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((reason) => reason !== '__proto__'),
      fc.nat(),
      { noNullPrototype: true },
    ),
    root: hex256,
  })
  .map(
    ({ name, sequence, previous, reasons, root }) =>
      (from: Statement): Statement => ({
        ...from,
        predicate: {
          ...from.predicate,
          registry: { ...from.predicate.registry, name },
          sequence,
          ...(previous ? { previous } : {}),
          sources: from.predicate.sources.map((source) => ({ ...source, coverage: { ...source.coverage, reasons } })),
          merkle: { ...from.predicate.merkle, root },
        },
      }),
  );

/** Every place in a JSON value, as the keys that lead to it. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const items: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...items.flatMap(([key, item]) => placesIn(item, [...path, key]))];
}
function replaceAt(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaceAt(item, rest, by) : item));
  return { ...(value as object), [key]: replaceAt((value as Record<string, unknown>)[key], rest, by) };
}

describe('a statement', () => {
  holds('comes back as it was written', 300, [statement], (change) => {
    const written = change(parseStatement(payload));
    expect(parseStatement(writeStatement(written))).toEqual(written);
  });

  holds(
    'of any content is refused as a matter of trust, or is canonical and says what its bytes say',
    500,
    [
      fc.oneof(
        bytes(),
        jsonValue.map((value) => Buffer.from(JSON.stringify(value))),
      ),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.oneof(anyText, jsonValue, fc.constant<unknown>(JSON.parse('{"__proto__":1}'))),
    ],
    (noise, edits, pick, by) => {
      const original: unknown = JSON.parse(payload.toString());
      const places = placesIn(original);
      const replaced = Buffer.from(canonicalText(replaceAt(original, places[pick % places.length] ?? [], by)));
      for (const content of [noise, applyEdits(payload, edits), replaced]) {
        const failure = failureOf(() => parseStatement(content));
        if (failure) expectRefusal(failure, 'trust', /^statement\./);
        else expect(canonicalText(parseStatement(content))).toBe(content.toString('utf8'));
      }
    },
  );

  holds(
    'with any one field replaced is no longer what the publisher signed',
    500,
    [fc.nat(), fc.oneof(jsonValue, fc.constantFrom(2, 'records/model-0002.ndjson', 'discovery'))],
    (pick, by) => {
      const before: unknown = JSON.parse(payload.toString());
      const places = placesIn(before);
      const after = replaceAt(before, places[pick % places.length] ?? [], by);
      fc.pre(canonicalText(after) !== payload.toString());
      const bundle = readBundle('m', writeBundle(payload, sample.pair.privateKey));
      expect(checkSignatures([bundle], sample.trust).genuine).toBe(true);
      const forged = { ...bundle, payload: Buffer.from(canonicalText(after)) };
      expect(checkSignatures([forged], sample.trust).genuine).toBe(false);
    },
  );

  holds('signed by any other key is not genuine, whichever key it names', 60, [statement], (change) => {
    const stranger = generatePublisherKey();
    const other = writeStatement(change(parseStatement(payload)));
    const bundle = readBundle('m', writeBundle(other, stranger.privateKey));
    const named = { ...bundle, keyId: sample.trust.keys[0]?.hint ?? '' };
    expect(checkSignatures([bundle, named], sample.trust).genuine).toBe(false);
  });
});

describe('a bundle', () => {
  let count = 0;
  /** Packs records as `assay pack` does and hands the file to `read`. */
  async function packed(
    records: readonly CanonicalRecord[],
    evidence: Record<string, Buffer>,
    read: (file: string, trust: SampleBundle['trust']) => Promise<void>,
  ): Promise<void> {
    count += 1;
    const folder = workshop.path(`folder-${count}`);
    const out = workshop.path(`bundle-${count}.zip`);
    await mkdir(folder);
    await writeFolder(folder, { records, evidence });
    try {
      await packSnapshot({ folder, out, privateKeys: [sample.pair.privateKey], now, job: silentJob });
      await read(out, sample.trust);
    } finally {
      await rm(folder, { recursive: true, force: true });
      await rm(out, { force: true });
    }
  }
  const line = (record: CanonicalRecord): string => recordLine(record);

  holdsAsync(
    'gives back every record and every evidence file that was packed, verified',
    40,
    [
      recordSet,
      fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), bytes(80)), {
        minLength: 1,
        maxLength: 3,
        selector: ([name]) => name,
      }),
    ],
    (records, files) =>
      packed(
        records,
        Object.fromEntries(files.map(([name, content]) => [`evidence/s/${name}`, content])),
        async (file, trust) => {
          const snapshot = await openVerified(file, { trust, now, job: silentJob });
          try {
            const read: string[] = [];
            for await (const batch of snapshot.recordLines(silentJob))
              read.push(...batch.map((item) => line(parseRecordLine(item, file))));
            const evidence: [string, Buffer][] = [];
            for await (const item of snapshot.evidence()) evidence.push([item.name, item.bytes]);
            const { ok, container } = await snapshot.finish();
            expect({ ok, container: container.state }).toEqual({ ok: true, container: 'pass' });
            expect(read.sort()).toEqual(records.map(line).sort());
            expect(new Map(evidence)).toEqual(new Map(files.map(([name, content]) => [`evidence/s/${name}`, content])));
            expect(snapshot.statement.predicate.merkle.leaves).toBe(records.length);
          } finally {
            await snapshot.close();
          }
        },
      ),
  );

  holdsAsync(
    "whose statement was changed in any field is refused, with the old signature or a stranger's",
    100,
    [fc.nat(), jsonValue, fc.boolean()],
    async (pick, by, resign) => {
      const before: unknown = JSON.parse(payload.toString());
      const places = placesIn(before);
      const changed = Buffer.from(canonicalText(replaceAt(before, places[pick % places.length] ?? [], by)));
      fc.pre(!changed.equals(payload));
      const members = membersOf(await readFile(sample.file)).map((member) => {
        if (member.name !== signature) return member;
        if (resign) return { ...member, content: writeBundle(changed, generatePublisherKey().privateKey) };
        const bundle = JSON.parse(member.content.toString());
        bundle.dsseEnvelope.payload = changed.toString('base64');
        return { ...member, content: Buffer.from(JSON.stringify(bundle)) };
      });
      const file = workshop.path('changed.zip');
      await writeFile(file, buildZip(members));
      const { verification } = await verifySnapshot(file, { trust: sample.trust, now, job: silentJob });
      expect(verification).toMatchObject({ ok: false, signer: { state: 'fail' }, content: { state: 'unknown' } });
    },
  );

  holdsAsync(
    'that a trusted key signs over any other statement is accepted only if that is the statement of these members',
    150,
    [statement, fc.nat(), jsonValue],
    async (change, pick, by) => {
      const original: unknown = JSON.parse(payload.toString());
      const places = placesIn(original);
      const spoiled = replaceAt(original, places[pick % places.length] ?? [], by);
      for (const candidate of [change(parseStatement(payload)), spoiled]) {
        const members = membersOf(await readFile(sample.file)).map((member) =>
          member.name === signature
            ? { ...member, content: writeBundle(Buffer.from(canonicalText(candidate)), sample.pair.privateKey) }
            : member,
        );
        const file = workshop.path('resigned.zip');
        await writeFile(file, buildZip(members));
        const trust = trusting(trustedKey(sample.pair, { registryIds: ['*'] }));
        const { verification } = await verifySnapshot(file, { trust, now, job: silentJob });
        if (!verification.ok) continue;
        // Accepted: then digests, names, counts and root, which alone speak of the members, are the genuine ones.
        const accepted = statementSchema.parse(candidate);
        const genuine = parseStatement(payload);
        expect(accepted.subject).toEqual(genuine.subject);
        expect(accepted.predicate.merkle).toEqual(genuine.predicate.merkle);
      }
    },
  );

  holdsAsync(
    'is packed from any collection.json, or that is refused with a typed failure and nothing is written',
    80,
    [fc.nat(), fc.oneof(anyText, jsonValue)],
    async (pick, by) => {
      const folder = workshop.path('collected');
      const out = workshop.path('collected.zip');
      await rm(out, { force: true });
      await writeFolder(folder, { records: [sampleRecord('model', 'a')] });
      const path = join(folder, 'collection.json');
      const collection: unknown = JSON.parse(await readFile(path, 'utf8'));
      const places = placesIn(collection);
      await writeFile(path, JSON.stringify(replaceAt(collection, places[pick % places.length] ?? [], by)));
      const privateKeys = [sample.pair.privateKey];
      const failure = await asyncFailureOf(() => packSnapshot({ folder, out, privateKeys, now, job: silentJob }));
      if (failure) expectRefusal(failure, 'input', /^(pack|record)\./);
      expect(existsSync(out)).toBe(failure === null);
    },
  );
});
