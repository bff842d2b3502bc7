/** Everything known about one record: facts, relations both ways, history, findings. */
import type { OutputOf, ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, fieldGroups, fieldLabel, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { isBlankValue } from '../../../src-shared/domain/validators.ts';
import { raise } from '../../../src-shared/result.ts';
import type { StoredRecord } from '../record-set.ts';
import { artifactStateOf } from './artifact-queries.ts';
import { bodyRows } from './body-rows.ts';
import type { ReadableDb } from './database.ts';
import { type CellSource, cellOf, type NameOf } from './display.ts';
import { completenessOf } from './inventory-queries.ts';
import { nameLookup } from './name-lookup.ts';
import { defaultSnapshots } from './record-set.ts';
import { signalsFor } from './record-signals.ts';
import { findRow, readBody, readRecord } from './records.ts';
import { refsIn, refsOf, refToken } from './references.ts';
import { findSnapshot, type StoredSnapshot } from './snapshot-queries.ts';

type Dossier = OutputOf<'inventory.show'>;

/** Where no snapshot is named: the newest registry that holds the record, else the newest discovery that does. */
export function dossier(db: ReadableDb, input: ParsedInputOf<'inventory.show'>): Dossier {
  const { registry, discovery } = defaultSnapshots(db);
  const candidates = input.snapshot === undefined ? [...discovery, ...registry] : [input.snapshot];
  const snapshot = candidates.findLast((candidate) => findRow(db, candidate, input.ref) !== undefined);
  if (snapshot === undefined) {
    return raise(
      'usage',
      'record.unknown',
      input.snapshot === undefined
        ? `No current snapshot holds ${formatRef(input.ref)}.`
        : `Snapshot ${input.snapshot} does not hold ${formatRef(input.ref)}.`,
      { ref: formatRef(input.ref) },
    );
  }
  const inView = [...new Set([...discovery, ...registry, snapshot])];
  const nameOf = nameLookup(db, inView);
  const current = sourceOf(db, findSnapshot(db, snapshot), input.ref);
  const record = current.record;
  if (!record) throw new Error('a record that was just found is gone');
  const previous = input.compareTo === undefined ? null : sourceOf(db, findSnapshot(db, input.compareTo), input.ref);
  const signals = signalsFor(db, input.ref.kind, [input.ref.id]).get(input.ref.id);
  return {
    ref: input.ref,
    name: nameOf(input.ref) ?? input.ref.id,
    snapshot,
    statementSha256: current.statementSha256,
    digest: record.digest,
    verdict: signals?.verdict ?? null,
    completeness: completenessOf(input.ref.kind, filledCoreFields(record)),
    facts: factsOf(current, record, previous, nameOf),
    relations: [...outgoing(record, nameOf), ...incoming(db, inView, input.ref)],
    artifact: artifactStateOf(db, input.ref, record.body),
    history: historyOf(db, input.ref),
    findings: findingsOf(db, input.ref),
  };
}

interface RecordSource extends CellSource {
  readonly record: StoredRecord | undefined;
}

function sourceOf(db: ReadableDb, snapshot: StoredSnapshot, ref: RecordRef): RecordSource {
  const row = findRow(db, snapshot.snapshot, ref);
  const record = row ? readRecord(db, row) : undefined;
  const source = record ? snapshot.statement.predicate.sources[record.prov.source] : undefined;
  return {
    snapshot: snapshot.snapshot,
    statementSha256: snapshot.statementSha256,
    record,
    supplied: new Set(source?.suppliedFields[ref.kind] ?? []),
  };
}

function filledCoreFields(record: StoredRecord): number {
  const { fields, idField } = entityOf(record.kind);
  return fields.filter(
    (field) => field.need === 'core' && (field.name === idField || !isBlankValue(record.body[field.name])),
  ).length;
}

/** Every field of the dictionary in its order within its group, then what the dictionary does not know. */
function factsOf(
  current: RecordSource,
  record: StoredRecord,
  previous: RecordSource | null,
  nameOf: NameOf,
): Dossier['facts'] {
  const { fields, byName } = entityOf(record.kind);
  const ordered = fieldGroups.flatMap((group) => fields.filter((field) => field.group === group));
  const unknown = [...new Set([...Object.keys(record.body), ...Object.keys(previous?.record?.body ?? {})])]
    .filter((name) => !byName.has(name))
    .sort();
  const fact = (
    name: string,
    rest: Pick<Dossier['facts'][number], 'label' | 'help' | 'group' | 'need'>,
  ): Dossier['facts'][number] => ({
    field: name,
    ...rest,
    cell: cellOf(current, name, nameOf),
    ...(previous ? { previous: cellOf(previous, name, nameOf) } : {}),
    refs: [...refsIn(record.body[name])],
  });
  return [
    ...ordered.map(({ name, label, help, group, need }) => fact(name, { label, help, group, need })),
    ...unknown.map((name) =>
      fact(name, {
        label: name,
        help: 'Not in the dictionary; kept as the source states it.',
        group: 'purpose',
        need: 'optional',
      }),
    ),
  ];
}

const outgoing = (record: StoredRecord, nameOf: NameOf): Dossier['relations'] =>
  refsOf(record.kind, record.body).map(({ field, ref }) => ({
    relation: fieldLabel(record.kind, field),
    ref,
    name: nameOf(ref) ?? ref.id,
    detail: nameOf(ref) === undefined ? 'referred to, not described in these snapshots' : `${record.kind}.${field}`,
  }));

/** Records that refer to one are found through the token of the reference; each is read to see that it really does. */
const mostIncoming = 1000;

function incoming(db: ReadableDb, snapshots: readonly number[], ref: RecordRef): Dossier['relations'] {
  const found = db
    .readRaw<[string, number], [number]>(
      'SELECT rowid FROM record_search WHERE record_search MATCH ? ORDER BY rowid LIMIT ?',
    )
    .all(`refs : "${refToken(ref)}"`, mostIncoming * 4)
    .map(([body]) => body);
  const relations: Dossier['relations'] = [];
  for (const row of bodyRows(db, found).values()) {
    const { kind, id, body } = readBody(db, row);
    if (!isCurrent(db, snapshots, kind, id, row.body)) continue;
    for (const { field, ref: target } of refsOf(kind, body)) {
      if (target.kind !== ref.kind || target.id !== ref.id || relations.length >= mostIncoming) continue;
      relations.push({
        relation: `${entityOf(kind).label}: ${fieldLabel(kind, field)}`,
        ref: { kind, id },
        name: row.name,
        detail: `${kind}.${field}`,
      });
    }
  }
  return relations;
}

/** True when one of the snapshots in view holds the record with exactly this body. */
const isCurrent = (db: ReadableDb, snapshots: readonly number[], kind: Kind, id: string, body: number): boolean =>
  snapshots.some((snapshot) => findRow(db, snapshot, { kind, id })?.body === body);

function historyOf(db: ReadableDb, ref: RecordRef): Dossier['history'] {
  const rows = db
    .readRaw<[string, string], [number, string, string]>(
      `SELECT s.snapshot, s.taken_at, lower(hex(b.digest)) FROM snapshot s
       JOIN snapshot_record r ON r.snapshot = s.snapshot AND r.kind = ? AND r.id = ?
       JOIN body b ON b.body = r.body ORDER BY s.taken_at, s.snapshot`,
    )
    .all(ref.kind, ref.id);
  return rows.map(([snapshot, takenAt, digest], index) => ({
    snapshot,
    takenAt,
    digest,
    changed: index > 0 && rows[index - 1]?.[2] !== digest,
  }));
}

const findingsOf = (db: ReadableDb, ref: RecordRef): Dossier['findings'] =>
  db
    .readRaw<[string, string], [number, string, string, string, string]>(
      `SELECT finding_id, rule_id, title, severity, state FROM finding
       WHERE subject_kind = ? AND subject_id = ? ORDER BY severity_rank, rule_id`,
    )
    .all(ref.kind, ref.id)
    .map(([id, ruleId, title, severity, state]) => ({ id, ruleId, title, severity, state }));
