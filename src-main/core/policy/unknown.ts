/**
 * The third truth value.
 *
 * Reading something that no source supplies throws `Unknown`. CEL's own error rules then do Kleene logic for us: `||`, `&&`,
 * `exists` and `all` swallow an error when the other side decides, and pass it on when it does not. So a rule fires only when
 * it fires whatever the unknown is, and passes only when it passes whatever the unknown is.
 *
 * One error object serves every throw: making a fresh one would cost a stack trace per unsupplied field.
 */
export class Unknown extends Error {
  constructor() {
    super('not supplied');
    this.name = 'Unknown';
  }
}

const unknown = new Unknown();

/** What an evaluation touched: fields it could not know, and, while tracing, every field it read. */
export class Probe {
  readonly missing = new Set<string>();
  tracing = false;
  readonly reads: TracedRead[] = [];

  reset(): void {
    if (this.missing.size > 0) this.missing.clear();
  }

  /** Notes that `what` (`entity.field`, or a word such as `baseline`) is not known, and gives up on this branch. */
  miss(what: string): never {
    this.missing.add(what);
    throw unknown;
  }
}

export interface TracedRead {
  /** `kind/id` of the record, or null when a relation turned out empty. */
  readonly key: string | null;
  readonly side: 'registry' | 'discovery' | 'baseline';
  readonly field: string;
}

/** Runs `read`; undefined when it depends on something unknown. */
export function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

/** Kleene `some`: true as soon as one is true; unknown when none is true and one is unknown. */
export function some3<T>(items: readonly T[], test: (item: T) => boolean): boolean {
  let gap = false;
  for (const item of items) {
    const answer = orUndefined(() => test(item));
    if (answer === true) return true;
    if (answer === undefined) gap = true;
  }
  if (gap) throw unknown;
  return false;
}

/** Kleene `and` of two readings. */
export function and3(a: () => boolean, b: () => boolean): boolean {
  const left = orUndefined(a);
  if (left === false) return false;
  const right = b();
  if (right === false) return false;
  if (left === undefined) throw unknown;
  return true;
}
