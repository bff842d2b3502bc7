/** Entries about a session itself: they must never stand in the way of reading or of locking. */
import { AssayError } from '../../../src-shared/result.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { type ActivityInput, appendActivity } from './activity.ts';

/**
 * Appends unless the user may not write, or another Assay is importing into the workspace right now: the CLI reads beside
 * an open window, and neither waits for the other.
 */
export function appendSessionEntry(workspace: OpenWorkspace, input: ActivityInput, now: Date): void {
  if (workspace.readOnly) return;
  try {
    appendActivity(workspace, input, now);
  } catch (error) {
    if (!(error instanceof AssayError) || error.failure.code !== 'workspace.busy') throw error;
  }
}
