/** What every command shares: the engine, unlocking, progress, Ctrl+C, JSON output, errors and exit codes. */
import { type AssayClient, createClient } from '../../../src-shared/contract/client.ts';
import { contract, type InputOf, type MethodName, type OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { AssayError, exitCodeOf, type Failure, raise } from '../../../src-shared/result.ts';
import { systemFailure } from '../../core/system-failure.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import { forkEngine } from '../../engine/fork-engine.ts';
import { requireFile, requireNewFolder, requireWorkspace, requireWritable, stdinSpool } from './paths.ts';
import { Interrupted, readSecret } from './prompt.ts';
import { note, print, progressLine, safe, styled } from './terminal.ts';

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
  /** An opaque handle for a path that the command itself made. */
  grant(path: string): Grant;
  /** The same for a path that a person typed and that must be there; `-` is standard input where `stdin` says so. */
  source(path: string, allow?: 'file' | 'folder' | 'either' | 'stdin'): Promise<Grant>;
  /** The same for a file to write. */
  target(path: string): Grant;
  /** The same for a folder to make. */
  newFolder(path: string): Grant;
  /** Calls a method with a progress line and Ctrl+C wired to cancellation. */
  run<M extends MethodName>(method: M, input: InputOf<M>): Promise<OutputOf<M>>;
  unlock(options: CommonOptions): Promise<void>;
  readonly signal: AbortSignal;
}

/** A second Ctrl+C this soon is the same one, seen by the launcher and by this process. */
const sameInterrupt = 500;

/** Runs a command's body with an engine, prints its failure, and sets the exit code it returns. */
export async function withEngine(
  options: CommonOptions,
  body: (session: Session) => Promise<number> | Promise<void>,
): Promise<void> {
  const engine = forkEngine();
  const controller = new AbortController();
  const spool = stdinSpool();
  let interruptedAt = 0;
  const onInterrupt = () => {
    if (interruptedAt === 0) {
      interruptedAt = performance.now();
      note('Stopping: what is not finished is rolled back…');
      controller.abort();
    } else if (performance.now() - interruptedAt > sameInterrupt) {
      spool.remove();
      process.exit(130);
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onInterrupt);
  try {
    const code = await body(createSession(engine, controller.signal, spool));
    process.exitCode = typeof code === 'number' ? code : 0;
  } catch (error) {
    process.exitCode =
      controller.signal.aborted && !(error instanceof AssayError)
        ? reportFailure(cancelled(), options)
        : reportFailure(error, options);
  } finally {
    spool.remove();
    // Closing properly checkpoints the store; the process that held the key is gone afterwards in any case.
    const state = await engine.call('workspace.state', {});
    if (state.ok && (state.value as OutputOf<'workspace.state'>).state === 'open')
      await engine.call('workspace.lock', {});
    await engine.stop();
    for (const signal of signals) process.off(signal, onInterrupt);
  }
}

const cancelled = (): AssayError =>
  new AssayError({
    kind: 'cancelled',
    code: 'job.cancelled',
    message: 'Interrupted; what was finished before stays, and nothing else was changed.',
    details: {},
  });

function createSession(engine: EngineClient, signal: AbortSignal, spool: ReturnType<typeof stdinSpool>): Session {
  const client = createClient((method, input, options) => engine.call(method, input, options));
  const grant: Session['grant'] = (path) => engine.registerGrant(path);
  const run: Session['run'] = async (method, input) => {
    if (signal.aborted) throw cancelled();
    const line = progressLine(contract[method].title);
    try {
      return await client.get(method, input, { onProgress: line.update, signal });
    } finally {
      line.clear();
    }
  };
  return {
    client,
    signal,
    grant,
    run,
    async source(path, allow = 'file') {
      if (path === '-' && allow === 'stdin') return grant(await spool.save(signal));
      if (path === '-')
        raise('usage', 'stdin.not_here', 'Standard input ("-") is not read here; name a file or folder.');
      requireFile(path, allow === 'stdin' ? 'either' : allow);
      return grant(path);
    },
    target(path) {
      requireWritable(path);
      return grant(path);
    },
    newFolder(path) {
      requireNewFolder(path);
      return grant(path);
    },
    async unlock(options) {
      const folder = options.workspace ?? process.env['ASSAY_WORKSPACE'];
      if (!folder)
        return raise('usage', 'workspace.not_named', 'Name the workspace with -w FOLDER, or set ASSAY_WORKSPACE.');
      requireWorkspace(folder);
      const passphrase = await readSecret({
        file: options.passphraseFile,
        env: 'ASSAY_PASSPHRASE',
        fileOption: '--passphrase-file',
        prompt: `Passphrase of ${folder}`,
        noInput: options.input === false,
      });
      const user = options.user ?? process.env['ASSAY_USER'];
      await run('workspace.unlock', { folder: grant(folder), passphrase, ...(user ? { user } : {}) });
    },
  };
}

/** Prints one sentence on stderr, and with --json or --ndjson the error document on stdout; returns the exit code. */
export function reportFailure(error: unknown, options: Pick<CommonOptions, 'json' | 'ndjson'>): number {
  if (error instanceof Interrupted) return 130;
  const failure = failureOf(error);
  const document = { error: { code: failure.code, message: failure.message, details: failure.details } };
  if (options.ndjson) printRows([document]);
  else if (options.json) printJson(document);
  note(`${styled('red', 'assay:', process.stderr)} ${safe(failure.message)}`);
  if (failure.kind === 'internal' && process.env['ASSAY_DEBUG'] === '1') console.error(error);
  return exitCodeOf(failure.kind);
}

function failureOf(error: unknown): Failure {
  if (error instanceof AssayError) return error.failure;
  return (
    systemFailure(error, 'The command') ?? {
      kind: 'internal',
      code: 'internal.bug',
      message: 'Assay made a mistake in this command; please report it. ASSAY_DEBUG=1 prints the details.',
      details: {},
    }
  );
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** One JSON document per row: what a list prints with --ndjson. */
export const printRows = (rows: readonly unknown[]): void => {
  for (const row of rows) print(JSON.stringify(row));
};

interface Page {
  readonly next: string | null;
  readonly rows: readonly unknown[];
}

/** Every page of a list up to `limit` rows; `onPage` may print rows as they come. */
export async function allPages<P extends Page>(
  limit: number,
  fetch: (limit: number, cursor: string | undefined) => Promise<P>,
  onPage: (rows: P['rows']) => void = () => {},
): Promise<{ readonly rows: P['rows'][number][]; readonly last: P }> {
  const rows: P['rows'][number][] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await fetch(Math.min(500, limit - rows.length), cursor);
    rows.push(...page.rows);
    onPage(page.rows);
    cursor = page.next ?? undefined;
    if (cursor === undefined || rows.length >= limit) return { rows, last: page };
  }
}
