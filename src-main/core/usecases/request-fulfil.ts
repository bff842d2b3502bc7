import { basename } from 'node:path';
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { confirmRequester } from '../request/confirm-requester.ts';
import { fulfilRequest } from '../request/fulfil.ts';
import { readRequestFile, requestFileBytes } from '../request/request-file.ts';
import { readPublicKey } from '../trust/keys.ts';
import type { EngineContext, Handler } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';

const publicKeyBytes = 64 * 1024;

/** The collector's side: checks the request and its requester, then writes an unpacked answer for `pack` to sign. */
export const requestFulfil: Handler<'request.fulfil'> = async (context, input, job) => {
  const path = context.grants.resolve(input.request);
  const requestFile = readBoundedFile(path, 'request', requestFileBytes);
  const request = await readRequestFile(requestFile, basename(path));
  confirmRequester(request, namedRequester(context, input.requester));
  const answer = await fulfilRequest({
    request,
    requestFile,
    sources: input.sources.map(({ grant, label }) => ({ path: context.grants.resolve(grant), label })),
    out: context.grants.resolve(input.out),
    evidence: input.evidence,
    now: context.clock.now(),
    job,
  });
  return { request: { document: request.document, sha256: request.sha256 }, ...answer };
};

function namedRequester(
  context: EngineContext,
  requester: ParsedInputOf<'request.fulfil'>['requester'],
): string | null {
  if (!requester) return null;
  if ('fingerprint' in requester) return requester.fingerprint;
  const bytes = readBoundedFile(context.grants.resolve(requester.publicKey), 'requester', publicKeyBytes);
  return readPublicKey(Buffer.from(bytes).toString('utf8')).fingerprint;
}
