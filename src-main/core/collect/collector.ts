/**
 * Collects records from files into an unpacked snapshot (decisions.md 18): `records/<kind>-0001.ndjson`,
 * `evidence/<source>/…` and `collection.json`, which `pack` then signs as they are.
 *
 * The folder appears whole or not at all: everything is written beside it and renamed at the end. The same inputs give the
 * same bytes, save for the time in `collection.json`.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Collection, SnapshotRole } from '../../../src-shared/domain/snapshot.ts';
import { collectionSchema } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import type { JobContext } from '../ports.ts';
import { toInstant } from '../ports.ts';
import type { EvidenceLayout } from './evidence.ts';
import { planEvidence } from './evidence.ts';
import { byUtf8, fileReader } from './input-files.ts';
import type { MappedInputs } from './map-inputs.ts';
import { mapInputs } from './map-inputs.ts';
import type { Mapper } from './mapper.ts';
import type { RecognisedInput } from './recognise.ts';
import { otherFiles, recogniseInputs } from './recognise.ts';
import { openSpool } from './record-spool.ts';
import { allMappers } from './registry.ts';
import { defaultRegistryId } from './registry-id.ts';
import { writeRecords } from './write-records.ts';

export interface CollectOptions {
  /** `label` is what the snapshot shows; an absolute local path is cut to its last part. */
  readonly sources: readonly { readonly path: string; readonly label: string }[];
  /** Folder to create; it must not exist or be empty. */
  readonly out: string;
  readonly as: SnapshotRole;
  /** Default: a UUIDv5 of the source types and labels, so that the next collect continues the same registry. */
  readonly registryId?: string | undefined;
  readonly registryName?: string | undefined;
  /** A refused file fails the whole run. */
  readonly strict: boolean;
  readonly now: Date;
  readonly job: JobContext;
  /** Default: every mapper that Assay has. */
  readonly mappers?: readonly Mapper[];
}

export type CollectOutput = OutputOf<'collect.run'>;

