/** An imported snapshot as the source of proofs: statement and signatures byte for byte, lines put together from the store. */
import type { JobContext } from '../ports.ts';
import { throttled } from '../snapshot/progress.ts';
import { parseStatement } from '../snapshot/statement.ts';
import type { ReadableDb } from '../store/database.ts';
import { signedBytesOf } from '../store/proof-queries.ts';
import { storedLines } from '../store/stored-lines.ts';
import type { LineSource } from './create-proof.ts';
import type { OrderedLine } from './record-order.ts';

/** Raises `usage` / `snapshot.unknown`. */
export function storedSource(db: ReadableDb, snapshot: number, job: JobContext): LineSource {
  const { statement, statementSha256, signatures } = signedBytesOf(db, snapshot);
  const parsed = parseStatement(statement);
  return {
    where: `snapshot ${snapshot}`,
    statement: parsed,
    statementSha256,
    signatures,
    async *lines(): AsyncGenerator<readonly OrderedLine[]> {
      const progress = throttled(job);
      let done = 0;
      for await (const page of storedLines(db, snapshot, job)) {
        yield page.map(({ kind, id, line }) => ({ kind, id: Buffer.from(id), line }));
        done += page.length;
        progress({ phase: 'Reading records', done, total: parsed.predicate.merkle.leaves, unit: 'records' });
      }
    },
  };
}
