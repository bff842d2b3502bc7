/** The typed client: every screen calls the engine through `assay` and nothing else. */
import { createClient } from '../../src-shared/contract/client.ts';
import { AssayError, type Failure } from '../../src-shared/result.ts';
import { assayHost } from './bridge.ts';

export const assay = createClient((method, input, options) => {
  const host = assayHost();
  const callId = crypto.randomUUID();
  const answer = host.call(method, input, callId, options.onProgress);
  if (options.signal?.aborted) host.cancel(callId);
  options.signal?.addEventListener('abort', () => host.cancel(callId), { once: true });
  return answer;
});

/** The failure inside anything thrown: an expected one as it is, a bug as `internal` with its message. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AssayError) return error.failure;
  return {
    kind: 'internal',
    code: 'window.bug',
    message: `The window made a mistake: ${error instanceof Error ? error.message : String(error)}. Nothing in the workspace was changed.`,
    details: {},
  };
}
