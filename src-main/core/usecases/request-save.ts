import { findRequest, requestFile } from '../store/request-queries.ts';
import type { Handler } from './context.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Writes the request file again, byte for byte as it was signed. */
export const requestSave: Handler<'request.save'> = async (context, input) => {
  const db = context.workspace().reader;
  const { document, sha256 } = findRequest(db, input.id);
  await writeWholeFile(context.grants.resolve(input.file), requestFile(db, document.requestId));
  return { sha256 };
};
