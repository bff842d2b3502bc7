/** What the collecting tests share: scratch folders, reading an unpacked snapshot, following locators. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { CollectOptions, CollectOutput } from '../../../src-main/core/collect/collector.ts';
import { collectSources } from '../../../src-main/core/collect/collector.ts';
import { parseLocator } from '../../../src-main/core/collect/evidence.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import type { Collection } from '../../../src-shared/domain/snapshot.ts';
import { collectionSchema } from '../../../src-shared/domain/snapshot.ts';
import { AssayError, type Failure } from '../../../src-shared/result.ts';

export const now = new Date('2026-11-23T12:00:00Z');
const dataRoot = resolve(import.meta.dirname, '../../../../shared/data');

/** Real data published by its projects; absent on some machines, and then the tests that need it skip. */
export const realData = (name: string): { readonly path: string; readonly present: boolean } => {
  const path = join(dataRoot, name);
  const present = existsSync(path);
  if (!present) console.warn(`real data "${name}" is not on this machine: its tests are skipped`);
  return { path, present };
};

const scratch: string[] = [];
afterAll(() => {
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true });
});

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-collect-'));
  scratch.push(folder);
  return folder;
}

/** A folder with these files; values that are not text are written as JSON. */
export function inputFolder(files: Readonly<Record<string, unknown>>): string {
  const folder = join(scratchFolder(), 'input');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
    );
  }
  return folder;
}

export interface Collected {
  readonly out: string;
  readonly result: CollectOutput;
  readonly collection: Collection;
  readonly lines: readonly string[];
  readonly records: readonly CanonicalRecord[];
  find(kind: string, id: string): CanonicalRecord;
}

export async function collect(path: string, options: Partial<CollectOptions> = {}): Promise<Collected> {
  const out = options.out ?? join(scratchFolder(), 'out');
  const result = await collectSources({
    sources: [{ path, label: 'source' }],
    out,
    as: 'registry',
    strict: false,
    now,
    job: silentJob,
    ...options,
  });
  const lines = readdirSync(join(out, 'records'))
    .sort()
    .flatMap((file) =>
      readFileSync(join(out, 'records', file), 'utf8')
        .split('\n')
        .slice(0, -1),
    );
  const records = lines.map((line): CanonicalRecord => JSON.parse(line));
  const collection = collectionSchema.parse(JSON.parse(readFileSync(join(out, 'collection.json'), 'utf8')));
  if (!options.mappers && options.as !== 'discovery') assertSupplied(collection, records);
  return {
    out,
    result,
    collection,
    lines,
    records,
    find(kind, id) {
      const record = records.find((item) => item.kind === kind && item.id === id);
      if (!record)
        throw new Error(`no ${kind}/${id} among ${records.map((item) => `${item.kind}/${item.id}`).join(', ')}`);
      return record;
    },
  };
}

/** A field outside of what its source says it supplies would be "cannot evaluate" although it is there. */
function assertSupplied(collection: Collection, records: readonly CanonicalRecord[]): void {
  for (const { kind, id, body, prov } of records) {
    const supplied = new Set(collection.sources[prov.source]?.suppliedFields[kind]);
    const unsupplied = Object.keys(body).filter((field) => entityOf(kind).byName.has(field) && !supplied.has(field));
    expect(unsupplied, `${kind}/${id}`).toEqual([]);
  }
}

export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AssayError) return error.failure;
    throw error;
  }
  throw new Error('expected a failure');
}

/** Every file below a folder with its bytes in hexadecimal, to compare two runs. */
export function contentsOf(folder: string, below = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory()
        ? Object.entries(contentsOf(folder, path))
        : [[path, readFileSync(join(folder, path)).toString('hex')] as const];
    }),
  );
}

/** The value at a locator, read from the evidence file itself; throws when there is none. */
export function follow(out: string, locator: string, cache = new Map<string, unknown>()): unknown {
  const { member, name, pointer } = parseLocator(locator);
  const key = `${member}\n${name ?? ''}`;
  if (!cache.has(key)) cache.set(key, parseEvidence(name ?? member, evidenceText(join(out, member), name)));
  if (/^line=\d+$/.test(pointer)) return pointer;
  let value = cache.get(key);
  for (const step of pointer.split('/').slice(1)) {
    const own = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, own))
      throw new Error(`${locator} leads nowhere`);
    value = (value as Record<string, unknown>)[own];
  }
  return value;
}

function evidenceText(path: string, name: string | undefined): string {
  const text = readFileSync(path, 'utf8');
  if (name === undefined) return text;
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { name: string; text: string });
  const file = lines.find((line) => line.name === name);
  if (!file) throw new Error(`${name} is not in ${path}`);
  return file.text;
}

function parseEvidence(name: string, text: string): unknown {
  const matter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  if (name.endsWith('.md')) return matter === undefined ? null : parseAllDocuments(matter)[0]?.toJS();
  if (/^\s*[[{]/.test(text)) return JSON.parse(text);
  return parseAllDocuments(text)[0]?.toJS();
}
