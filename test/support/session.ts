/** A real workspace and the context that handlers see, for tests that call use cases as a host would. */
import { randomUUID } from 'node:crypto';
import type { OpenWorkspace } from '../../src-main/core/store/workspace.ts';
import type { EngineContext } from '../../src-main/core/usecases/context.ts';
import { type Grant, grantSchema } from '../../src-shared/contract/schemas/workspace.ts';
import { AssayError } from '../../src-shared/result.ts';

export interface TestSession {
  readonly context: EngineContext;
  grant(path: string): Grant;
}

/** `workspace` null: no workspace is open. */
export function sessionOf(workspace: OpenWorkspace | null, now: Date): TestSession {
  const paths = new Map<string, string>();
  return {
    context: {
      clock: { now: () => now },
      grants: { resolve: (grant) => paths.get(grant) ?? '' },
      hasWorkspace: workspace !== null,
      workspace() {
        if (!workspace) throw new Error('no workspace is open in this test');
        return workspace;
      },
      setWorkspace() {
        throw new Error('the workspace of this session is fixed');
      },
    },
    grant(path) {
      const id = grantSchema.parse(`grant:${randomUUID()}`);
      paths.set(id, path);
      return id;
    },
  };
}

/** `kind code` of the expected failure that `work` ends in, or `no failure`. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AssayError) return `${error.failure.kind} ${error.failure.code}`;
    throw error;
  }
  return 'no failure';
}
