/** Turns one draft into a canonical record with locators, and adds it to the spool; what does not fit is counted. */
import type { CanonicalRecord, FieldProvenance } from '../../../src-shared/domain/record.ts';
import { conformBody } from './conform.ts';
import type { EvidenceLayout } from './evidence.ts';
import type { FoundFile } from './input-files.ts';
import type { Lookup } from './map-file.ts';
import type { DraftRecord, InputFile } from './mapper.ts';
import type { RecordSpool } from './record-spool.ts';
import type { SourceTally } from './source-tally.ts';

/** Longest id, in UTF-8 bytes: ids are shown, typed and indexed. */
const maxIdBytes = 1024;

export interface RecordOrigin {
  readonly file: FoundFile;
  /** Index into the snapshot's sources. */
  readonly index: number;
  readonly tally: SourceTally;
}

export function addRecord(
  draft: DraftRecord,
  { file, index, tally }: RecordOrigin,
  lookup: Lookup,
  layout: EvidenceLayout,
  spool: RecordSpool,
): void {
  const id = draft.id.toWellFormed();
  if (id === '' || Buffer.byteLength(id) > maxIdBytes) {
    tally.note('record without a usable id', 1);
    return;
  }
  const { body, moved } = conformBody(draft.kind, id, draft.body);
  for (const name of moved.keys())
    tally.note(`${draft.kind} ${name}: not of the dictionary's type, kept as source_…`, 1);
  const record: CanonicalRecord = {
    kind: draft.kind,
    id,
    body,
    prov: provenance(draft, moved, index, (pointer, input) =>
      layout.locator(input ? lookup.found(input) : file, pointer),
    ),
  };
  const added = spool.add(record);
  switch (added.outcome) {
    case 'new':
      tally.emitted(draft.kind);
      return;
    case 'too_large':
      tally.note('record larger than 1 MiB', 1);
      tally.error(`${file.path}: record ${draft.kind}/${id} is larger than 1 MiB and was left out.`);
      return;
    case 'conflict':
      tally.note('stated twice with contradicting values', 1);
      tally.error(
        `${draft.kind}/${id}: ${added.fields.join(', ')} differ between ${added.standing.prov.default.locator} (kept) and ` +
          `${record.prov.default.locator} (left out).`,
      );
      return;
    default:
      return;
  }
}

function provenance(
  draft: DraftRecord,
  moved: ReadonlyMap<string, string>,
  source: number,
  locate: (pointer: string, input: InputFile | undefined) => string,
): CanonicalRecord['prov'] {
  const byDefault: FieldProvenance = {
    confidence: draft.confidence ?? 'declared',
    locator: locate(draft.pointer, undefined),
  };
  const fields = new Map<string, FieldProvenance>();
  for (const [name, from] of Object.entries(draft.fields ?? {})) {
    const field: FieldProvenance = {
      confidence: from.confidence ?? byDefault.confidence,
      locator: locate(from.pointer, from.file),
    };
    if (field.confidence === byDefault.confidence && field.locator === byDefault.locator) continue;
    fields.set(name, field);
    const aside = moved.get(name);
    if (aside !== undefined) fields.set(aside, field);
  }
  return {
    source,
    default: byDefault,
    ...(fields.size > 0 ? { fields: Object.fromEntries(fields) } : {}),
  };
}
