/** A typed client over any transport that can carry one call and its progress. */
import { AssayError, type Result } from '../result.ts';
import type { InputOf, MethodName, OutputOf } from './contract.ts';
import type { Progress } from './progress.ts';

/** The part of the platform's `AbortSignal` that a transport needs; named here because src-shared has no platform library. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
}

export interface CallOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: CancelSignal;
}

/** What a host supplies: carry this call, report progress, honour the signal. Input and output are structured-clone safe. */
export type Transport = (method: MethodName, input: unknown, options: CallOptions) => Promise<Result<unknown>>;

export interface AssayClient {
  /** The result as a value: expected failures do not throw. */
  call<M extends MethodName>(method: M, input: InputOf<M>, options?: CallOptions): Promise<Result<OutputOf<M>>>;
  /** The value itself; an expected failure is thrown as `AssayError`. */
  get<M extends MethodName>(method: M, input: InputOf<M>, options?: CallOptions): Promise<OutputOf<M>>;
}

export function createClient(transport: Transport): AssayClient {
  const call: AssayClient['call'] = async <M extends MethodName>(
    method: M,
    input: InputOf<M>,
    options: CallOptions = {},
  ) =>
    // The dispatcher validated the output against the same contract on the other side of the transport.
    (await transport(method, input, options)) as Result<OutputOf<M>>;
  return {
    call,
    async get(method, input, options) {
      const result = await call(method, input, options);
      if (result.ok) return result.value;
      throw new AssayError(result.error);
    },
  };
}
