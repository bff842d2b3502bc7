import { basename } from 'node:path';
import { readRequestFile, requestFileBytes } from '../request/request-file.ts';
import type { Handler } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';

/** What a request file asks, once its signature holds; whose key it is, only its fingerprint says. */
export const requestInspect: Handler<'request.inspect'> = async (context, input) => {
  const path = context.grants.resolve(input.file);
  const { document, sha256 } = await readRequestFile(
    readBoundedFile(path, 'request', requestFileBytes),
    basename(path),
  );
  return { document, sha256 };
};
