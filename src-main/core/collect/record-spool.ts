/**
 * Holds records on disk until all of them are known, then gives them back in (kind, id) order.
 *
 * Only keys and offsets stay in memory (about 150 bytes a record); lines are appended to one scratch file and read back by
 * offset, so a large registry does not have to fit in memory.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { kinds } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import { recordLine } from '../canonical-json.ts';
import { byUtf8 } from './input-files.ts';
import { mergeRecords } from './merge.ts';

/** Longest record line, bytes (snapshot-format.md). */
export const maxLineBytes = 1024 * 1024;

export type Added =
  | { readonly outcome: 'new' | 'identical' | 'united' | 'too_large' }
  | { readonly outcome: 'conflict'; readonly fields: readonly string[]; readonly standing: CanonicalRecord };

export interface RecordSpool {
  add(record: CanonicalRecord): Added;
  readonly size: number;
  counts(): Readonly<Record<string, number>>;
  /** Kinds that have records, as UTF-8 bytes. */
  kinds(): readonly Kind[];
  /** Lines of a kind by id as UTF-8 bytes. */
  lines(kind: Kind): Iterable<Buffer>;
  close(): void;
}

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** `path` is a scratch file that `close` removes. */
export function openSpool(path: string): RecordSpool {
  const file = openSync(path, 'wx+', 0o600);
  const places = new Map<Kind, Map<string, Place>>();
  let end = 0;
  let size = 0;

  const read = ({ offset, length }: Place): Buffer => {
    const line = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const got = readSync(file, line, done, length - done, offset + done);
      if (got === 0) throw new Error('scratch file is shorter than what was written to it');
      done += got;
    }
    return line;
  };
  const append = (record: CanonicalRecord): boolean => {
    const line = Buffer.from(recordLine(record), 'utf8');
    if (line.length > maxLineBytes) return false;
    for (let done = 0; done < line.length; ) done += writeSync(file, line, done, line.length - done, end + done);
    const ofKind = places.get(record.kind) ?? new Map<string, Place>();
    if (!ofKind.has(record.id)) size += 1;
    ofKind.set(record.id, { offset: end, length: line.length });
    places.set(record.kind, ofKind);
    end += line.length;
    return true;
  };

  return {
    get size() {
      return size;
    },
    add(record) {
      const place = places.get(record.kind)?.get(record.id);
      if (!place) return { outcome: append(record) ? 'new' : 'too_large' };
      // Written by `append` a moment ago, so its shape is known.
      const standing = JSON.parse(read(place).toString('utf8')) as CanonicalRecord;
      const merged = mergeRecords(standing, record);
      if (merged.outcome === 'conflict') return { ...merged, standing };
      if (merged.outcome === 'united' && !append(merged.record)) return { outcome: 'too_large' };
      return { outcome: merged.outcome };
    },
    counts: () =>
      Object.fromEntries(kinds.flatMap((kind) => (places.has(kind) ? [[kind, places.get(kind)?.size ?? 0]] : []))),
    kinds: () => [...places.keys()].sort(byUtf8),
    *lines(kind) {
      const ofKind = places.get(kind) ?? new Map<string, Place>();
      for (const id of [...ofKind.keys()].sort(byUtf8)) {
        const place = ofKind.get(id);
        if (place) yield read(place);
      }
    },
    close() {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}
