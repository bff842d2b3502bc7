/**
 * What changed between two stored snapshots.
 *
 * Bodies are stored by content, so "unchanged" is the same integer on both sides: the packed body columns of both snapshots
 * are compared as sets, and only records on one side alone are looked at. Field by field is done for the page shown.
 */
import type { OutputOf, ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import {
  entityOf,
  type FieldGroup,
  fieldGroups,
  fieldLabel,
  fieldOf,
  type Kind,
  kinds,
} from '../../../src-shared/domain/dictionary.ts';
import { isBlankValue } from '../../../src-shared/domain/validators.ts';
import type { Cell } from '../../../src-shared/domain/verdict.ts';
import { toJcs } from '../canonical-json.ts';
import type { StoredRecord } from '../record-set.ts';
import { columnsOf } from './columns.ts';
import { cursorAt, positionOfCursor } from './cursor-position.ts';
import type { ReadableDb } from './database.ts';
import { blankWord, cellOf, type NameOf } from './display.ts';
import { nameLookup } from './name-lookup.ts';
import { findRow, readRecord } from './records.ts';
import { findSnapshot, type StoredSnapshot } from './snapshot-queries.ts';
import { compareUtf8 } from './utf8-order.ts';

type DiffOutput = OutputOf<'snapshots.diff'>;
type DiffRow = DiffOutput['rows'][number];
export type KindDeltas = DiffOutput['kinds'];

interface Change {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
}

interface Comparison {
  readonly kinds: KindDeltas;
  /** In (kind, id) order, kinds as they are listed to people. */
  readonly changes: readonly Change[];
}

/** The last comparison of a handle: pages of one diff come one after the other. */
const lastComparison = new WeakMap<ReadableDb, { readonly key: string; readonly comparison: Comparison }>();

function compare(db: ReadableDb, from: StoredSnapshot, to: StoredSnapshot): Comparison {
  const key = `${from.snapshot}/${to.snapshot}`;
  const last = lastComparison.get(db);
  if (last?.key === key) return last.comparison;
  const deltas: KindDeltas = [];
  const changes: Change[] = [];
  for (const kind of kinds) {
    const before = columnsOf(db, from.snapshot, kind).body;
    const after = columnsOf(db, to.snapshot, kind).body;
    if (before.length === 0 && after.length === 0) continue;
    const gone = namesOf(db, bodiesOnlyIn(before, after));
    const fresh = namesOf(db, bodiesOnlyIn(after, before));
    const ofKind: Change[] = [];
    for (const [id, name] of fresh) ofKind.push({ kind, id, name, change: gone.has(id) ? 'changed' : 'added' });
    for (const [id, name] of gone) if (!fresh.has(id)) ofKind.push({ kind, id, name, change: 'removed' });
    const count = (change: Change['change']) => ofKind.filter((row) => row.change === change).length;
    deltas.push({
      kind,
      records: after.length,
      added: count('added'),
      changed: count('changed'),
      removed: count('removed'),
      unchanged: after.length - fresh.size,
    });
    for (const change of ofKind.sort((a, b) => compareUtf8(a.id, b.id))) changes.push(change);
  }
  const comparison = { kinds: deltas, changes };
  lastComparison.set(db, { key, comparison });
  return comparison;
}

/** Bodies of `side` that `other` does not hold. */
function bodiesOnlyIn(side: Uint32Array, other: Uint32Array): readonly number[] {
  let max = 0;
  for (const body of other) if (body > max) max = body;
  const held = new Uint8Array(max + 1);
  for (const body of other) held[body] = 1;
  const only: number[] = [];
  for (const body of side) if (body > max || held[body] === 0) only.push(body);
  return only;
}

const lookupBatch = 5000;

/** id -> name of each body; a kind holds each id once. */
function namesOf(db: ReadableDb, bodies: readonly number[]): ReadonlyMap<string, string> {
  const find = db.readRaw<[string], [string, string]>(
    'SELECT id, name FROM body WHERE body IN (SELECT value FROM json_each(?))',
  );
  const names = new Map<string, string>();
  for (let start = 0; start < bodies.length; start += lookupBatch) {
    for (const [id, name] of find.all(JSON.stringify(bodies.slice(start, start + lookupBatch)))) names.set(id, name);
  }
  return names;
}

/** Counts per kind of what was added, changed, removed and left alone from one snapshot to another. */
export const kindDeltas = (db: ReadableDb, from: number, to: number): KindDeltas =>
  compare(db, findSnapshot(db, from), findSnapshot(db, to)).kinds;

/** One page of the differences, with the fields of what changed. */
export function snapshotDiff(db: ReadableDb, input: ParsedInputOf<'snapshots.diff'>): DiffOutput {
  const from = findSnapshot(db, input.from);
  const to = findSnapshot(db, input.to);
  const { kinds: deltas, changes } = compare(db, from, to);
  const wanted = changes.filter(
    (row) =>
      (input.kind === undefined || row.kind === input.kind) &&
      (input.change === undefined || row.change === input.change),
  );
  // Both snapshots are immutable, so a position in the list stays what it is.
  const start = positionOfCursor(input.cursor);
  const nameOf = nameLookup(db, [from.snapshot, to.snapshot]);
  const next = start + input.limit;
  return {
    from: from.snapshot,
    to: to.snapshot,
    kinds: deltas,
    rows: wanted.slice(start, next).map((change) => diffRow(db, from, to, change, nameOf)),
    next: next < wanted.length ? cursorAt(next) : null,
  };
}

function diffRow(db: ReadableDb, from: StoredSnapshot, to: StoredSnapshot, change: Change, nameOf: NameOf): DiffRow {
  const { kind, id, name } = change;
  const label = entityOf(kind).label;
  if (change.change === 'added')
    return { kind, id, name, change: 'added', sentence: `${label} ${name} was added`, fields: [] };
  if (change.change === 'removed')
    return { kind, id, name, change: 'removed', sentence: `${label} ${name} is gone`, fields: [] };
  const before = stored(db, from, change);
  const after = stored(db, to, change);
  const fields = changedFields(before, after).map((field) => ({
    field,
    label: fieldLabel(kind, field),
    group: groupOf(kind, field),
    before: cell(before, from, field, nameOf),
    after: cell(after, to, field, nameOf),
  }));
  fields.sort((a, b) => fieldGroups.indexOf(a.group) - fieldGroups.indexOf(b.group));
  return { kind, id, name, change: 'changed', sentence: sentenceOf(kind, fields), fields };
}

function stored(db: ReadableDb, snapshot: StoredSnapshot, { kind, id }: Change): StoredRecord {
  const row = findRow(db, snapshot.snapshot, { kind, id });
  if (!row) throw new Error('a compared record is not in its snapshot');
  return readRecord(db, row);
}

const groupOf = (kind: Kind, field: string): FieldGroup => fieldOf(kind, field)?.group ?? 'purpose';

type Body = Pick<StoredRecord, 'kind' | 'body'>;

/** Names of the fields whose values differ; two blanks are the same. */
export function changedFields(before: Body, after: Body): string[] {
  const names = new Set([
    ...entityOf(after.kind).byName.keys(),
    ...Object.keys(before.body),
    ...Object.keys(after.body),
  ]);
  return [...names].filter((name) => {
    const left = before.body[name];
    const right = after.body[name];
    if (isBlankValue(left) && isBlankValue(right)) return false;
    return left === undefined || right === undefined || toJcs(left) !== toJcs(right);
  });
}

function cell(record: StoredRecord, snapshot: StoredSnapshot, field: string, nameOf: NameOf): Cell {
  const source = snapshot.statement.predicate.sources[record.prov.source];
  const supplied = new Set(source?.suppliedFields[record.kind] ?? []);
  return cellOf(
    { snapshot: snapshot.snapshot, statementSha256: snapshot.statementSha256, record, supplied },
    field,
    nameOf,
  );
}

const longest = 80;
const shorten = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/** "Owner changed from Risk Ops to nobody, and 2 more fields". */
function sentenceOf(kind: Kind, fields: DiffRow['fields']): string {
  const [first, ...rest] = fields;
  if (!first) return 'A field was added or removed without a value';
  const type = fieldOf(kind, first.field)?.type;
  const word = (side: Cell): string => (side.value === '' ? blankWord(type) : shorten(side.value));
  const more = rest.length === 0 ? '' : rest.length === 1 ? ', and 1 more field' : `, and ${rest.length} more fields`;
  return `${first.label} changed from ${word(first.before)} to ${word(first.after)}${more}`;
}
