/** Writes a generated fleet as three unpacked snapshots (decisions.md 18) and its sealed answer. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { type Collection, collectionSchema, type SnapshotRole } from '../../../src-shared/domain/snapshot.ts';
import { recordLine, toJcs } from '../canonical-json.ts';
import { defaultRegistryId } from '../collect/registry-id.ts';
import type { JobContext } from '../ports.ts';
import type { Fleet, PlantedFault } from './generate-fleet.ts';
import type { FleetRecord, Side } from './unit.ts';

export interface FleetFolders {
  readonly previous: string;
  readonly registry: string;
  readonly discovery: string;
  /** JSON of the planted faults; only the comparison at the end of the demo opens it. */
  readonly answer: string;
  readonly records: number;
}

const evidence = 'evidence/sample-fleet/fleet.json';
const shardBytes = 60 * 1024 * 1024;

export function writeFleet(fleet: Fleet, folder: string, job: JobContext): FleetFolders {
  const previous = sideWriter(join(folder, 'registry-previous'), 'registry', fleet.clock.previousTakenAt, fleet);
  const registry = sideWriter(join(folder, 'registry'), 'registry', fleet.clock.takenAt, fleet);
  const discovery = sideWriter(join(folder, 'discovery'), 'discovery', fleet.clock.takenAt, fleet);
  const planted: PlantedFault[] = [];
  previous.add(fleet.shared);
  registry.add(fleet.shared);
  let done = 0;
  for (const unit of fleet.units((fault) => planted.push(fault))) {
    previous.add(unit.previous);
    registry.add(unit.registry);
    discovery.add(unit.discovery);
    done += 1;
    if (done % 100 === 0) {
      job.throwIfCancelled();
      job.report({ phase: 'generate', done, total: fleet.options.models, unit: 'records' });
    }
  }
  const records = [previous, registry, discovery].reduce((sum, side) => sum + side.finish(), 0);
  const answer = join(folder, 'sealed-answer.json');
  const { models, seed } = fleet.options;
  writeFileSync(answer, `${JSON.stringify({ seed, models, planted }, null, 1)}\n`, { flag: 'wx' });
  return { previous: previous.path, registry: registry.path, discovery: discovery.path, answer, records };
}

interface SideWriter {
  readonly path: string;
  /** Units come in id order, so each kind's lines are sorted when each unit's are. */
  add(side: Side): void;
  /** Closes the shards, writes collection.json, and returns the number of records. */
  finish(): number;
}

function sideWriter(path: string, role: SnapshotRole, collectedAt: string, fleet: Fleet): SideWriter {
  mkdirSync(join(path, 'records'), { recursive: true });
  mkdirSync(join(path, 'evidence', 'sample-fleet'), { recursive: true });
  const { models, seed } = fleet.options;
  writeFileSync(
    join(path, evidence),
    `${toJcs({ generator: 'assay sample fleet', seed, models, role, takenAt: collectedAt })}\n`,
  );
  const writers = new Map<Kind, KindWriter>();
  const observedFields = new Map<Kind, Set<string>>();
  return {
    path,
    add(side) {
      for (const record of [...side.values()].sort(byId)) {
        let writer = writers.get(record.kind);
        if (!writer) {
          writer = kindWriter(join(path, 'records'), record.kind);
          writers.set(record.kind, writer);
          observedFields.set(record.kind, new Set());
        }
        for (const field of Object.keys(record.body)) observedFields.get(record.kind)?.add(field);
        writer.write(
          recordLine({
            ...record,
            prov: { source: 0, default: { confidence: 'declared', locator: `${evidence}#/seed` } },
          }),
        );
      }
    },
    finish() {
      const counts: Partial<Record<Kind, number>> = {};
      for (const [kind, writer] of writers) counts[kind] = writer.finish();
      const supplied = (kind: Kind): string[] =>
        role === 'registry'
          ? entityOf(kind).fields.map((field) => field.name)
          : [...(observedFields.get(kind) ?? [])].sort();
      const collection = collectionOf(
        role,
        counts,
        Object.fromEntries([...writers.keys()].map((kind) => [kind, supplied(kind)])),
        collectedAt,
        fleet,
      );
      writeFileSync(join(path, 'collection.json'), `${JSON.stringify(collection, null, 2)}\n`);
      return Object.values(counts).reduce((sum, n) => sum + n, 0);
    },
  };
}

/** Ids of the fleet are ASCII, where the order of UTF-16 units is the order of UTF-8 bytes. */
const byId = (a: FleetRecord, b: FleetRecord): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

interface KindWriter {
  write(line: string): void;
  finish(): number;
}

/** Lines of one kind, in shards below the format's 64 MiB, written 1 MiB at a time. */
function kindWriter(folder: string, kind: Kind): KindWriter {
  let shard = 0;
  let handle: number | null = null;
  let size = 0;
  let count = 0;
  let buffer: string[] = [];
  let buffered = 0;
  const flush = () => {
    if (handle !== null && buffered > 0) writeSync(handle, buffer.join(''));
    buffer = [];
    buffered = 0;
  };
  const close = () => {
    flush();
    if (handle !== null) closeSync(handle);
    handle = null;
  };
  return {
    write(line) {
      const bytes = Buffer.byteLength(line) + 1;
      if (handle === null || size + bytes > shardBytes) {
        close();
        shard += 1;
        size = 0;
        handle = openSync(join(folder, `${kind}-${String(shard).padStart(4, '0')}.ndjson`), 'wx');
      }
      buffer.push(line, '\n');
      buffered += bytes;
      size += bytes;
      count += 1;
      if (buffered > 1024 * 1024) flush();
    },
    finish() {
      close();
      return count;
    },
  };
}

function collectionOf(
  role: SnapshotRole,
  counts: Partial<Record<Kind, number>>,
  suppliedFields: Record<string, string[]>,
  collectedAt: string,
  fleet: Fleet,
): Collection {
  const uri = `urn:assay:sample-fleet:${role}:${fleet.options.seed}`;
  return collectionSchema.parse({
    schemaVersion: 1,
    registry: {
      id: defaultRegistryId([{ type: 'sample-fleet', uri }]),
      name: role === 'registry' ? 'Sample model registry' : 'Sample clusters',
      uri,
    },
    role,
    collector: { name: 'assay', version: '1' },
    counts,
    sources: [
      {
        type: 'sample-fleet',
        uri,
        collectedAt,
        complete: true,
        coverage: {
          inputsSeen: 1,
          inputsUsed: 1,
          inputsSkipped: 0,
          reasons: {},
          denied: [],
          errors: [],
          scope: role === 'discovery' ? [...fleet.vocabulary.clusters] : ['*'],
          reportedTotals: counts,
        },
        suppliedFields,
      },
    ],
  });
}
