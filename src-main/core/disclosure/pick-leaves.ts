/**
 * Finds records, and the gaps where records would be, in one pass over all lines in order.
 *
 * What is asked for is sorted like the lines, so that each line is compared with one key only, and no line is kept that the
 * proof will not hold.
 */

import { maxProven } from '../../../src-shared/domain/disclosure.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import type { OrderedLine } from './record-order.ts';

export interface Request {
  readonly records: readonly RecordRef[];
  /** Records that are to be shown as not being there. */
  readonly absent: readonly RecordRef[];
}

export interface PickedLeaf {
  readonly index: number;
  readonly line: Buffer;
}

export interface LeafPicker {
  /** Every line of the snapshot, in order. */
  take(line: OrderedLine): void;
  /** Lines that the proof discloses, by index: the records, and both neighbours of each gap within its kind. */
  finish(): readonly PickedLeaf[];
}

interface Wanted {
  readonly ref: RecordRef;
  readonly id: Buffer;
  readonly absent: boolean;
}

/** Raises `usage` / `proof.nothing_asked`, `.too_many` or `.contradiction`, `input` / `proof.record_unknown` or `.record_present`. */
export function leafPicker(request: Request, where: string): LeafPicker {
  const wanted = sortedRequest(request);
  const picked = new Map<number, PickedLeaf>();
  const unknown: string[] = [];
  let next = 0;
  let index = -1;
  let before: OrderedLine | null = null;

  const pick = (at: number, { line }: OrderedLine): void => {
    if (!picked.has(at)) picked.set(at, { index: at, line: Buffer.from(line) });
  };
  const missing = (one: Wanted, after: OrderedLine | null): void => {
    if (!one.absent) {
      unknown.push(formatRef(one.ref));
      return;
    }
    if (before?.kind === one.ref.kind) pick(index - 1, before);
    if (after?.kind === one.ref.kind) pick(index, after);
  };

  return {
    take(line) {
      index += 1;
      for (let one = wanted[next]; one && compareKeys(one, line) <= 0; one = wanted[next]) {
        next += 1;
        if (compareKeys(one, line) < 0) missing(one, line);
        else if (one.absent) refusePresent(one, where);
        else pick(index, line);
      }
      before = line;
    },
    finish() {
      index += 1;
      for (; next < wanted.length; next += 1) {
        const one = wanted[next];
        if (one) missing(one, null);
      }
      if (unknown.length > 0) refuseUnknown(unknown, where);
      return [...picked.values()].sort((a, b) => a.index - b.index);
    },
  };
}

/** Kinds are ASCII, so code units order them as bytes do. */
function compareKeys(one: Wanted, line: OrderedLine): number {
  if (one.ref.kind !== line.kind) return one.ref.kind < line.kind ? -1 : 1;
  return Buffer.compare(one.id, line.id);
}

function sortedRequest({ records, absent }: Request): readonly Wanted[] {
  const byRef = new Map<string, Wanted>();
  for (const [refs, isAbsent] of [
    [records, false],
    [absent, true],
  ] as const) {
    for (const ref of refs) {
      const name = formatRef(ref);
      if (byRef.get(name)?.absent === !isAbsent) {
        raise('usage', 'proof.contradiction', `${name} cannot be shown both as being there and as absent.`, {
          record: name,
        });
      }
      byRef.set(name, { ref, id: Buffer.from(ref.id), absent: isAbsent });
    }
  }
  if (byRef.size === 0)
    raise('usage', 'proof.nothing_asked', 'Name what to prove: a record that is there, or one that is absent.');
  if (byRef.size > maxProven) {
    raise(
      'usage',
      'proof.too_many',
      `One proof holds at most ${maxProven} records; redact the snapshot instead, or make several proofs.`,
    );
  }
  return [...byRef.values()].sort((a, b) =>
    a.ref.kind === b.ref.kind ? Buffer.compare(a.id, b.id) : a.ref.kind < b.ref.kind ? -1 : 1,
  );
}

function refusePresent({ ref }: Wanted, where: string): never {
  return raise(
    'input',
    'proof.record_present',
    `${where} holds ${formatRef(ref)}, so that its absence cannot be shown; no proof was written.`,
    { record: formatRef(ref) },
  );
}

function refuseUnknown(unknown: readonly string[], where: string): never {
  const first = unknown.slice(0, 5).join(', ');
  const more = unknown.length > 5 ? ` and ${unknown.length - 5} more` : '';
  return raise(
    'input',
    'proof.record_unknown',
    `${where} does not hold ${first}${more}; no proof was written. Show that as an absence, or name a record that is there.`,
    { records: unknown },
  );
}
