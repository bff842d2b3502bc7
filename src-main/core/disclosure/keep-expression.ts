/**
 * Which records a redaction keeps: `KIND`, `KIND/ID`, `KIND/ID[FIELD=VALUE]…`.
 *
 * `*` and `?` stand for any characters and any one character in an id; `*` alone for every kind. Conditions are those of
 * `inventory list --where` and narrow; several expressions are alternatives.
 */
import { parseWhere } from '../../../src-shared/contract/filter-expression.ts';
import { entityOf, isKind, type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import { textsOf, valueTest } from '../store/filter-values.ts';

export type KeepTest = (record: CanonicalRecord) => boolean;

const conditionPattern = /\[([a-z][a-z0-9_]*(?:!=|=|~|<|>)[^\]]*)\]$/;

/** True for records that one of the expressions names. Raises `usage` / `redact.expression` or `redact.unknown_field`. */
export function parseKeep(expressions: readonly string[]): KeepTest {
  const tests = expressions.map(parseOne);
  return (record) => tests.some((test) => test(record));
}

function parseOne(expression: string): KeepTest {
  const conditions: string[] = [];
  let name = expression.trim();
  for (let match = conditionPattern.exec(name); match; match = conditionPattern.exec(name)) {
    conditions.unshift(match[1] ?? '');
    name = name.slice(0, match.index);
  }
  const slash = name.indexOf('/');
  const kind = kindIn(slash < 0 ? name : name.slice(0, slash), expression);
  const id = slash < 0 ? () => true : globTest(name.slice(slash + 1), expression);
  const fields = conditions.map((condition) => fieldTest(kind, condition, expression));
  return (record) =>
    (kind === null || record.kind === kind) && id(record.id) && fields.every((passes) => passes(record));
}

function kindIn(text: string, expression: string): Kind | null {
  if (text === '*') return null;
  if (isKind(text)) return text;
  return raise(
    'usage',
    'redact.expression',
    `"${expression}" does not say what to keep: write KIND, KIND/ID or KIND/ID[FIELD=VALUE]; a kind is one of ${kinds.join(', ')}, or * for all.`,
    { expression },
  );
}

function globTest(glob: string, expression: string): (id: string) => boolean {
  if (glob === '') {
    raise(
      'usage',
      'redact.expression',
      `"${expression}" names no id behind the slash; leave the slash out, or write *.`,
      {
        expression,
      },
    );
  }
  if (!/[*?]/.test(glob)) return (id) => id === glob;
  return (id) => matchesGlob([...glob], [...id]);
}

/** Greedy with one place to go back to: linear for usual patterns, never exponential. */
function matchesGlob(glob: readonly string[], id: readonly string[]): boolean {
  let at = 0;
  let pattern = 0;
  let star = -1;
  let resume = 0;
  while (at < id.length) {
    if (glob[pattern] === '*') {
      star = pattern++;
      resume = at;
    } else if (glob[pattern] === '?' || glob[pattern] === id[at]) {
      pattern += 1;
      at += 1;
    } else if (star >= 0) {
      pattern = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  return glob.slice(pattern).every((rest) => rest === '*');
}

function fieldTest(kind: Kind | null, condition: string, expression: string): KeepTest {
  const filter = parseWhere(condition);
  const { field } = filter;
  if (kind === null || !(field === 'id' || field === 'name' || entityOf(kind).byName.has(field))) {
    raise(
      'usage',
      'redact.unknown_field',
      kind === null
        ? `"${expression}" asks for the field "${field}" of every kind; name one kind.`
        : `A ${kind} has no field "${field}", so "${expression}" would keep nothing.`,
      { expression, field },
    );
  }
  const test = valueTest(filter);
  return (record) => test(valuesOf(record, field));
}

function valuesOf(record: CanonicalRecord, field: string): readonly string[] {
  if (field === 'id') return [record.id];
  if (field !== 'name') return textsOf(record.body[field]);
  const names = textsOf(record.body[entityOf(record.kind).nameField]);
  return names.length > 0 ? names : [record.id];
}
