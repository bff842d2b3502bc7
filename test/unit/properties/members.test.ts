/** What a bundle consists of: names, the checksum list, shared evidence members. */
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { sha256Hex } from '../../../src-main/core/canonical-json.ts';
import { parseChecksums, writeChecksums } from '../../../src-main/core/snapshot/checksums.ts';
import { evidenceLine, readEvidenceBundle } from '../../../src-main/core/snapshot/evidence-bundle.ts';
import {
  foldName,
  isReservedEvidence,
  nameProblem,
  parseShardName,
  shardName,
} from '../../../src-main/core/snapshot/names.ts';
import { anyText, applyEdits, bytes, edit, kind } from './arbitraries.ts';
import { expectRefusal, failureOf, holds } from './property.ts';

const nameParts = fc.constantFrom(
  'a',
  'B',
  '.',
  '..',
  '/',
  '//',
  '\\',
  'C:',
  '\0',
  '\n',
  'é',
  'e\u0301',
  '\u202e',
  ' ',
  '~',
  '%2e',
);
const anyName = fc.oneof(
  anyText,
  fc.array(nameParts, { maxLength: 8 }).map((parts) => parts.join('')),
);

describe('member names', () => {
  holds('that are allowed stay below any folder they are unpacked into, on every system', 1000, [anyName], (name) => {
    if (nameProblem(name)) return;
    expect(path.posix.join('/folder', name)).toBe(`/folder/${name}`);
    expect(path.win32.isAbsolute(name)).toBe(false);
    expect(path.win32.resolve('Q:\\in', name).startsWith('Q:\\in\\')).toBe(true);
  });

  holds('that are allowed survive UTF-8 and normal form C, and hold no control character', 1000, [anyName], (name) => {
    if (nameProblem(name)) return;
    expect(Buffer.from(name).toString()).toBe(name);
    expect(name.normalize('NFC')).toBe(name);
    expect(name).not.toMatch(/\p{Cc}/u);
  });

  holds(
    'that differ in case or normal form only have one fold',
    1000,
    [fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })],
    (any, text) => {
      for (const name of [any, text]) {
        const fold = foldName(name);
        const twins = [fold, name.toLowerCase(), name.normalize('NFD'), name.normalize('NFC')];
        // The Greek iota subscript alone has no upper case that keeps its place among accents.
        if (!name.normalize('NFD').includes('\u0345')) twins.push(name.toUpperCase());
        for (const twin of twins) expect(foldName(twin)).toBe(fold);
      }
    },
  );

  holds(
    'of record shards mean the kind and number they were made from, and nothing else does',
    500,
    [kind, fc.integer({ min: 0, max: 9999 }), anyText],
    (of, number, other) => {
      expect(parseShardName(shardName(of, number))).toEqual({ kind: of, number });
      const shard = parseShardName(other);
      if (shard) expect(shardName(shard.kind, shard.number)).toBe(other);
    },
  );
});

const evidenceName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => `evidence/${text}`)
  .filter((name) => nameProblem(name) === null && !isReservedEvidence(name));
const digest = bytes(8).map((data) => sha256Hex(data));

describe('the checksum list', () => {
  const entries = fc.uniqueArray(fc.record({ name: evidenceName, sha256: digest }), {
    minLength: 1,
    selector: ({ name }) => name,
  });

  holds('gives back the names and digests that were written', 500, [entries], (list) => {
    const parsed = parseChecksums(writeChecksums(list), new Set());
    expect(parsed.map(({ name, sha256 }) => ({ name, sha256 }))).toEqual(list);
  });

  holds(
    'of any content is refused, or is exactly what a packer writes for the names it lists',
    1000,
    [entries, fc.array(edit, { maxLength: 3 }), bytes()],
    (list, edits, noise) => {
      for (const content of [applyEdits(writeChecksums(list), edits), noise]) {
        const failure = failureOf(() => parseChecksums(content, new Set()));
        if (failure) expectRefusal(failure, 'trust', /^statement\.checksums$/);
        else expect(writeChecksums(parseChecksums(content, new Set())).equals(content)).toBe(true);
      }
    },
  );

  holds(
    'never names a subject, a signature file or a file outside the evidence',
    500,
    [
      entries,
      fc.nat(),
      fc.constantFrom(
        'snapshot.sigstore.json',
        'model.sig',
        'records/model-0001.ndjson',
        'evidence/SHA256SUMS',
        'evidence/../x',
        'collection.json',
      ),
    ],
    (list, pick, forbidden) => {
      const entry = list[pick % list.length] ?? { name: '', sha256: '' };
      expect(failureOf(() => parseChecksums(writeChecksums(list), new Set([entry.name])))).not.toBeNull();
      expect(
        failureOf(() => parseChecksums(writeChecksums([...list, { ...entry, name: forbidden }]), new Set())),
      ).not.toBeNull();
      expect(failureOf(() => parseChecksums(writeChecksums([...list, entry]), new Set()))).not.toBeNull();
    },
  );
});

describe('evidence files that share a member', () => {
  const files = fc.array(
    fc.record({
      name: evidenceName,
      content: fc.oneof(
        bytes(60),
        fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
      ),
    }),
    { maxLength: 6 },
  );
  const written = (list: readonly { name: string; content: Buffer }[]): Buffer =>
    Buffer.concat(list.map(({ name, content }) => evidenceLine(name, content) ?? Buffer.alloc(0)));

  holds('come back byte for byte, text or not', 500, [files], (list) => {
    const read = [...readEvidenceBundle('m', written(list))];
    expect(read.map(({ name, bytes: content }) => ({ name, content }))).toEqual(list);
    for (const file of read) expect(file.sha256).toBe(sha256Hex(file.bytes));
  });

  holds(
    'are refused with a typed failure or have the digest they state, whatever is read',
    1000,
    [files, fc.array(edit, { maxLength: 3 }), bytes()],
    (list, edits, noise) => {
      for (const content of [applyEdits(written(list), edits), noise]) {
        const failure = failureOf(() => {
          for (const file of readEvidenceBundle('m', content)) expect(file.sha256).toBe(sha256Hex(file.bytes));
        });
        if (failure) expectRefusal(failure, 'input', /^evidence\.malformed$/);
      }
    },
  );
});
