/**
 * The place in a raw file that a locator points to, found the way the mappers counted it: JSON pointers into JSON, into the
 * only document of a YAML stream or `/<index>/…` into one of several, into the YAML at the head of a card; `line=N` into files
 * of one JSON document a line.
 */
import { AssayError } from '../../../src-shared/result.ts';
import { readTemplate } from './azureml-assets/template.ts';
import { frontMatterOf } from './front-matter.ts';
import type { InputFile } from './mapper.ts';
import { parseDocuments, parseJson } from './parse-limits.ts';

/** `enclosing`: the pointed-to value is not stated, and this is what it would stand in. */
export interface Fragment {
  readonly match: 'exact' | 'enclosing';
  readonly value: unknown;
}

/** Null where the pointer means the whole file, or the file cannot be read as data. */
export async function fragmentAt(path: string, text: string, pointer: string): Promise<Fragment | null> {
  if (pointer === '') return null;
  try {
    const line = /^line=(\d{1,9})(.*)$/s.exec(pointer);
    if (line) {
      const content = text.split('\n')[Number(line[1]) - 1];
      return content === undefined ? null : walk(parseJson(path, content), line[2] ?? '');
    }
    return pointer.startsWith('/') ? walk(await documentOf(path, text), pointer) : null;
  } catch (error) {
    // A file over a limit, or one that was never data: its text still says what it says.
    if (error instanceof AssayError) return null;
    throw error;
  }
}

async function documentOf(path: string, text: string): Promise<unknown> {
  const card = /\.(ya?ml|json)$/i.test(path) ? null : frontMatterOf(text);
  if (card) return parseDocuments(path, card.matter)[0];
  if (text.includes('{{')) {
    const template = await readTemplate(fileOf(path, text));
    if (typeof template === 'object' && template !== null) return template;
  }
  const documents = parseDocuments(path, text);
  return documents.length === 1 ? documents[0] : documents;
}

/** A file in memory, for readers that expect one of an input folder. */
const fileOf = (path: string, text: string): InputFile => ({
  path,
  bytes: Buffer.byteLength(text),
  evidence: path,
  head: async () => text.slice(0, 65_536),
  text: async () => text,
  json: async () => parseJson(path, text),
  documents: async () => parseDocuments(path, text),
});

/** RFC 6901, as far as it goes. */
function walk(document: unknown, pointer: string): Fragment {
  let value = document;
  const steps = pointer.split('/').slice(1);
  for (const step of steps) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return { match: 'enclosing', value };
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return { match: 'exact', value };
}
