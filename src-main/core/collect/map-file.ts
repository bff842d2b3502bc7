/** Runs one file through its mapper with everything held back until the mapper has finished: a file counts whole or not at all. */
import { posix } from 'node:path';
import type { FoundFile } from './input-files.ts';
import type { DraftRecord, InputFile, MapContext, Mapper } from './mapper.ts';
import type { Fate, RecognisedInput } from './recognise.ts';
import { fateOf } from './recognise.ts';
import type { SourceTally } from './source-tally.ts';

/** Files of one input by path, and the way back from what a mapper sees to the file itself. */
export interface Lookup {
  readonly all: readonly InputFile[];
  byPath(path: string): InputFile | undefined;
  found(input: InputFile): FoundFile;
}

export function lookupIn(input: RecognisedInput): Lookup {
  const readable = input.files.filter((entry) => entry.readable).map((entry) => entry.input);
  const byPath = new Map(readable.map((file) => [file.path, file]));
  const found = new Map(input.files.map((entry) => [entry.input, entry.file]));
  return {
    all: readable,
    byPath: (path) => byPath.get(path),
    found(file) {
      const known = found.get(file);
      if (!known) throw new Error(`${file.path}: not a file of this input`);
      return known;
    },
  };
}

export interface MappedFile {
  /** Null when records or totals came out of it. */
  readonly fate: Fate | null;
  readonly drafts: readonly DraftRecord[];
  /** The file itself and its companions; empty unless it was of use. */
  readonly used: readonly FoundFile[];
  /** Passes on notes, totals, scope and denials. */
  report(tally: SourceTally): void;
}

export async function mapFile(file: InputFile, mapper: Mapper, lookup: Lookup): Promise<MappedFile> {
  const drafts: DraftRecord[] = [];
  const companions = new Set<InputFile>();
  const notes = new Map<string, number>();
  const reports: ((tally: SourceTally) => void)[] = [];
  const folder = posix.dirname(file.path);
  const context: MapContext = {
    emit(record) {
      drafts.push(record);
      for (const field of Object.values(record.fields ?? {})) if (field.file) companions.add(field.file);
    },
    sibling: (relative) => lookup.byPath(posix.normalize(posix.join(folder, relative))),
    below(relative) {
      const base = posix.normalize(posix.join(folder, relative)).replace(/\/$/, '');
      return base === '.' || base.startsWith('..')
        ? lookup.all
        : lookup.all.filter((f) => f.path.startsWith(`${base}/`));
    },
    use: (companion) => void companions.add(companion),
    note: (reason, count = 1) => void notes.set(reason, (notes.get(reason) ?? 0) + count),
    reportTotal: (kind, total) => void reports.push((tally) => tally.reportTotal(kind, total)),
    addScope: (scope) => void reports.push((tally) => tally.addScope(scope)),
    deny: (what) => void reports.push((tally) => tally.deny(what)),
    statedAt: (instant) => void reports.push((tally) => tally.statedAt(instant)),
  };
  const nothing = (fate: Fate): MappedFile => ({ fate, drafts: [], used: [], report: () => {} });
  try {
    await mapper.map(file, context);
  } catch (error) {
    return nothing(fateOf(error));
  }
  // What a file says about its source (totals, denials, scope) is of use even when it holds no record itself.
  if (drafts.length === 0 && reports.length === 0) {
    const [reason] = notes.keys();
    return nothing({ is: 'skipped', reason: reason ?? 'no records in it' });
  }
  return {
    fate: null,
    drafts,
    used: [file, ...companions].map((input) => lookup.found(input)),
    report(tally) {
      for (const [reason, count] of notes) tally.note(reason, count);
      for (const report of reports) report(tally);
    },
  };
}
