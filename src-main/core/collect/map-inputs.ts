/** Second pass of collecting: every primary file goes through its mapper; what it emits becomes records, or nothing does. */
import type { JobContext } from '../ports.ts';
import { addRecord } from './add-record.ts';
import type { EvidenceLayout } from './evidence.ts';
import type { FoundFile } from './input-files.ts';
import { lookupIn, mapFile } from './map-file.ts';
import type { Mapper } from './mapper.ts';
import type { Fate, RecognisedInput } from './recognise.ts';
import { otherFiles } from './recognise.ts';
import type { RecordSpool } from './record-spool.ts';
import type { SourceTally } from './source-tally.ts';
import { tallySource } from './source-tally.ts';

export interface MappedInputs {
  /** One per (input, format), in the order of `prov.source`. */
  readonly tallies: readonly SourceTally[];
  readonly used: ReadonlySet<FoundFile>;
  readonly fates: readonly { readonly path: string; readonly fate: Fate }[];
}

export async function mapInputs(
  inputs: readonly RecognisedInput[],
  layout: EvidenceLayout,
  spool: RecordSpool,
  job: JobContext,
): Promise<MappedInputs> {
  const tallies: SourceTally[] = [];
  const used = new Set<FoundFile>();
  const fates: { path: string; fate: Fate }[] = [];
  const total = inputs.reduce((sum, input) => sum + input.files.length, 0);
  let done = 0;
  for (const input of inputs) {
    const indexOf = new Map<string, number>();
    const sourceIndex = (mapper: Mapper | null): number => {
      const type = mapper?.format ?? otherFiles;
      const index = indexOf.get(type) ?? tallies.push(tallySource(type, input.label, mapper)) - 1;
      indexOf.set(type, index);
      return index;
    };
    const tallyAt = (index: number): SourceTally => {
      const tally = tallies[index];
      if (!tally) throw new Error('no such source');
      return tally;
    };
    const lookup = lookupIn(input);
    const fateOf = new Map<FoundFile, Fate>();
    const usedBy = new Map<FoundFile, Mapper>();
    for (const entry of input.files) {
      job.throwIfCancelled();
      done += 1;
      if (done % 64 === 0) job.report({ phase: 'map', done, total, unit: 'files' });
      if (entry.fate) fateOf.set(entry.file, entry.fate);
      if (entry.part !== 'primary' || !entry.mapper) continue;
      const { mapper, file } = entry;
      const mapped = await mapFile(entry.input, mapper, lookup);
      if (mapped.fate) fateOf.set(file, mapped.fate);
      if (mapped.used.length === 0) continue;
      const index = sourceIndex(mapper);
      const tally = tallyAt(index);
      mapped.report(tally);
      for (const record of mapped.drafts) addRecord(record, { file, index, tally }, lookup, layout, spool);
      for (const companion of mapped.used) {
        used.add(companion);
        if (!usedBy.has(companion)) usedBy.set(companion, mapper);
      }
    }
    for (const { file, mapper } of input.files) {
      const fate: Fate = used.has(file)
        ? { is: 'used' }
        : (fateOf.get(file) ?? { is: 'skipped', reason: 'companion file that no record needed' });
      // A file without a mapper of its own, e.g. a description, counts for the format that made use of it.
      tallyAt(sourceIndex(mapper ?? usedBy.get(file) ?? null)).file(file.path, fate);
      fates.push({ path: file.path, fate });
    }
    for (const { path, reason } of input.found.leftOut) {
      const fate: Fate = { is: reason.endsWith('not readable') ? 'refused' : 'skipped', reason };
      tallyAt(sourceIndex(null)).file(path, fate);
      fates.push({ path, fate });
    }
  }
  return { tallies, used, fates };
}
