/** Record shards on their way into a bundle: every line parsed as strictly as an import will, digests and Merkle root. */
import { createHash } from 'node:crypto';
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import type { JobContext } from '../ports.ts';
import { createMerkleTree } from './merkle.ts';
import { type PackSource, refusePack, streamSource } from './pack-source.ts';
import { parseRecordLine } from './parse-line.ts';
import { throttled } from './progress.ts';
import { orderChecker, refuseLine, splitLines } from './record-lines.ts';
import { type MemberFile, mediaTypes } from './statement.ts';
import type { WritableMember } from './zip-write.ts';

export interface PackedRecords {
  readonly members: readonly WritableMember[];
  readonly files: readonly MemberFile[];
  readonly merkle: Predicate['merkle'];
}

/** Raises `input` / `record.*` for a bad line, `pack.counts` when counts differ from collection.json. */
export async function packRecords({ folder, collection, shards }: PackSource, job: JobContext): Promise<PackedRecords> {
  const tree = createMerkleTree();
  const checkOrder = orderChecker(folder);
  const progress = throttled(job);
  const total = Object.values(collection.counts).reduce((sum, count) => sum + count, 0);
  const members: WritableMember[] = [];
  const files: MemberFile[] = [];
  const counts = new Map<string, number>();

  for (const source of shards) {
    const { kind, number } = source.shard;
    const expected = 1 + files.filter((file) => file.kind === kind).length;
    if (number !== expected)
      refusePack('shard_number', folder, `${source.name} should be shard ${expected} of ${kind}`, source.name);
    const digest = createHash('sha256');
    let bytes = 0;
    let records = 0;
    for await (const batch of splitLines(tap(streamSource(source)), kind, source.name, folder)) {
      job.throwIfCancelled();
      for (const line of batch) {
        const record = parseRecordLine(line, folder);
        if (record.prov.source >= collection.sources.length) {
          refuseLine(
            'source',
            folder,
            line.member,
            line.lineNumber,
            `it comes from source ${record.prov.source}, which collection.json does not list`,
          );
        }
        checkOrder(line);
        tree.append(line.line);
      }
      records += batch.length;
      progress({ phase: 'Checking records', done: tree.leaves, total, unit: 'records' });
    }
    counts.set(kind, (counts.get(kind) ?? 0) + records);
    members.push({ name: source.name, sha256: digest.digest('hex'), bytes, open: () => streamSource(source) });
    files.push({ name: source.name, kind, mediaType: mediaTypes.records, bytes, records });

    async function* tap(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        digest.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
  }
  checkCounts(folder, collection.counts, counts);
  return { members, files, merkle: { alg: 'rfc6962-sha256', root: tree.root().toString('hex'), leaves: tree.leaves } };
}

function checkCounts(
  folder: string,
  stated: Readonly<Record<string, number>>,
  found: ReadonlyMap<string, number>,
): void {
  for (const kind of new Set([...Object.keys(stated), ...found.keys()])) {
    const there = found.get(kind) ?? 0;
    if (there !== (stated[kind] ?? 0)) {
      refusePack(
        'counts',
        folder,
        `collection.json states ${stated[kind] ?? 0} ${kind} records and ${there} are there`,
      );
    }
  }
}
