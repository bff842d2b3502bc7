/** Builds one draft record field by field, so that every value carries where it came from. */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { fieldOf } from '../../../src-shared/domain/dictionary.ts';
import type { Confidence, JsonValue, RecordRef } from '../../../src-shared/domain/record.ts';
import type { DraftRecord, InputFile } from './mapper.ts';
import { isPlaceholder, jsonOf } from './values.ts';

export interface Origin {
  /** Where in `file` (default: the primary file) the value stands. */
  readonly pointer: string;
  readonly file?: InputFile | undefined;
  readonly confidence?: Confidence | undefined;
}

export interface DraftBuilder {
  readonly ref: RecordRef;
  /** Sets a field unless the source leaves it blank: absent, null, empty text and empty list say nothing. */
  set(field: string, value: unknown, origin: string | Origin, confidence?: Confidence): DraftBuilder;
  /** Keeps a value for which the dictionary has no field, under `source_<name>`. */
  keep(name: string, value: unknown, origin: string | Origin): DraftBuilder;
  done(): DraftRecord;
}

const isBlank = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0);

/** Starts a record; `pointer` is where the source states it as a whole. */
export function draft(kind: Kind, id: string, pointer: string, confidence: Confidence = 'declared'): DraftBuilder {
  const body = new Map<string, JsonValue>();
  const fields = new Map<string, { pointer: string; file?: InputFile; confidence?: Confidence }>();
  const builder: DraftBuilder = {
    ref: { kind, id },
    set(field, value, origin, stated) {
      if (isBlank(value) || body.has(field)) return builder;
      const from: Origin = typeof origin === 'string' ? { pointer: origin } : origin;
      const json = jsonOf(value);
      body.set(field, json);
      // Free text may well talk about templates; anywhere else an unfilled placeholder is not a value yet.
      const unresolved = typeof json === 'string' && fieldOf(kind, field)?.type.kind !== 'text' && isPlaceholder(json);
      fields.set(field, {
        pointer: from.pointer,
        ...(from.file ? { file: from.file } : {}),
        confidence: unresolved ? 'unresolved' : (stated ?? from.confidence ?? confidence),
      });
      return builder;
    },
    keep: (name, value, origin) => builder.set(`source_${fieldName(name)}`, value, origin),
    done: () => ({
      kind,
      id,
      body: Object.fromEntries(body),
      pointer,
      confidence,
      fields: Object.fromEntries(fields),
    }),
  };
  return builder;
}

/** A source's own field name in the dictionary's spelling: lower case, digits, underscores. */
export const fieldName = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60) || 'field';

/** A reference that a mapper makes to a record of another kind. */
export const refTo = (kind: Kind, id: string): RecordRef => ({ kind, id });
