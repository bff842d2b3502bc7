/**
 * Compares what was planted with what the product found. This is the only code that opens the sealed answer, and it runs
 * after everything else has finished: a test of the product, not part of it.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const answerSchema = z.object({
  planted: z.array(
    z.object({
      fault: z.string(),
      title: z.string(),
      model: z.string(),
      expects: z.array(z.object({ check: z.string(), subject: z.string() })),
    }),
  ),
});

/** One thing the product reported; a reconciliation row is about up to three records, any of which may be the planted one. */
export interface Reported {
  readonly check: string;
  readonly subjects: readonly string[];
}

export interface FaultScore {
  readonly fault: string;
  readonly title: string;
  readonly planted: number;
  readonly found: number;
}

export interface Score {
  readonly faults: readonly FaultScore[];
  readonly planted: number;
  readonly found: number;
  /** Expected and not reported: `DEP-002 deployment/x (shadow-model)`. */
  readonly missed: readonly string[];
  /** Reported and not planted. */
  readonly invented: readonly string[];
  readonly agrees: boolean;
}

export function scoreFleet(answerFile: string, reported: readonly Reported[]): Score {
  const { planted } = answerSchema.parse(JSON.parse(readFileSync(answerFile, 'utf8')));
  const found = new Set(reported.flatMap((item) => item.subjects.map((subject) => `${item.check} ${subject}`)));
  const expected = new Set(planted.flatMap((fault) => fault.expects.map((e) => `${e.check} ${e.subject}`)));
  const missed = planted.flatMap((fault) =>
    fault.expects
      .filter((e) => !found.has(`${e.check} ${e.subject}`))
      .map((e) => `${e.check} ${e.subject} (${fault.fault})`),
  );
  const invented = reported
    .filter((item) => !item.subjects.some((subject) => expected.has(`${item.check} ${subject}`)))
    .map((item) => `${item.check} ${item.subjects.join(' ')}`);
  const isFound = (fault: (typeof planted)[number]): boolean =>
    fault.expects.every((e) => found.has(`${e.check} ${e.subject}`));
  const byFault = Map.groupBy(planted, (fault) => fault.fault);
  const faults = [...byFault].map(([fault, all]) => ({
    fault,
    title: all[0]?.title ?? fault,
    planted: all.length,
    found: all.filter(isFound).length,
  }));
  return {
    faults,
    planted: planted.length,
    found: planted.filter(isFound).length,
    missed,
    invented,
    agrees: missed.length === 0 && invented.length === 0,
  };
}
