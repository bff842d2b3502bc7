/** The context that handlers see on either thread: clock, grants and the open workspace of that thread. */
import { raise } from '../../src-shared/result.ts';
import type { Clock } from '../core/ports.ts';
import { type OpenWorkspace, openWithKeys, type WorkspaceKeys } from '../core/store/workspace.ts';
import type { EngineContext } from '../core/usecases/context.ts';

/** What one thread tells the other so that it can open the same workspace; stays inside this process. */
export interface OpenedWorkspace {
  readonly folder: string;
  readonly keys: WorkspaceKeys;
}

export interface ThreadContext extends EngineContext {
  /** Opens for reading, or closes, the workspace that the other thread opened. Raises what opening raises. */
  adopt(opened: OpenedWorkspace | null): void;
}

export function createEngineContext(
  clock: Clock,
  grants: ReadonlyMap<string, string>,
  announce: (opened: OpenedWorkspace | null) => void = () => {},
): ThreadContext {
  let open: OpenWorkspace | null = null;
  const replace = (next: OpenWorkspace | null): void => {
    open?.close();
    open = next;
  };
  return {
    clock,
    grants: {
      resolve(grant) {
        return (
          grants.get(grant) ??
          raise('usage', 'grant.unknown', 'That file was not picked in this session; pick it again.', {})
        );
      },
    },
    get hasWorkspace() {
      return open !== null;
    },
    workspace() {
      return open ?? raise('locked', 'workspace.closed', 'No workspace is open; unlock one first.');
    },
    setWorkspace(workspace) {
      replace(workspace);
      announce(workspace ? { folder: workspace.folder, keys: workspace.keys } : null);
    },
    adopt(opened) {
      // Closed first: a thread that fails to follow must not go on reading what the other has left.
      replace(null);
      if (opened) open = openWithKeys(opened.folder, opened.keys, { readerOnly: true });
    },
  };
}
