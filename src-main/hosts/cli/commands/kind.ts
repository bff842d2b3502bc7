/** Record kinds and references as they are typed on a command line. */
import { isKind, type Kind, kinds } from '../../../../src-shared/domain/dictionary.ts';
import { parseRef, type RecordRef } from '../../../../src-shared/domain/record.ts';
import { raise } from '../../../../src-shared/result.ts';

export const kindOf = (text: string): Kind =>
  isKind(text)
    ? text
    : raise('usage', 'inventory.unknown_kind', `"${text}" is not a record kind; it is one of ${kinds.join(', ')}.`);

/** `KIND/ID`, or the id of a model. */
export function refOf(text: string): RecordRef {
  return parseRef(text) ?? { kind: 'model', id: text };
}
