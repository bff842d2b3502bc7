/** How a case of the matrix is written down: a name that begins with its number, the mutant, and the code of its refusal. */
import { afterAll, beforeAll, it } from 'vitest';
import { type GoodBundle, type GoodOptions, goodBundle } from './mutator.ts';
import { type Bench, commandLine, type Expectation, expectRefused, openBench, type Trial } from './trial.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Mutants judged inside one test; one when it does not say. */
    mutants?: number;
  }
}

/** Builds the hostile bundle, as bytes or as the path of something that is already on disk. */
export type Build = (good: GoodBundle, trial: Trial) => Buffer | string | Promise<Buffer | string>;

export type Case = readonly [name: string, build: Build, code: string, expectation?: Expectation];

export interface Matrix {
  readonly good: GoodBundle;
  readonly bench: Bench;
}

/** One good bundle and one bench for all cases of a file. */
export function useMatrix(options: GoodOptions = {}): Matrix {
  let good: GoodBundle | null = null;
  let bench: Bench | null = null;
  beforeAll(async () => {
    good = await goodBundle(options);
    bench = await openBench();
  });
  afterAll(() => bench?.remove());
  const ready = <T>(value: T | null): T => {
    if (value === null) throw new Error('the matrix is used before its tests run');
    return value;
  };
  return {
    get good() {
      return ready(good);
    },
    get bench() {
      return ready(bench);
    },
  };
}

/** Runs `work` in a trial of its own. */
export async function inTrial(matrix: Matrix, work: (trial: Trial, good: GoodBundle) => Promise<void>): Promise<void> {
  const trial = matrix.bench.open();
  try {
    await work(trial, matrix.good);
  } finally {
    trial.close();
  }
}

/** One test per case: refused with this code, and all of E0. */
export function refuses(matrix: Matrix, cases: readonly Case[]): void {
  it.for(cases)('%s', ([, build, code, expectation]) => refuse(matrix, build, code, expectation));
}

/** The same cases through the real command, for the sample that each group names. */
export function refusesByCommand(matrix: Matrix, cases: readonly Case[], names: readonly string[]): void {
  const sample = cases.filter(([name]) => names.includes(name));
  if (sample.length !== names.length) throw new Error('a case of the sample does not exist');
  it.for(sample)('%s, through the command', ([, build, code, expectation]) =>
    refuse(matrix, build, code, { ...expectation, host: commandLine }),
  );
}

const refuse = (matrix: Matrix, build: Build, code: string, expectation?: Expectation): Promise<void> =>
  inTrial(matrix, async (trial, good) => {
    await expectation?.prepare?.(trial, good);
    const mutant = await build(good, trial);
    await expectRefused(trial, good, typeof mutant === 'string' ? mutant : trial.put(mutant), code, expectation);
  });
