/** Users that MLflow names: an account name is all it knows of them. */
import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import { draft } from '../draft.ts';
import type { MapContext } from '../mapper.ts';

export function partyOf(context: MapContext, user: string, pointer: string): RecordRef {
  const party = draft('party', `mlflow:user:${user}`, pointer).set('party_name', user, pointer);
  context.emit(party.done());
  return party.ref;
}
