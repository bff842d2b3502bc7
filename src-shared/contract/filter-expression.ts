/** Filters as people type them on a command line. */
import { raise } from '../result.ts';
import type { Filter } from './schemas/inventory.ts';

/** `owner=…`, `owner!=…`, `description~text`, `owner=` (empty), `owner!=` (not empty), `taken<DATE`, `taken>DATE`. */
export function parseWhere(expression: string): Filter {
  const match = /^([a-z][a-z0-9_]*)(!=|=|~|<|>)(.*)$/s.exec(expression.trim());
  const [, field, operator, value] = match ?? [];
  if (field === undefined || operator === undefined || value === undefined) {
    return raise(
      'usage',
      'inventory.where',
      `"${expression}" is not a filter; write FIELD=VALUE, FIELD!=VALUE, FIELD~TEXT, FIELD<DATE or FIELD>DATE.`,
    );
  }
  const values = value === '' ? [] : value.split('|');
  switch (operator) {
    case '=':
      return { field, op: values.length ? 'is' : 'empty', values };
    case '!=':
      return { field, op: values.length ? 'is_not' : 'not_empty', values };
    case '~':
      return { field, op: 'contains', values };
    case '<':
      return { field, op: 'before', values };
    default:
      return { field, op: 'after', values };
  }
}
