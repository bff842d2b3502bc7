/**
 * What a window sends is checked before anything acts on it: known method, input of the contract's shape, a call id.
 *
 * The dispatcher inside the engine validates again; this first gate keeps rubbish, and methods that a window has no business
 * calling, out of the process that holds the key.
 */
import { callIdSchema } from '../../../src-shared/contract/bridge.ts';
import { contract, isMethod, type MethodName } from '../../../src-shared/contract/contract.ts';
import { fail, ok, type Result } from '../../../src-shared/result.ts';

export interface CheckedCall {
  readonly method: MethodName;
  readonly input: unknown;
  readonly callId: string;
}

/** Characters of all strings of one input; beyond it a call is not a person's work. */
const maxInputCharacters = 8 * 1024 * 1024;

export function checkCall(method: unknown, input: unknown, callId: unknown): Result<CheckedCall> {
  if (typeof method !== 'string' || !isMethod(method)) {
    return fail('usage', 'call.unknown_method', 'The window asked for something that Assay does not do.');
  }
  const id = callIdSchema.safeParse(callId);
  if (!id.success) return fail('usage', 'call.invalid_id', 'The window sent a call without a proper id.');
  if (charactersOf(input) > maxInputCharacters) {
    return fail('usage', 'call.too_large', `${contract[method].title}: the request is too large.`);
  }
  const parsed = contract[method].input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'input';
    return fail('usage', 'call.invalid_input', `${contract[method].title}: ${where}: ${issue?.message ?? 'invalid'}.`, {
      path: where,
    });
  }
  return ok({ method, input, callId: id.data });
}

/** Counts without recursion and stops as soon as the limit is passed. */
function charactersOf(value: unknown): number {
  let total = 0;
  const stack: unknown[] = [value];
  while (stack.length > 0 && total <= maxInputCharacters) {
    const next = stack.pop();
    if (typeof next === 'string') total += next.length;
    else if (next !== null && typeof next === 'object') {
      for (const [key, child] of Object.entries(next)) {
        total += key.length + 1;
        stack.push(child);
      }
    }
  }
  return total;
}
