/**
 * Safe reading of parsed input, shared by every mapper.
 *
 * Input is hostile until proven otherwise: only own properties are read, a value of the wrong type reads as absent, and no
 * helper here throws.
 */
import { createHash } from 'node:crypto';
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import { toInstant } from '../ports.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A list as it is, one value as a list of one, nothing as an empty list. */
export const oneOrMany = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** Text of a scalar, trimmed; empty text, objects and lists read as absent. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

export const textsOf = (value: unknown): readonly string[] => oneOrMany(value).flatMap((item) => textOf(item) ?? []);

/** Value at a path of own properties and list positions, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

/** JSON pointer (RFC 6901) of a path. */
export const pointerOf = (...path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** A finite number, also when it is written as text (CycloneDX metric values are strings). */
export function numberOf(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function countOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/**
 * `YYYY-MM-DDTHH:MM:SSZ` of an instant: epoch milliseconds, epoch seconds (below 1e11), RFC 3339, or `YYYY-MM-DD HH:MM:SS`
 * without an offset, which the sources that write it (MLflow, Azure ML) mean as UTC.
 */
export function instantOf(value: unknown): string | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,14}$/.test(value))) {
    const number = Number(value);
    return number > 0 ? instantAt(number < 1e11 ? number * 1000 : number) : undefined;
  }
  const match =
    typeof value === 'string'
      ? /^\s*(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$/i.exec(
          value,
        )
      : null;
  if (!match) return undefined;
  const [, day = '', time = '00:00:00', , zone = 'Z'] = match;
  // `Date.parse` rolls 30 February over into March.
  const midnight = instantAt(Date.parse(`${day}T00:00:00Z`));
  if (midnight?.slice(0, 10) !== day) return undefined;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  return instantAt(Date.parse(`${day}T${seconds}${offset}`));
}

function instantAt(milliseconds: number): string | undefined {
  // Beyond year 9999 the text form changes shape.
  return Number.isFinite(milliseconds) && milliseconds >= 0 && milliseconds < 253_402_300_800_000
    ? toInstant(new Date(milliseconds))
    : undefined;
}

export const dateOf = (value: unknown): string | undefined => instantOf(value)?.slice(0, 10);

const digestLengths: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 };

/** `alg:hex` of a hexadecimal digest, or undefined when the text is not one (Croissant's `sha256` may hold a URL). */
export function digestOf(algorithm: string, hex: unknown): string | undefined {
  const name = algorithm.toLowerCase().replace(/^sha-?(\d+)$/, 'sha$1');
  const length = digestLengths[name];
  const text = typeof hex === 'string' ? hex.trim().toLowerCase() : '';
  if (!/^[0-9a-f]+$/.test(text)) return undefined;
  return length === undefined || text.length === length ? `${name}:${text}` : undefined;
}

export const sha256Of = (text: string): string => `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;

/** A parsed value as plain JSON, for fields the dictionary does not know; too deep and non-JSON parts become text. */
export function jsonOf(value: unknown, depth = 0): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') {
    const exact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return exact ? value : String(value);
  }
  if (typeof value !== 'object') return String(value);
  if (depth >= 16) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => jsonOf(item, depth + 1));
  // Object.fromEntries defines own properties, so a key named __proto__ stays data.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toWellFormed(), jsonOf(item, depth + 1)] as const),
  );
}

/** `key=value` labels of a tag map, or of a list of `{key,value}`; a list of plain texts stays as it is. */
export function tagsOf(value: unknown): readonly string[] {
  const label = (key: string, item: unknown): string => {
    const text = textOf(item);
    return text === undefined ? key : `${key}=${text}`;
  };
  const map = objectOf(value);
  const labels = map
    ? Object.entries(map).flatMap(([key, item]) =>
        typeof item === 'object' && item !== null ? [] : [label(key, item)],
      )
    : listOf(value).flatMap((item) => {
        const key = textOf(at(item, 'key'));
        return key === undefined ? (textOf(item) ?? []) : [label(key, at(item, 'value'))];
      });
  return [...new Set(labels)].sort();
}

/** True for text that a template engine or a shell has not filled in: `{{name}}`, `${NAME}`, `{name}`, `<YOUR_NAME>`. */
export const isPlaceholder = (text: string): boolean =>
  /\{\{.*?\}\}|\$\{[^}]*\}|^\{[\w.]+\}$|^<[A-Z][A-Z0-9_]*>$|^\$\([A-Z0-9_]+\)$/.test(text);

/** A URI as it is; an absolute path of a local disk as a `file:` URI, which is what MLflow means by one. */
export function uriOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (/^\/[^/]/.test(text)) return `file://${text.split('/').map(encodeURIComponent).join('/')}`;
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(text) ? text : undefined;
}

/** True when the first line that is no comment is a key: Markdown that quotes YAML does not begin so. */
export const startsAsYamlMap = (head: string): boolean =>
  /^(?:---[^\n]*\n|[ \t]*#[^\n]*\n|[ \t]*\r?\n)*["']?[\w$.-]+["']?[ \t]*:(\s|$)/.test(head);
