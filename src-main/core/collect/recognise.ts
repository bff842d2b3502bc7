/** First pass of collecting: which mapper takes which file, told by content. */
import type { SnapshotRole } from '../../../src-shared/domain/snapshot.ts';
import { AssayError } from '../../../src-shared/result.ts';
import type { JobContext } from '../ports.ts';
import type { FileReader, FoundFile, FoundInputs } from './input-files.ts';
import { findInputs, readHead } from './input-files.ts';
import type { InputFile, Mapper } from './mapper.ts';
import { maxFileBytes } from './parse-limits.ts';

/** What became of a file; every file that was seen has exactly one fate in the end. */
export type Fate =
  | { readonly is: 'used' }
  | { readonly is: 'skipped' | 'refused'; readonly reason: string; readonly message?: string };

/** Type of the source that counts files which no mapper of this run takes. */
export const otherFiles = 'other-files';

export interface RecognisedFile {
  readonly file: FoundFile;
  readonly input: InputFile;
  /** Null when no mapper takes the file; then `fate` says why. */
  readonly mapper: Mapper | null;
  readonly part: 'primary' | 'companion' | 'none';
  readonly fate: Fate | null;
  /** False for what cannot be text of use to any mapper: empty, binary, too large. */
  readonly readable: boolean;
}

export interface RecognisedInput {
  readonly label: string;
  /** Folder name below `evidence/`. */
  readonly folder: string;
  readonly found: FoundInputs;
  readonly files: readonly RecognisedFile[];
}

/** The user's name for an input, but never an absolute local path: that would leave the machine with the snapshot. */
export function publicLabel(label: string): string {
  const text = label.trim().toWellFormed();
  const local = /^([/\\~]|[A-Za-z]:[\\/]|file:)/.test(text);
  const name = local ? (text.split(/[/\\]/).filter(Boolean).at(-1) ?? '') : text;
  return name === '' || /^\.+[/\\]?$/.test(name) ? 'input' : name;
}

/** Distinct folder names below `evidence/`, readable and safe on every file system. */
export function evidenceFolders(labels: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return labels.map((label) => {
    const words = label
      .replace(/^[a-z+]+:\/\//i, '')
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(-80);
    const base = words === '' ? 'input' : words;
    let name = base;
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${base}-${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

export async function recogniseInputs(
  sources: readonly { readonly path: string; readonly label: string }[],
  mappers: readonly Mapper[],
  as: SnapshotRole,
  reader: FileReader,
  memberOf: (file: FoundFile) => string,
  job: JobContext,
): Promise<readonly RecognisedInput[]> {
  const labels = sources.map((source) => publicLabel(source.label));
  const folders = evidenceFolders(labels);
  const inputs: RecognisedInput[] = [];
  let done = 0;
  for (const [index, source] of sources.entries()) {
    const label = labels[index] ?? 'input';
    const found = await findInputs(source.path, label);
    const files: RecognisedFile[] = [];
    for (const file of found.files) {
      job.throwIfCancelled();
      const input = reader.input(file, () => memberOf(file));
      files.push(await recognise(file, input, mappers, as));
      done += 1;
      if (done % 64 === 0) job.report({ phase: 'recognise', done, total: 0, unit: 'files' });
    }
    inputs.push({ label, folder: folders[index] ?? 'input', found, files });
  }
  return inputs;
}

async function recognise(
  file: FoundFile,
  input: InputFile,
  mappers: readonly Mapper[],
  as: SnapshotRole,
): Promise<RecognisedFile> {
  const none = (fate: Fate, readable: boolean): RecognisedFile => ({
    file,
    input,
    mapper: null,
    part: 'none',
    fate,
    readable,
  });
  if (file.bytes === 0) return none({ is: 'skipped', reason: 'empty file' }, false);
  if (file.bytes > maxFileBytes) return none({ is: 'skipped', reason: 'larger than 64 MiB' }, false);
  let refusal: Fate | null = null;
  try {
    if ((await readHead(file)).subarray(0, 8192).includes(0)) {
      return none({ is: 'skipped', reason: 'binary file' }, false);
    }
  } catch (error) {
    return none(fateOf(error), false);
  }
  let companion: Mapper | null = null;
  let otherRole: Mapper | null = null;
  for (const mapper of mappers) {
    let part: Awaited<ReturnType<Mapper['recognise']>>;
    try {
      part = await mapper.recognise(input);
    } catch (error) {
      refusal ??= fateOf(error);
      continue;
    }
    if (part === null) continue;
    if (mapper.role !== 'both' && mapper.role !== as) otherRole ??= mapper;
    else if (part === 'primary') return { file, input, mapper, part, fate: null, readable: true };
    else companion ??= mapper;
  }
  if (companion) return { file, input, mapper: companion, part: 'companion', fate: null, readable: true };
  if (otherRole)
    return none({ is: 'skipped', reason: `${otherRole.title} belongs to a ${otherRole.role} snapshot` }, true);
  return none(refusal ?? { is: 'skipped', reason: 'format not recognised' }, true);
}

/** The fate of a file whose reading or mapping failed. A fault in a mapper fails that file too, under a name that shows it. */
export function fateOf(error: unknown): Fate {
  if (error instanceof AssayError) {
    if (error.failure.kind !== 'input') throw error;
    const { reason } = error.failure.details;
    return {
      is: 'refused',
      reason: typeof reason === 'string' ? reason : error.failure.code,
      message: error.failure.message,
    };
  }
  if (error instanceof RangeError) return { is: 'refused', reason: 'nested too deeply' };
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { is: 'refused', reason: mapperFault, message: `A mapper failed unexpectedly (${detail}); please report it.` };
}

export const mapperFault = 'fault in a mapper';
