/**
 * How screens read, change and run things.
 *
 * `networkMode: 'always'` because the engine is on this computer: without it, TanStack Query pauses every call when the
 * system says "offline", which is where this application lives.
 */
import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import {
  contract,
  type InputOf,
  type JobName,
  type MethodName,
  type OutputOf,
} from '../../src-shared/contract/contract.ts';
import { assay, failureOf } from './client.ts';
import { cancelJob, clearJob, idleJob, type JobState, jobTable, startJob, subscribeJobs } from './jobs.ts';

let onLocked: () => void = () => {};
/** Called once by the application: where to go when a call says that no workspace is open. */
export function whenLocked(action: () => void): void {
  onLocked = action;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (failureOf(error).code === 'workspace.closed') onLocked();
    },
  }),
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, staleTime: 30_000, refetchOnWindowFocus: false },
    mutations: { networkMode: 'always' },
  },
});

export interface QueryOptions {
  readonly enabled?: boolean;
  /** Rows of the input before stay on screen while the next ones load; default true. */
  readonly keepPrevious?: boolean;
}

/** Reads. `error` is whatever was thrown; give it to `ErrorPanel` or `failureOf`. */
export function useAssayQuery<M extends MethodName>(
  method: M,
  input: InputOf<M>,
  options: QueryOptions = {},
): UseQueryResult<OutputOf<M>, Error> {
  return useQuery<OutputOf<M>, Error, OutputOf<M>, readonly unknown[]>({
    queryKey: [method, input],
    queryFn: ({ signal }) => assay.get(method, input, { signal }),
    enabled: options.enabled ?? true,
    ...(options.keepPrevious === false ? {} : { placeholderData: keepPreviousData }),
  });
}

/** Changes something. Every query is read again afterwards: what is on screen is what is stored. */
export function useAssayCommand<M extends MethodName>(method: M): UseMutationResult<OutputOf<M>, Error, InputOf<M>> {
  return useMutation<OutputOf<M>, Error, InputOf<M>>({
    mutationFn: (input) => assay.get(method, input),
    onSuccess: async () => {
      if (contract[method].workspace) await queryClient.invalidateQueries();
    },
  });
}

export interface JobHandle<M extends JobName> extends JobState<M> {
  /** Resolves with the result, or null when it failed or was cancelled (then see `error`). */
  start(input: InputOf<M>): Promise<OutputOf<M> | null>;
  cancel(): void;
  /** Forgets the last result or error. */
  reset(): void;
}

/** A job by its method; its state outlives the screen that started it. */
export function useJob<M extends JobName>(method: M): JobHandle<M> {
  const table = useSyncExternalStore(subscribeJobs, jobTable);
  const state: JobState<M> = table[method] ?? idleJob;
  const start = useCallback((input: InputOf<M>) => startJob(method, input), [method]);
  const cancel = useCallback(() => cancelJob(method), [method]);
  const reset = useCallback(() => clearJob(method), [method]);
  return { ...state, start, cancel, reset };
}

/** Who works here, and what is open; null while unknown or closed. */
export function useWorkspaceInfo(): OutputOf<'workspace.info'> | null {
  const state = useAssayQuery('workspace.state', {});
  return state.data?.state === 'open' ? state.data.info : null;
}
