/** Writes record shards: one JCS line per record in (kind, id) order, a new shard before the size limit. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobContext } from '../ports.ts';
import { writeLines } from './line-writer.ts';
import type { RecordSpool } from './record-spool.ts';

/** Bytes per shard; the format allows 64 MiB (snapshot-format.md). */
const shardBytes = 60 * 1024 * 1024;

export async function writeRecords(folder: string, spool: RecordSpool, job: JobContext): Promise<void> {
  const records = join(folder, 'records');
  await mkdir(records);
  let done = 0;
  for (const kind of spool.kinds()) {
    const lines = spool.lines(kind)[Symbol.iterator]();
    let next = lines.next();
    for (let shard = 1; !next.done; shard += 1) {
      let room = shardBytes;
      await writeLines(join(records, `${kind}-${String(shard).padStart(4, '0')}.ndjson`), () => {
        if (next.done || next.value.length + 1 > room) return null;
        const line = next.value;
        room -= line.length + 1;
        next = lines.next();
        done += 1;
        if (done % 1024 === 0) {
          job.throwIfCancelled();
          job.report({ phase: 'write', done, total: spool.size, unit: 'records' });
        }
        return line;
      });
    }
  }
}
