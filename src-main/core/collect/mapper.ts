/**
 * What a mapper is: one folder per input format, recognised by content, turning files into draft records.
 *
 * The collector walks the inputs once, asks every mapper to recognise each file, and lets the first that says `primary`
 * map it. A file nobody recognises, or that its mapper cannot use, is counted with a reason: nothing is dropped silently.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { Confidence, RecordBody } from '../../../src-shared/domain/record.ts';
import type { SnapshotRole } from '../../../src-shared/domain/snapshot.ts';

/** One input file. Reading raises an `input` failure for what is too large, not UTF-8 or malformed: that fails this file only. */
export interface InputFile {
  /** Path below the source root, `/` as separator. */
  readonly path: string;
  readonly bytes: number;
  /** Name of the evidence member that will hold this file in the bundle. */
  readonly evidence: string;
  /** First 64 KiB as text (lossy), for recognition. */
  head(): Promise<string>;
  text(): Promise<string>;
  json(): Promise<unknown>;
  /** Every document of a YAML stream; a JSON file is one document. */
  documents(): Promise<readonly unknown[]>;
}

/** A record as a mapper makes it; `body` may leave out its own id field, which the collector sets from `id`. */
export interface DraftRecord {
  readonly kind: Kind;
  readonly id: string;
  readonly body: RecordBody;
  /** JSON pointer (RFC 6901) inside the primary file, or `line=N` with a pointer into that line after it. */
  readonly pointer: string;
  readonly confidence?: Confidence;
  /** Fields that come from elsewhere or with another confidence. */
  readonly fields?: Readonly<
    Record<string, { readonly pointer: string; readonly file?: InputFile; readonly confidence?: Confidence }>
  >;
}

export interface MapContext {
  emit(record: DraftRecord): void;
  /** File at a path relative to the primary's folder, if there is one. */
  sibling(relative: string): InputFile | undefined;
  /** Files of the same source below a folder relative to the primary's folder. */
  below(relative: string): readonly InputFile[];
  /** Marks a companion file as used, so that it is kept as evidence and counted. */
  use(file: InputFile): void;
  /** Counts something inside the file that could not be used, e.g. an unknown object kind. */
  note(reason: string, count?: number): void;
  /** Totals that the source itself reports, checked against what was emitted. */
  reportTotal(kind: Kind, total: number): void;
  /** Widens the scope that was looked at: cluster, namespace, registry, folder. */
  addScope(scope: string): void;
  /** Something in scope that was denied or out of reach; makes the source incomplete. */
  deny(what: string): void;
  /** When the source says its content was collected; the earliest of a source becomes its `collectedAt` (decisions.md 3). */
  statedAt?(instant: string): void;
}

export interface Mapper {
  /** Stable id, e.g. `mlflow-export`; becomes `sources[].type`. */
  readonly format: string;
  readonly title: string;
  readonly role: SnapshotRole | 'both';
  /** Fields this format can supply, per kind (decisions.md 4). */
  readonly supplied: Partial<Readonly<Record<Kind, readonly string[]>>>;
  /** `primary`: map this file; `companion`: belongs to a primary of this format; null: not mine. By content, never by name alone. */
  recognise(file: InputFile): Promise<'primary' | 'companion' | null>;
  map(file: InputFile, context: MapContext): Promise<void>;
}
