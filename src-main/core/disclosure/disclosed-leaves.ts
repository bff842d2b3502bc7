/**
 * Are these lines leaves of the signed tree, and is nothing between these neighbours? The mathematics of a proof, without a
 * trust decision: the statement's signature is judged elsewhere, and nothing here believes the document's own numbers.
 */
import type { ProofDocument } from '../../../src-shared/domain/disclosure.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import type { Statement } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { hashLeaf, rootFromMultiproof } from '../snapshot/merkle.ts';
import { parseRecordLine } from '../snapshot/parse-line.ts';
import { compareUtf8 } from '../store/utf8-order.ts';
import { type KindRange, kindRanges, rangeOf } from './record-order.ts';

export interface DisclosedRecord {
  readonly ref: RecordRef;
  readonly index: number;
  readonly line: string;
}

export interface Disclosed {
  readonly records: readonly DisclosedRecord[];
  /** Indexes of records that stand next to a gap where an absent one would be. */
  readonly neighbours: ReadonlySet<number>;
}

type Tree = ProofDocument['tree'];

/**
 * Raises `trust` / `proof.tree`, `.root`, `.index`, `.order`, `.absence` or `.partial`, and `input` / `record.*` for a line that
 * is signed and no record.
 */
export function checkDisclosed(proof: ProofDocument, statement: Statement): Disclosed {
  requireSignedTree(proof.tree, statement);
  requireWhole(proof.absent, statement);
  const ranges = kindRanges(statement);
  requireRoot(proof);
  const records = proof.leaves.map(({ index, line }): DisclosedRecord => {
    const { kind } =
      ranges.find((range) => index >= range.first && index < range.end) ??
      refuse('index', `leaf ${index} is beyond the ${proof.tree.size} records that were signed`);
    const { id } = parseRecordLine(
      { kind, member: 'the proof', lineNumber: index + 1, line: Buffer.from(line) },
      'the signed snapshot',
    );
    return { ref: { kind, id }, index, line };
  });
  requireOrder(records);
  const neighbours = new Set<number>();
  for (const ref of proof.absent) for (const index of gapAround(ref, records, ranges)) neighbours.add(index);
  return { records, neighbours };
}

/** An answer to a request lacks whatever nobody asked for: its gaps say nothing about what exists. */
export function requireWhole([first]: readonly RecordRef[], { predicate }: Statement): void {
  if (first && predicate.answers)
    refuse(
      'partial',
      `what was signed is an answer to request ${predicate.answers.requestId} and not a whole snapshot, so that ${formatRef(first)} may exist all the same`,
    );
}

export function requireSignedTree(tree: Tree, { predicate: { merkle } }: Statement): void {
  if (tree.size !== merkle.leaves || tree.root !== merkle.root) {
    refuse(
      'tree',
      `it is made for a tree of ${tree.size} records with root ${tree.root.slice(0, 16)}…, and the signed statement states ${merkle.leaves} records and root ${merkle.root.slice(0, 16)}…`,
    );
  }
}

function requireRoot({ tree, leaves, nodes }: ProofDocument): void {
  // Nothing disclosed: an absence that the signed counts alone show, and then there is nothing to hash.
  if (leaves.length === 0 && nodes.length === 0) return;
  const root = rootFromMultiproof(
    tree.size,
    leaves.map(({ index }) => index),
    Buffer.concat(leaves.map(({ line }) => hashLeaf(Buffer.from(line)))),
    nodesFromHex(nodes),
  );
  if (root?.toString('hex') !== tree.root) {
    refuse(
      'root',
      'its records and hashes do not lead to the signed Merkle root: a record, an index or a hash was changed',
    );
  }
}

/** The publisher's rule: within a kind, ids ascend. A tree that breaks it proves no absence, and was never a good snapshot. */
export function requireOrder(records: readonly Pick<DisclosedRecord, 'ref'>[]): void {
  records.forEach(({ ref }, at) => {
    const before = records[at - 1]?.ref;
    if (before?.kind === ref.kind && compareUtf8(before.id, ref.id) >= 0)
      refuse(
        'order',
        `the publisher signed ${formatRef(ref)} behind ${formatRef(before)}, against the rule of the format`,
      );
  });
}

/** Indexes of the disclosed neighbours of `ref`, which must be next to each other or at an end of the kind's signed range. */
function gapAround(
  ref: RecordRef,
  records: readonly DisclosedRecord[],
  ranges: readonly KindRange[],
): readonly number[] {
  const range = rangeOf(ranges, ref.kind);
  const sameKind = records.filter((record) => record.ref.kind === ref.kind);
  const before = sameKind.findLast((record) => compareUtf8(record.ref.id, ref.id) < 0);
  const after = sameKind.find((record) => compareUtf8(record.ref.id, ref.id) >= 0);
  if (after?.ref.id === ref.id) refuse('absence', `${formatRef(ref)} is said to be absent and is among the records`);
  if ((before ? before.index + 1 : range.first) !== (after ? after.index : range.end))
    refuse('absence', `it does not show what stands where ${formatRef(ref)} would be`);
  return [before, after].flatMap((record) => (record ? [record.index] : []));
}

export const nodesFromHex = (nodes: readonly string[]): Buffer => Buffer.from(nodes.join(''), 'hex');
export const nodesToHex = (nodes: Buffer): string[] => nodes.toString('hex').match(/.{64}/g) ?? [];

export function refuse(code: string, why: string): never {
  return raise('trust', `proof.${code}`, `Not proven: ${why}.`, { reason: why });
}