export async function collectSources(options: CollectOptions): Promise<CollectOutput> {
  const out = resolve(options.out);
  await assertFree(out);
  const reader = fileReader();
  let layout: EvidenceLayout | null = null;
  const inputs = await recogniseInputs(
    options.sources,
    options.mappers ?? allMappers,
    options.as,
    reader,
    (file) => {
      if (!layout) throw new Error('evidence members are decided after recognition');
      return layout.memberOf(file);
    },
    options.job,
  );
  // Readable files that no mapper knows may still serve as companions, so they have a place as well.
  layout = planEvidence(
    inputs.map((input) => ({
      folder: input.folder,
      files: input.files.filter((entry) => entry.readable).map((entry) => entry.file),
      expected: expectedUse(input),
    })),
  );
  await mkdir(dirname(out), { recursive: true });
  const scratch = join(dirname(out), `.${basename(out)}.partial-${randomUUID().slice(0, 8)}`);
  await mkdir(scratch, { mode: 0o700 });
  try {
    const spool = openSpool(join(scratch, 'spool'));
    let collection: Collection;
    let mapped: MappedInputs;
    try {
      mapped = await mapInputs(inputs, layout, spool, options.job);
      assertUseful(options, mapped, spool.size);
      collection = describe(options, mapped, spool.counts());
      await writeRecords(scratch, spool, options.job);
    } finally {
      spool.close();
    }
    options.job.throwIfCancelled();
    await layout.write(scratch, mapped.used, reader.digestOf, options.job);
    await writeFile(join(scratch, 'collection.json'), `${JSON.stringify(collection, null, 2)}\n`);
    options.job.throwIfCancelled();
    await rmdir(out).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(scratch, out);
    return {
      ...outputOf(mapped),
      registry: collection.registry,
      role: collection.role,
      counts: collection.counts,
      sources: [...collection.sources],
    };
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

/** Recognised files, and what lies in a folder with one: those can be their companions. */
function expectedUse(input: RecognisedInput): number {
  const folders = new Set(input.files.flatMap(({ mapper, file }) => (mapper ? [dirname(file.path)] : [])));
  return input.files.filter(({ readable, file }) => readable && folders.has(dirname(file.path))).length;
}

async function assertFree(out: string): Promise<void> {
  try {
    if ((await readdir(out)).length === 0) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
  }
  raise('usage', 'collect.out_exists', `${basename(out)}: already there and not an empty folder; name a new one.`, {
    out: basename(out),
  });
}

function assertUseful(options: CollectOptions, mapped: MappedInputs, records: number): void {
  const refused = mapped.fates.flatMap(({ path, fate }) => (fate.is === 'refused' ? [`${path} (${fate.reason})`] : []));
  if (options.strict && refused.length > 0) {
    raise(
      'input',
      'collect.refused',
      `${refused.length} of ${mapped.fates.length} files were refused, the first is ${refused[0]}; nothing was written.`,
      {
        refused: refused.slice(0, 20),
        files: mapped.fates.length,
      },
    );
  }
  // A scan that looked and found no model is evidence: without it nothing could ever be shown to be gone.
  if (records === 0 && !(options.as === 'discovery' && mapped.used.size > 0)) {
    const reasons = [...groupByReason(mapped)].map(([reason, paths]) => `${reason}: ${paths.length}`);
    if (mapped.used.size > 0) reasons.unshift(`read, but nothing to record in them: ${mapped.used.size}`);
    raise(
      'input',
      'collect.nothing',
      `No records were found in ${mapped.fates.length} files (${reasons.slice(0, 3).join('; ') || 'no files'}); nothing was written.`,
      {
        files: mapped.fates.length,
        reasons,
      },
    );
  }
}

function describe(options: CollectOptions, mapped: MappedInputs, counts: Readonly<Record<string, number>>): Collection {
  const now = toInstant(options.now);
  const delivering = mapped.tallies.filter((tally) => tally.type !== otherFiles);
  const uris = [...new Set(mapped.tallies.map((tally) => tally.uri))];
  // Parsed, so that a wrong count can never be signed.
  return collectionSchema.parse({
    schemaVersion: 1,
    registry: {
      id: options.registryId ?? defaultRegistryId(delivering),
      name: options.registryName ?? uris.join(', '),
      uri: uris[0] ?? '',
    },
    role: options.as,
    collector: { name: 'assay', version: packageJson.version },
    sources: mapped.tallies.map((tally) => tally.source(now)),
    counts,
  });
}

function groupByReason(mapped: MappedInputs): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { path, fate } of mapped.fates) {
    if (fate.is === 'used') continue;
    const group = groups.get(fate.reason);
    if (group) group.push(path);
    else groups.set(fate.reason, [path]);
  }
  return groups;
}

function outputOf(mapped: MappedInputs): Pick<CollectOutput, 'inputs'> {
  const sum = (pick: (tally: MappedInputs['tallies'][number]) => number): number =>
    mapped.tallies.reduce((total, tally) => total + pick(tally), 0);
  const used = sum((tally) => tally.used);
  const skipped = sum((tally) => tally.skipped);
  const refused = sum((tally) => tally.refused);
  if (used + skipped + refused !== mapped.fates.length) throw new Error('files were lost while they were counted');
  const formats = [...new Set(mapped.tallies.map((tally) => tally.type))].filter((type) => type !== otherFiles);
  return {
    inputs: {
      seen: mapped.fates.length,
      used,
      skipped,
      refused,
      byFormat: formats.sort(byUtf8).map((format) => {
        const tallies = mapped.tallies.filter((tally) => tally.type === format);
        return {
          format,
          files: tallies.reduce((total, tally) => total + tally.used, 0),
          records: tallies.reduce((total, tally) => total + tally.records, 0),
        };
      }),
      byReason: [...groupByReason(mapped)]
        .sort(([a], [b]) => byUtf8(a, b))
        .map(([reason, paths]) => ({ reason, files: paths.length, examples: paths.slice(0, 5) })),
    },
  };
}
