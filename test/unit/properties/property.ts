/**
 * Properties as tests: what must hold for every input, tried on generated ones (fast-check).
 *
 * Each is named by the sentence it checks. A failure names its seed and path, with which the same case runs again.
 * `ASSAY_FUZZ_RUNS` raises the number of inputs for a long run.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AssayError, type Failure, type FailureKind } from '../../../src-shared/result.ts';

const asked = Number(process.env['ASSAY_FUZZ_RUNS'] ?? 0);
/** How much more than usual a long run tries: the usual number of a property says what one run costs. */
const longest = 20;
const longRunMs = 20 * 60_000;

const runsOf = (usual: number): number => Math.max(usual, Math.min(asked, longest * usual));

/** A test that tries `predicate` on `usual` inputs; it fails by throwing, as any test does. */
export function holds<T extends [unknown, ...unknown[]]>(
  sentence: string,
  usual: number,
  inputs: { [K in keyof T]: fc.Arbitrary<T[K]> },
  predicate: (...values: T) => void,
): void {
  const run = () => fc.assert(fc.property<T>(...inputs, predicate), { numRuns: runsOf(usual) });
  it(sentence, run, ...limit());
}

/** The same for a predicate that reads files or waits. */
export function holdsAsync<T extends [unknown, ...unknown[]]>(
  sentence: string,
  usual: number,
  inputs: { [K in keyof T]: fc.Arbitrary<T[K]> },
  predicate: (...values: T) => Promise<void>,
): void {
  const run = () => fc.assert(fc.asyncProperty<T>(...inputs, predicate), { numRuns: runsOf(usual) });
  it(sentence, run, ...limit());
}

const limit = (): [number] | [] => (asked > 0 ? [longRunMs] : []);

/** The typed failure of `work`, or null when it succeeds; any other throw is a bug and fails the property. */
export function failureOf(work: () => unknown): Failure | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof AssayError) return error.failure;
    throw error;
  }
}

export async function asyncFailureOf(work: () => Promise<unknown>): Promise<Failure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof AssayError) return error.failure;
    throw error;
  }
}

/** A refusal as every refusal must be: of this kind, with a code of this family, and a sentence that ends. */
export function expectRefusal(failure: Failure, kind: FailureKind, family: RegExp): void {
  expect(failure.kind).toBe(kind);
  expect(failure.code).toMatch(family);
  expect(failure.message).toMatch(/\.$/);
}
