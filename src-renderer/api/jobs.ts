/**
 * Running and finished jobs of this window, outside React, so that a job keeps running, and stays visible in the status bar,
 * while its person looks at another screen. One job per method at a time; inputs (which may hold a passphrase) are not kept.
 */
import type { InputOf, JobName, OutputOf } from '../../src-shared/contract/contract.ts';
import { contract } from '../../src-shared/contract/contract.ts';
import type { Progress } from '../../src-shared/contract/progress.ts';
import type { Failure } from '../../src-shared/result.ts';
import { assay, failureOf } from './client.ts';

export type JobPhase = 'idle' | 'running' | 'done' | 'failed' | 'cancelled';

export interface JobState<M extends JobName> {
  readonly state: JobPhase;
  readonly progress: Progress | null;
  readonly result: OutputOf<M> | null;
  readonly error: Failure | null;
  /** `performance.now()` at the start, for rates. */
  readonly startedAt: number;
}

type JobTable = { [M in JobName]?: JobState<M> };

export const idleJob = { state: 'idle', progress: null, result: null, error: null, startedAt: 0 } as const;

let table: Readonly<JobTable> = {};
const controllers = new Map<JobName, AbortController>();
const listeners = new Set<() => void>();
let afterJob: (method: JobName) => void = () => {};

export const subscribeJobs = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const jobTable = (): Readonly<JobTable> => table;

/** Called once by the application: refresh what screens show when a job ended. */
export function onJobEnd(listener: (method: JobName) => void): void {
  afterJob = listener;
}

export function anyJobRunning(): boolean {
  return Object.values(table).some((job) => job?.state === 'running');
}

function put<M extends JobName>(method: M, state: JobState<M> | undefined): void {
  const next: JobTable = { ...table };
  next[method] = state as JobTable[M];
  table = next;
  for (const listener of listeners) listener();
}

/** Starts a job; a second start of the same method while one runs returns null and changes nothing. */
export async function startJob<M extends JobName>(method: M, input: InputOf<M>): Promise<OutputOf<M> | null> {
  if (table[method]?.state === 'running') return null;
  const controller = new AbortController();
  controllers.set(method, controller);
  const startedAt = performance.now();
  put(method, { ...idleJob, state: 'running', startedAt });
  const result = await assay
    .call(method, input, {
      signal: controller.signal,
      onProgress: (progress) => {
        if (controllers.get(method) === controller) put(method, { ...idleJob, state: 'running', progress, startedAt });
      },
    })
    .catch((error: unknown) => ({ ok: false as const, error: failureOf(error) }));
  if (controllers.get(method) !== controller) return null;
  controllers.delete(method);
  if (result.ok) {
    put(method, { ...idleJob, state: 'done', result: result.value, startedAt });
    afterJob(method);
    return result.value;
  }
  put(method, {
    ...idleJob,
    state: result.error.kind === 'cancelled' ? 'cancelled' : 'failed',
    error: result.error,
    startedAt,
  });
  // A failure can change what screens show: a refused import is in the log, and sometimes a finding.
  if (result.error.kind !== 'cancelled') afterJob(method);
  return null;
}

/** Asks the engine to stop; the job ends as `cancelled` once it has rolled back. */
export function cancelJob(method: JobName): void {
  controllers.get(method)?.abort();
}

/** Forgets a finished job, with its result. */
export function clearJob(method: JobName): void {
  if (table[method]?.state !== 'running') put(method, undefined);
}

export const jobTitle = (method: JobName): string => contract[method].title;
