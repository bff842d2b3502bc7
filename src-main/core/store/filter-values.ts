/** What a filter compares, and how: the same for lists over the store and for redaction of a bundle. */
import type { Filter } from '../../../src-shared/contract/schemas/inventory.ts';
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import { isBlankValue } from '../../../src-shared/domain/validators.ts';
import { assertNever } from '../../../src-shared/result.ts';
import { facetValues } from './columns.ts';
import { displayValue } from './display.ts';

/** What a filter compares: facet values, and for objects the text that people see. */
export function textsOf(value: JsonValue | undefined): readonly string[] {
  if (isBlankValue(value)) return [];
  const values = facetValues(value);
  return values.length > 0 ? values : [displayValue(value, () => undefined)];
}

/** Whether a record whose field has these values passes. */
export function valueTest(filter: Filter): (values: readonly string[]) => boolean {
  const { op } = filter;
  switch (op) {
    case 'is': {
      const wanted = new Set(filter.values);
      return (values) => values.some((value) => wanted.has(value));
    }
    case 'is_not': {
      const unwanted = new Set(filter.values);
      return (values) => !values.some((value) => unwanted.has(value));
    }
    case 'empty':
      return (values) => values.length === 0;
    case 'not_empty':
      return (values) => values.length > 0;
    case 'contains': {
      const parts = filter.values.map((value) => value.toLowerCase());
      return (values) => values.some((value) => parts.some((part) => value.toLowerCase().includes(part)));
    }
    case 'before':
      return (values) => values.some((value) => filter.values.some((bound) => compareOrdered(value, bound) < 0));
    case 'after':
      return (values) => values.some((value) => filter.values.some((bound) => compareOrdered(value, bound) > 0));
    default:
      return assertNever(op);
  }
}

/** Numbers by size; dates and instants in ISO form are in order as text. */
function compareOrdered(a: string, b: string): number {
  const left = Number(a);
  const right = Number(b);
  if (a !== '' && b !== '' && !Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return a < b ? -1 : a > b ? 1 : 0;
}
