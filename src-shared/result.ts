/**
 * Expected failure as a value.
 *
 * Bugs throw and are caught once, in the dispatcher; everything a user, a file or another machine can cause is a `Failure`
 * with a stable code, one sentence for a person, and structured details (file, line, record) for a program.
 */

/** Every failure class maps to one exit code of the CLI (see `exitCodeOf`). */
export const failureKinds = ['usage', 'input', 'trust', 'locked', 'refused', 'cancelled', 'internal'] as const;
export type FailureKind = (typeof failureKinds)[number];

export interface Failure {
  readonly kind: FailureKind;
  /** Stable, dotted, lower case: `record.duplicate_key`, `signature.invalid`, `workspace.wrong_passphrase`. */
  readonly code: string;
  /** One sentence: what failed, where, what is still safe, what to do. */
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (
  kind: FailureKind,
  code: string,
  message: string,
  details: Failure['details'] = {},
): { readonly ok: false; readonly error: Failure } => ({ ok: false, error: { kind, code, message, details } });

/** An expected failure that has to cross a stack of streams or a transaction; `attempt` turns it back into a value. */
export class AssayError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'AssayError';
    this.failure = failure;
  }
}

/** Shorthand to throw an expected failure from deep inside a pipeline. */
export function raise(kind: FailureKind, code: string, message: string, details: Failure['details'] = {}): never {
  throw new AssayError({ kind, code, message, details });
}

/** Runs `work`, turning a thrown `AssayError` into a failed `Result`; every other throw is a bug and passes through. */
export async function attempt<T>(work: () => Promise<T> | T): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof AssayError) return { ok: false, error: error.failure };
    throw error;
  }
}

/** The value of a successful result, or the failure thrown as `AssayError`. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new AssayError(result.error);
}

/** Exit codes of the CLI contract: 0 clean, 1 findings, 2 usage, 3 bad input, 4 trust, 5 locked, 6 refused, 70 bug, 130 interrupted. */
export function exitCodeOf(kind: FailureKind): number {
  switch (kind) {
    case 'usage':
      return 2;
    case 'input':
      return 3;
    case 'trust':
      return 4;
    case 'locked':
      return 5;
    case 'refused':
      return 6;
    case 'cancelled':
      return 130;
    case 'internal':
      return 70;
    default:
      return assertNever(kind);
  }
}

export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
