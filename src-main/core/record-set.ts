/**
 * The records of one or several snapshots as the pure parts (reconcile, policy, lineage) see them.
 *
 * The store implements it lazily over SQLite, tests over arrays. Iteration order is (kind, id) as UTF-8 bytes, so that every
 * result is reproducible.
 */
import type { Kind } from '../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord, RecordRef } from '../../src-shared/domain/record.ts';
import type { SnapshotRole, Source } from '../../src-shared/domain/snapshot.ts';

/** Is what is stored still what was signed? */
export interface EvidenceIntact {
  readonly state: 'intact' | 'altered' | 'unknown';
  /** One sentence for a person. */
  readonly reason: string;
}

/** What evaluation needs to know of an imported snapshot. */
export interface SnapshotMeta {
  /** Number in this workspace. */
  readonly snapshot: number;
  readonly snapshotId: string;
  readonly registryId: string;
  readonly registryName: string;
  readonly role: SnapshotRole;
  readonly sequence: number;
  /** Earliest `sources[].collectedAt`, and never after the import. */
  readonly takenAt: string;
  readonly statementSha256: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly sources: readonly Source[];
  /** Set where somebody compared the stored records with the signed statement. */
  readonly evidenceIntact?: EvidenceIntact;
}

/** A record plus where it stands: which snapshot said so, and the digest of its body. */
export interface StoredRecord extends CanonicalRecord {
  readonly snapshot: number;
  /** hex SHA-256 of JCS{kind,id,body} (decisions.md 1). */
  readonly digest: string;
}

/** What is known of a record without reading it. */
export interface RecordEntry {
  readonly id: string;
  /** Stands for the body: what two sets over one store, or over lists, both say is equal. Empty where nobody digested it. */
  readonly content: string | number;
  readonly snapshot: number;
}

/** One id under which snapshots of different registries hold different bodies; the set has only the later one. */
export interface RecordConflict {
  readonly id: string;
  readonly snapshots: readonly number[];
}

/** Fields by kind: what a piece of work reads of the records that it visits again and again. */
export type FieldChoice = Partial<Readonly<Record<Kind, readonly string[]>>>;

export interface RecordSet {
  readonly snapshots: readonly SnapshotMeta[];
  /** True when every record was compared with its digest as it was read, and an altered one refused. */
  readonly digestsChecked: boolean;
  /** Number of records of a kind. */
  count(kind: Kind): number;
  get(ref: RecordRef): StoredRecord | undefined;
  all(kind: Kind): Iterable<StoredRecord>;
  /** The same records in the same order, none of them read. */
  entries(kind: Kind): Iterable<RecordEntry>;
  /** Records that hide one of another registry, in id order. Snapshots of one registry are versions and hide nothing. */
  conflicts(kind: Kind): readonly RecordConflict[];
  /** Fields that at least one source of these snapshots can supply for the kind (decisions.md 4). */
  suppliedFields(kind: Kind): ReadonlySet<string>;
}

/** A record set over arrays, for tests and for small inputs. Later snapshots win where two hold the same record. */
export function recordSetOf(snapshots: readonly SnapshotMeta[], records: readonly StoredRecord[]): RecordSet {
  const byKind = new Map<Kind, Map<string, StoredRecord>>();
  for (const record of records) {
    const ofKind = byKind.get(record.kind) ?? new Map<string, StoredRecord>();
    ofKind.set(record.id, record);
    byKind.set(record.kind, ofKind);
  }
  const sorted = new Map<Kind, StoredRecord[]>();
  for (const [kind, map] of byKind) {
    sorted.set(
      kind,
      [...map.values()].sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))),
    );
  }
  const supplied = new Map<Kind, ReadonlySet<string>>();
  return {
    snapshots,
    digestsChecked: false,
    count: (kind) => byKind.get(kind)?.size ?? 0,
    get: (ref) => byKind.get(ref.kind)?.get(ref.id),
    all: (kind) => sorted.get(kind) ?? [],
    entries: (kind) => (sorted.get(kind) ?? []).map(({ id, digest, snapshot }) => ({ id, content: digest, snapshot })),
    conflicts: (kind) =>
      conflictsIn(
        snapshots,
        records
          .filter((record) => record.kind === kind)
          .map(({ id, digest, snapshot }) => ({ id, content: digest, snapshot })),
      ),
    suppliedFields(kind) {
      let set = supplied.get(kind);
      if (!set) {
        set = new Set(snapshots.flatMap((s) => s.sources.flatMap((source) => source.suppliedFields[kind] ?? [])));
        supplied.set(kind, set);
      }
      return set;
    },
  };
}

/** Conflicts among entries of several snapshots, every entry of an id given. */
export function conflictsIn(
  snapshots: readonly Pick<SnapshotMeta, 'snapshot' | 'registryId'>[],
  entries: Iterable<RecordEntry>,
): readonly RecordConflict[] {
  const registryOf = new Map(snapshots.map(({ snapshot, registryId }) => [snapshot, registryId]));
  const byId = new Map<string, RecordEntry[]>();
  for (const entry of entries) byId.set(entry.id, [...(byId.get(entry.id) ?? []), entry]);
  return [...byId]
    .filter(
      ([, same]) =>
        new Set(same.map(({ content }) => content)).size > 1 &&
        new Set(same.map(({ snapshot }) => registryOf.get(snapshot))).size > 1,
    )
    .map(([id, same]) => ({ id, snapshots: same.map(({ snapshot }) => snapshot) }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
}
