/** What a request asks for, as a test over records, and what of it is still missing. Pure. */
import type { Ask, Missing } from '../../../src-shared/contract/schemas/requests.ts';
import { entityOf, fieldLabel, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { type CanonicalRecord, formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import type { Answers } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { textsOf, valueTest } from '../store/filter-values.ts';

type Asked = Pick<CanonicalRecord, 'kind' | 'id' | 'body'>;

/** Whether a record was asked for: named, or of an asked kind and let through by every filter. */
export function askTest({ kinds, filters, records }: Ask): (record: Asked) => boolean {
  const named = new Set(records.map(formatRef));
  const wanted = new Set(kinds);
  const tests = filters.map((filter) => ({ field: filter.field, passes: valueTest(filter) }));
  return (record) =>
    named.has(formatRef(record)) ||
    (wanted.has(record.kind) && tests.every(({ field, passes }) => passes(textsOf(record.body[field]))));
}

/** Raises `usage` / `request.nothing_asked` or `request.unknown_field`. */
export function checkAsk({ kinds, filters, records }: Ask): void {
  if (kinds.length === 0 && records.length === 0)
    raise('usage', 'request.nothing_asked', 'A request asks for something: name records, or kinds of records.');
  for (const { field } of filters) {
    const without = kinds.find((kind) => !entityOf(kind).byName.has(field));
    if (without)
      raise('usage', 'request.unknown_field', `A ${without} has no field "${field}".`, { field, kind: without });
  }
}

/** One answer as far as completeness goes. */
export interface AnswerFacts {
  /** Records that were asked for, and no others. */
  readonly records: readonly RecordRef[];
  readonly answers: Answers;
}

/**
 * What no answer held. A named record is there or missing; that the registry says it has none is its own line, not an answer.
 * A kind is answered only by an answer whose sources were read completely: otherwise nobody knows what else there is. A record
 * that was named is the answer to its name, and none to its kind.
 */
export function missingFrom(ask: Ask, given: readonly AnswerFacts[]): Missing {
  const supplied = new Set(given.flatMap(({ records }) => records.map(formatRef)));
  const whole = given.filter(({ answers }) => answers.sourcesComplete);
  const named = new Set(ask.records.map(formatRef));
  const kindsIn = ({ records }: AnswerFacts): ReadonlySet<Kind> =>
    new Set(records.filter((ref) => !named.has(formatRef(ref))).map(({ kind }) => kind));
  return {
    records: ask.records.filter((ref) => !supplied.has(formatRef(ref))),
    kinds: ask.kinds.filter((kind) => !whole.some((answer) => kindsIn(answer).has(kind))),
  };
}

const operators = {
  is: 'is',
  is_not: 'is not',
  empty: 'is empty',
  not_empty: 'is not empty',
  contains: 'contains',
  before: 'is before',
  after: 'is after',
} as const;

/** "2 named records; every model whose owner is empty". */
export function describeAsk({ kinds, filters, records }: Ask): string {
  const [only] = records;
  const named = only && records.length === 1 ? formatRef(only) : `${records.length} named records`;
  const [first] = kinds;
  const conditions = filters.map(({ field, op, values }) =>
    `${first ? fieldLabel(first, field).toLowerCase() : field} ${operators[op]} ${values.join(' or ')}`.trim(),
  );
  const every = kinds.map((kind) => entityOf(kind).label.toLowerCase()).join(' and ');
  return [
    ...(records.length > 0 ? [named] : []),
    ...(kinds.length > 0 ? [`every ${every}${conditions.length > 0 ? ` whose ${conditions.join(' and ')}` : ''}`] : []),
  ].join('; ');
}
