/** Reading of untyped API objects: every access says what it expects and gives undefined for anything else. */

export type Bag = Readonly<Record<string, unknown>>;

export const isBag = (value: unknown): value is Bag =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of keys and indexes, undefined where the path breaks off. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof step === 'number') current = Array.isArray(current) ? current[step] : undefined;
    else current = isBag(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return current;
}

/** A non-blank string; numbers and booleans as text, since YAML turns `version: 2` into a number. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found === 'number' || typeof found === 'boolean') return String(found);
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined;
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  if (typeof found === 'string' && /^\d+(\.\d+)?$/.test(found)) return Number(found);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function bagAt(value: unknown, ...path: readonly (string | number)[]): Bag | undefined {
  const found = at(value, ...path);
  return isBag(found) ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** String values of a map such as labels or annotations. */
export function stringsAt(value: unknown, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const [key, entry] of Object.entries(bagAt(value, ...path) ?? {})) {
    if (typeof entry === 'string' || typeof entry === 'number' || typeof entry === 'boolean') out[key] = String(entry);
  }
  return out;
}

/** RFC 6901 pointer below a base pointer. */
export const pointer = (base: string, ...path: readonly (string | number)[]): string =>
  base + path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity (`100m`, `24Gi`, `1e3`) as a number of base units. */
export function quantity(value: unknown): number | undefined {
  const match = /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?\.\d+)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(value ?? ''));
  const factor = suffixes[match?.[2] ?? ''];
  return match?.[1] === undefined || factor === undefined ? undefined : Number(match[1]) * factor;
}
