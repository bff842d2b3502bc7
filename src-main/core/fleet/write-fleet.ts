/** Writes a generated fleet as three unpacked snapshots (decisions.md 18) and its sealed answer. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { type Collection, collectionSchema, type SnapshotRole } from '../../../src-shared/domain/snapshot.ts';
import { recordLine, toJcs } from '../canonical-json.ts';
import { writeLines } from '../collect/line-writer.ts';
import { defaultRegistryId } from '../collect/registry-id.ts';
import type { JobContext } from '../ports.ts';
import type { Fleet } from './generate-fleet.ts';
import type { FleetRecord } from './unit.ts';

export interface FleetFolders {
  readonly previous: string;
  readonly registry: string;
  readonly discovery: string;
  /** JSON of the planted faults; only the comparison at the end of the demo opens it. */
  readonly answer: string;
  readonly records: number;
}

const evidence = 'evidence/sample-fleet/fleet.json';
const shardRecords = 50_000;

export async function writeFleet(fleet: Fleet, folder: string, job: JobContext): Promise<FleetFolders> {
  const folders = {
    previous: join(folder, 'registry-previous'),
    registry: join(folder, 'registry'),
    discovery: join(folder, 'discovery'),
    answer: join(folder, 'sealed-answer.json'),
  };
  const sides = [
    { path: folders.previous, role: 'registry', records: fleet.previous, at: fleet.clock.previousTakenAt },
    { path: folders.registry, role: 'registry', records: fleet.registry, at: fleet.clock.takenAt },
    { path: folders.discovery, role: 'discovery', records: fleet.discovery, at: fleet.clock.takenAt },
  ] as const;
  for (const side of sides) await writeSide(side.path, side.role, side.records, side.at, fleet, job);
  await writeFile(folders.answer, `${JSON.stringify({ seed: fleet.seed, models: fleet.models, planted: fleet.planted }, null, 1)}\n`, { flag: 'wx' });
  return { ...folders, records: sides.reduce((sum, side) => sum + side.records.length, 0) };
}

async function writeSide(path: string, role: SnapshotRole, records: readonly FleetRecord[], collectedAt: string, fleet: Fleet, job: JobContext): Promise<void> {
  await mkdir(join(path, 'records'), { recursive: true });
  await mkdir(join(path, 'evidence', 'sample-fleet'), { recursive: true });
  await writeFile(join(path, evidence), `${toJcs({ generator: 'assay sample fleet', seed: fleet.seed, models: fleet.models, role, takenAt: collectedAt })}\n`);
  const byKind = Map.groupBy(records, (record) => record.kind);
  for (const [kind, ofKind] of byKind) {
    for (let start = 0; start < ofKind.length; start += shardRecords) {
      job.throwIfCancelled();
      const lines = ofKind.slice(start, start + shardRecords).values();
      const shard = String(start / shardRecords + 1).padStart(4, '0');
      await writeLines(join(path, 'records', `${kind}-${shard}.ndjson`), () => {
        const next = lines.next();
        return next.done ? null : Buffer.from(lineOf(next.value));
      });
    }
  }
  await writeFile(join(path, 'collection.json'), `${JSON.stringify(collectionOf(role, byKind, collectedAt, fleet), null, 2)}\n`);
}

const lineOf = (record: FleetRecord): string =>
  recordLine({ ...record, prov: { source: 0, default: { confidence: 'declared', locator: `${evidence}#/seed` } } });

function collectionOf(role: SnapshotRole, byKind: ReadonlyMap<Kind, readonly FleetRecord[]>, collectedAt: string, fleet: Fleet): Collection {
  const counts = Object.fromEntries([...byKind].map(([kind, records]) => [kind, records.length]));
  const name = role === 'registry' ? 'Sample model registry' : 'Sample clusters';
  const uri = `urn:assay:sample-fleet:${role}:${fleet.seed}`;
  return collectionSchema.parse({
    schemaVersion: 1,
    registry: { id: defaultRegistryId([{ type: 'sample-fleet', uri }]), name, uri },
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
        suppliedFields: Object.fromEntries([...byKind.keys()].map((kind) => [kind, suppliedFields(role, kind, byKind.get(kind) ?? [])])),
      },
    ],
  });
}

/** The sample registry has a column for everything in the dictionary; discovery only for what a runtime shows. */
function suppliedFields(role: SnapshotRole, kind: Kind, records: readonly FleetRecord[]): string[] {
  if (role === 'registry') return entityOf(kind).fields.map((field) => field.name);
  return [...new Set(records.flatMap((record) => Object.keys(record.body)))].sort();
}
