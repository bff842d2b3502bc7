/** One YAML file of an asset, with its publisher's templates made readable. */
import type { InputFile } from '../mapper.ts';
import { parseDocuments } from '../parse-limits.ts';

export interface Part {
  readonly file: InputFile;
  readonly document: unknown;
}

/** First YAML document; values that are bare templates would read as maps, so they are quoted first. */
export async function readTemplate(file: InputFile): Promise<unknown> {
  const text = await file.text();
  if (!text.includes('{{')) return (await file.documents())[0];
  const quoted = text.replace(/^(\s*(?:- )?[\w.$-]+:\s+|\s*-\s+)(\{\{[^"'\n]*\}\}[^"'\n]*)$/gm, '$1"$2"');
  return parseDocuments(file.path, quoted)[0];
}
