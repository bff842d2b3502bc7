/**
 * The order of record lines, and what a signed statement says of it without a single line.
 *
 * Lines are sorted by (kind, id) as UTF-8 bytes (decisions.md 1), and the statement lists the shards of each kind with their
 * line counts. So which leaf indexes belong to which kind is signed, and only the order within a kind is left to be shown.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { Statement } from '../../../src-shared/domain/snapshot.ts';
import { refuseStatement, signedShardsOf } from '../snapshot/statement.ts';
import { compareUtf8 } from '../store/utf8-order.ts';

/** Leaf indexes of one kind: `first` up to, not including, `end`. */
export interface KindRange {
  readonly kind: Kind;
  readonly first: number;
  readonly end: number;
}

/** Ranges of the kinds that the snapshot holds, in order. Raises `trust` / `statement.record_count` when shards and tree differ. */
export function kindRanges(statement: Statement): readonly KindRange[] {
  const ranges = new Map<Kind, KindRange>();
  let end = 0;
  for (const { shard, records } of signedShardsOf(statement)) {
    const first = ranges.get(shard.kind)?.first ?? end;
    end += records;
    ranges.set(shard.kind, { kind: shard.kind, first, end });
  }
  const { leaves } = statement.predicate.merkle;
  if (end !== leaves)
    refuseStatement('record_count', `its shards list ${end} records and its Merkle tree has ${leaves} leaves`);
  return [...ranges.values()];
}

/** The range of a kind; an empty one when the snapshot has none of that kind. */
export const rangeOf = (ranges: readonly KindRange[], kind: Kind): KindRange =>
  ranges.find((range) => range.kind === kind) ?? { kind, first: 0, end: 0 };

/** A record line with the key it is sorted by. */
export interface OrderedLine {
  readonly kind: Kind;
  /** UTF-8 bytes. */
  readonly id: Buffer;
  /** Without its newline: the bytes of the leaf. */
  readonly line: Buffer;
}

/** Order of record lines; kinds are ASCII, so code units order them as bytes do. */
export function compareRefs(a: RecordRef, b: RecordRef): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return compareUtf8(a.id, b.id);
}
