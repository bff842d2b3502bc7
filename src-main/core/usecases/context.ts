/** What a use case is given. Queries get a handle that cannot write; commands and jobs get the writer. */
import type { InputOf, MethodName, OutputOf, ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import type { Clock, FileGrants, JobContext } from '../ports.ts';
import type { OpenWorkspace } from '../store/workspace.ts';

export interface EngineContext {
  readonly clock: Clock;
  readonly grants: FileGrants;
  /** The open workspace; raises `locked` / `workspace.closed` when there is none. */
  workspace(): OpenWorkspace;
  /** Replaces the open workspace (unlock, create) or closes it (null). */
  setWorkspace(workspace: OpenWorkspace | null): void;
  readonly hasWorkspace: boolean;
}

/** One handler per contract method. Expected failures are thrown as `AssayError`; anything else is a bug. */
export type Handler<M extends MethodName> = (
  context: EngineContext,
  input: ParsedInputOf<M>,
  job: JobContext,
) => Promise<OutputOf<M>> | OutputOf<M>;

export type { InputOf };
