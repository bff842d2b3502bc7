/** Files and workspaces that arrived from outside a screen (dropped, opened with the application) and wait for their screen. */
import { useSyncExternalStore } from 'react';
import type { Picked } from '../../src-shared/contract/bridge.ts';

interface Staged {
  readonly files: readonly Picked[];
  readonly workspace: Picked | null;
}

let staged: Staged = { files: [], workspace: null };
const listeners = new Set<() => void>();

function publish(next: Staged): void {
  staged = next;
  for (const listener of listeners) listener();
}

export const stageFiles = (files: readonly Picked[]): void =>
  publish({ ...staged, files: [...staged.files, ...files] });
export const stageWorkspace = (workspace: Picked | null): void => publish({ ...staged, workspace });
/** The first waiting file is dealt with; the next one comes up. */
export const unstageFirst = (): void => publish({ ...staged, files: staged.files.slice(1) });

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useStaged(): Staged {
  return useSyncExternalStore(subscribe, () => staged);
}
