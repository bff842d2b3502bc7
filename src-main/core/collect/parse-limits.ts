/**
 * Parsing of untrusted text within limits.
 *
 * A file may be truncated, deeply nested, or a bomb of YAML aliases; each is refused with one sentence that names the file,
 * and `details.reason` holds the short reason under which the collector counts it.
 */
import { isScalar, parseAllDocuments, visit } from 'yaml';
import { raise } from '../../../src-shared/result.ts';

/** Largest file that is read at all, bytes; a shard of evidence may not be larger (snapshot-format.md). */
export const maxFileBytes = 64 * 1024 * 1024;
/** YAML costs about fifty times the time of JSON per byte, so it gets less. */
export const maxYamlBytes = 8 * 1024 * 1024;
export const maxDepth = 200;
const maxAliases = 100;
const maxDocuments = 20_000;

export function refuseFile(path: string, reason: string, detail: string): never {
  raise('input', 'collect.file_refused', `${path}: ${reason}${detail ? ` (${detail})` : ''}; this file was left out.`, {
    file: path,
    reason,
  });
}

/** UTF-8 text without its byte order mark; anything else is refused. */
export function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuseFile(path, 'not UTF-8 text', '');
  }
}

export function parseJson(path: string, text: string): unknown {
  if (nesting(text) > maxDepth) refuseFile(path, 'nested too deeply', `more than ${maxDepth} levels`);
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuseFile(path, 'malformed JSON', error instanceof Error ? firstLine(error.message) : '');
  }
}

/** Every document of a YAML stream; text that is JSON is read as one JSON document. */
export function parseDocuments(path: string, text: string): readonly unknown[] {
  if (/^\s*[[{]/.test(text)) {
    try {
      if (nesting(text) <= maxDepth) return [JSON.parse(text)];
    } catch {
      // Not JSON after all: a YAML flow collection may begin with the same character.
    }
  }
  if (text.length > maxYamlBytes) refuseFile(path, 'YAML file too large', `more than ${maxYamlBytes} bytes`);
  try {
    return readYaml(path, text);
  } catch (error) {
    if (error instanceof RangeError) refuseFile(path, 'nested too deeply', '');
    // The parser reports alias bombs with a ReferenceError.
    if (error instanceof ReferenceError) refuseFile(path, 'malformed YAML', firstLine(error.message));
    throw error;
  }
}

function readYaml(path: string, text: string): readonly unknown[] {
  // Unique keys are checked below in linear time; the parser's own check is quadratic in the keys of one map.
  const parsed = parseAllDocuments(text, { uniqueKeys: false, merge: true, logLevel: 'silent' });
  const documents = Array.isArray(parsed) ? parsed : [];
  if (documents.length > maxDocuments) refuseFile(path, 'too many YAML documents', `more than ${maxDocuments}`);
  return documents.map((document) => {
    const [error] = document.errors;
    if (error) refuseFile(path, 'malformed YAML', firstLine(error.message));
    visit(document, {
      Map(_, map) {
        const seen = new Set<unknown>();
        for (const pair of map.items) {
          const key = isScalar(pair.key) ? pair.key.value : undefined;
          if (key === undefined || key === '<<') continue;
          if (seen.has(key)) refuseFile(path, 'malformed YAML', 'the same key twice in one map');
          seen.add(key);
        }
      },
    });
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    if (depthExceeds(value, maxDepth)) refuseFile(path, 'nested too deeply', `more than ${maxDepth} levels`);
    return value;
  });
}

/** Deepest nesting of brackets outside of strings: one pass, so that no recursive parser or printer can overflow later. */
export function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

function depthExceeds(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  return Object.values(value).some((item) => depthExceeds(item, limit - 1));
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 200).toWellFormed();
