/** What every command shares: the engine, unlocking, progress, Ctrl+C, JSON output, errors and exit codes. */
import { type AssayClient, createClient } from '../../../src-shared/contract/client.ts';
import type { InputOf, MethodName, OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { AssayError, exitCodeOf, type Failure, raise } from '../../../src-shared/result.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import { forkEngine } from '../../engine/fork-engine.ts';
import { Interrupted, readSecret } from './prompt.ts';
import { note, print, progressLine, styled } from './terminal.ts';

/** Flags that every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly input?: boolean;
  readonly workspace?: string;
  readonly passphraseFile?: string;
  readonly user?: string;
}

export interface Session {
  readonly client: AssayClient;
  /** An opaque handle for a path typed on the command line. */
  grant(path: string): Grant;
  /** Calls a method with a progress line and Ctrl+C wired to cancellation. */
  run<M extends MethodName>(method: M, input: InputOf<M>): Promise<OutputOf<M>>;
  unlock(options: CommonOptions): Promise<void>;
}

/** Runs a command's body with an engine, prints its failure, and sets the exit code it returns. */
export async function withEngine(
  options: CommonOptions,
  body: (session: Session) => Promise<number> | Promise<void>,
): Promise<void> {
  const engine = forkEngine();
  const controller = new AbortController();
  let interrupts = 0;
  const onInterrupt = () => {
    interrupts += 1;
    if (interrupts === 1) {
      note('Stopping: rolling back what was not finished…');
      controller.abort();
    } else {
      process.exit(130);
    }
  };
  process.on('SIGINT', onInterrupt);
  try {
    const code = await body(createSession(engine, controller.signal));
    process.exitCode = typeof code === 'number' ? code : 0;
  } catch (error) {
    process.exitCode = reportFailure(error, options.json === true || options.ndjson === true);
  } finally {
    process.off('SIGINT', onInterrupt);
    // Closing properly checkpoints the store; the process that held the key is gone afterwards in any case.
    const state = await engine.call('workspace.state', {});
    if (state.ok && (state.value as OutputOf<'workspace.state'>).state === 'open')
      await engine.call('workspace.lock', {});
    await engine.stop();
  }
}

function createSession(engine: EngineClient, signal: AbortSignal): Session {
  const client = createClient((method, input, options) => engine.call(method, input, options));
  const run: Session['run'] = async (method, input) => {
    const line = progressLine(method);
    try {
      return await client.get(method, input, { onProgress: line.update, signal });
    } finally {
      line.clear();
    }
  };
  return {
    client,
    grant: (path) => engine.registerGrant(path),
    run,
    async unlock(options) {
      const folder = options.workspace ?? process.env['ASSAY_WORKSPACE'];
      if (!folder) raise('usage', 'workspace.not_named', 'Name the workspace with -w WORKSPACE.');
      const passphrase = await readSecret({
        file: options.passphraseFile,
        env: 'ASSAY_PASSPHRASE',
        prompt: `Passphrase of ${folder}`,
        noInput: options.input === false,
      });
      const user = options.user ?? process.env['ASSAY_USER'];
      await run('workspace.unlock', { folder: engine.registerGrant(folder), passphrase, ...(user ? { user } : {}) });
    },
  };
}

/** Prints one sentence on stderr, or the error document on stdout with --json; returns the exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  if (error instanceof Interrupted) return 130;
  const failure: Failure =
    error instanceof AssayError
      ? error.failure
      : {
          kind: 'internal',
          code: 'internal.bug',
          message: `Assay made a mistake: ${error instanceof Error ? error.message : String(error)}`,
          details: {},
        };
  if (json) {
    print(
      JSON.stringify({ error: { code: failure.code, message: failure.message, details: failure.details } }, null, 2),
    );
  }
  note(`${styled('red', 'assay:', process.stderr)} ${failure.message}`);
  if (!(error instanceof AssayError) && process.env['ASSAY_DEBUG'] === '1') console.error(error);
  return exitCodeOf(failure.kind);
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
