/**
 * The one place where a call becomes a handler's work: known method, zod-valid input, expected failures as values, bugs
 * caught once, output checked against the contract.
 */
import { contract, isMethod, type MethodName } from '../../src-shared/contract/contract.ts';
import { AssayError, type Failure, type Result } from '../../src-shared/result.ts';
import type { JobContext } from '../core/ports.ts';
import { systemFailure } from '../core/system-failure.ts';
import type { EngineContext } from '../core/usecases/context.ts';
import { handlers } from '../core/usecases/handlers.ts';

type AnyHandler = (context: EngineContext, input: unknown, job: JobContext) => unknown;

export async function dispatch(
  context: EngineContext,
  method: string,
  input: unknown,
  job: JobContext,
): Promise<Result<unknown>> {
  if (!isMethod(method)) {
    return failed({
      kind: 'usage',
      code: 'call.unknown_method',
      message: `There is no method "${printable(method)}".`,
      details: {},
    });
  }
  const entry = contract[method];
  const parsed = entry.input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failed({
      kind: 'usage',
      code: 'call.invalid_input',
      message: `${entry.title}: ${issue ? `${issue.path.join('.') || 'input'}: ${issue.message}` : 'invalid input'}.`,
      details: { method, path: issue?.path.join('.') ?? '' },
    });
  }
  if (entry.workspace && !context.hasWorkspace) {
    return failed({
      kind: 'locked',
      code: 'workspace.closed',
      message: 'No workspace is open; unlock one first.',
      details: {},
    });
  }
  try {
    // The table types each handler against its own method; here the method is only known at run time.
    const handler = (await handlers[method]()) as AnyHandler;
    const value = await handler(context, parsed.data, job);
    return { ok: true, value: entry.output.parse(value) };
  } catch (error) {
    if (error instanceof AssayError) return failed(error.failure);
    return failed(systemFailure(error, contract[method].title) ?? bug(method, error));
  }
}

const failed = (error: Failure): Result<unknown> => ({ ok: false, error });

const printable = (text: string): string => text.replace(/[^\w.-]/g, '?').slice(0, 60);

/**
 * A bug reaches the person as a short id, never as a stack, a path, SQL or a key: those go to standard error only when
 * the developer's switch is set.
 */
function bug(method: MethodName, error: unknown): Failure {
  const id = Math.random().toString(36).slice(2, 10);
  if (process.env['ASSAY_DEBUG'] === '1') console.error(`[${id}] ${method}:`, error);
  return {
    kind: 'internal',
    code: 'internal.bug',
    message: `Assay made a mistake in "${contract[method].title}" (error ${id}); nothing was changed. Please report it; ASSAY_DEBUG=1 prints the details.`,
    details: { method, id, type: error instanceof Error ? error.name : typeof error },
  };
}
