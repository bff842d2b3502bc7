/** Counts what one source delivered and what it could not: the denominator of every later verdict. */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { Source } from '../../../src-shared/domain/snapshot.ts';
import { byUtf8 } from './input-files.ts';
import type { Mapper } from './mapper.ts';
import type { Fate } from './recognise.ts';

/** At most this many error sentences are kept; the rest are counted. */
const maxErrors = 200;

export interface SourceTally {
  readonly type: string;
  readonly uri: string;
  readonly mapper: Mapper | null;
  file(path: string, fate: Fate): void;
  note(reason: string, count: number): void;
  error(message: string): void;
  deny(what: string): void;
  addScope(scope: string): void;
  reportTotal(kind: Kind, total: number): void;
  statedAt(instant: string): void;
  emitted(kind: Kind): void;
  readonly records: number;
  readonly used: number;
  readonly skipped: number;
  readonly refused: number;
  source(now: string): Source;
}

export function tallySource(type: string, uri: string, mapper: Mapper | null): SourceTally {
  const counts = { used: 0, skipped: 0, refused: 0 };
  const reasons = new Map<string, number>();
  const notes = new Map<string, number>();
  const errors: string[] = [];
  let moreErrors = 0;
  const denied = new Set<string>();
  const scope = new Set<string>();
  const totals = new Map<Kind, number>();
  const emitted = new Map<Kind, number>();
  let earliest: string | null = null;
  const error = (message: string): void => {
    if (errors.length < maxErrors) errors.push(message);
    else moreErrors += 1;
  };
  return {
    type,
    uri,
    mapper,
    file(path, fate) {
      counts[fate.is] += 1;
      if (fate.is === 'used') return;
      add(reasons, fate.reason, 1);
      if (fate.is === 'refused') error(fate.message ?? `${path}: ${fate.reason}; this file was left out.`);
    },
    note: (reason, count) => add(notes, reason, count),
    error,
    deny: (what) => void denied.add(what),
    addScope: (what) => void scope.add(what),
    reportTotal: (kind, total) => void totals.set(kind, Math.max(totals.get(kind) ?? 0, total)),
    statedAt(instant) {
      if (earliest === null || instant < earliest) earliest = instant;
    },
    emitted: (kind) => add(emitted, kind, 1),
    get records() {
      return [...emitted.values()].reduce((sum, count) => sum + count, 0);
    },
    get used() {
      return counts.used;
    },
    get skipped() {
      return counts.skipped;
    },
    get refused() {
      return counts.refused;
    },
    source(now) {
      const missing = [...totals].filter(([kind, total]) => (emitted.get(kind) ?? 0) < total);
      for (const [kind, total] of missing) {
        error(`The source reports ${total} of kind ${kind}, ${emitted.get(kind) ?? 0} were found in its files.`);
      }
      const left = counts.skipped + counts.refused;
      return {
        type,
        uri,
        collectedAt: earliest !== null && earliest < now ? earliest : now,
        complete: counts.refused === 0 && denied.size === 0 && missing.length === 0,
        coverage: {
          inputsSeen: counts.used + left,
          inputsUsed: counts.used,
          inputsSkipped: left,
          // Files by reason add up to inputsSkipped; what was left out inside of used files is marked as such.
          reasons: Object.fromEntries([
            ...sorted(reasons),
            ...sorted(notes).map(([reason, count]) => [`in used files: ${reason}`, count] as const),
          ]),
          denied: [...denied].sort(byUtf8),
          errors: moreErrors > 0 ? [...errors, `… and ${moreErrors} more.`] : [...errors],
          scope: scope.size > 0 ? [...scope].sort(byUtf8) : [uri],
          ...(totals.size > 0 ? { reportedTotals: Object.fromEntries(sorted(totals)) } : {}),
        },
        // A source that delivered nothing must not make blanks fire.
        suppliedFields:
          counts.used === 0 || !mapper
            ? {}
            : Object.fromEntries(Object.entries(mapper.supplied).map(([kind, fields]) => [kind, [...fields].sort()])),
      };
    },
  };
}

const add = <K>(map: Map<K, number>, key: K, count: number): void => void map.set(key, (map.get(key) ?? 0) + count);

const sorted = (map: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...map].sort(([a], [b]) => byUtf8(a, b));
