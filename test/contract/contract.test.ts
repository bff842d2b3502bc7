/** The table, its handlers and its JSON Schema agree; the dispatcher keeps bad calls out. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentJob, systemClock } from '../../src-main/core/ports.ts';
import { handlers } from '../../src-main/core/usecases/handlers.ts';
import { dispatch } from '../../src-main/engine/dispatch.ts';
import { createEngineContext } from '../../src-main/engine/engine-context.ts';
import { contract } from '../../src-shared/contract/contract.ts';

const context = () => createEngineContext(systemClock, new Map());

describe('the contract', () => {
  it('has one handler per method and no other', () => {
    expect(Object.keys(handlers).sort()).toEqual(Object.keys(contract).sort());
  });

  it('has a JSON Schema for every output', () => {
    for (const [name, method] of Object.entries(contract)) {
      expect(z.toJSONSchema(method.output, { unrepresentable: 'any' }), name).toHaveProperty('$schema');
    }
  });
});

describe('dispatch', () => {
  it.each(['', 'nope', '__proto__', 'constructor', 'toString'])(
    'when the method is "%s" it is refused by name',
    async (method) => {
      const result = await dispatch(context(), method, {}, silentJob);
      expect(result).toMatchObject({ ok: false, error: { kind: 'usage', code: 'call.unknown_method' } });
    },
  );

  it.each([[null], [[]], ['text'], [{ extra: 1 }], [{ limit: -1 }]])(
    'when the input is %j it is refused before any handler runs',
    async (input) => {
      const result = await dispatch(context(), 'activity.list', input, silentJob);
      expect(result).toMatchObject({ ok: false, error: { kind: 'usage', code: 'call.invalid_input' } });
    },
  );

  it('when no workspace is open what needs one says so', async () => {
    for (const [name, method] of Object.entries(contract)) {
      if (!method.workspace || !method.input.safeParse({}).success) continue;
      expect(await dispatch(context(), name, {}, silentJob), name).toMatchObject({
        ok: false,
        error: { kind: 'locked', code: 'workspace.closed' },
      });
    }
  });

  it('when a grant was not made by the host it is refused', async () => {
    const input = { file: 'grant:00000000-0000-4000-8000-000000000000' };
    expect(await dispatch(context(), 'snapshot.inspect', input, silentJob)).toMatchObject({
      ok: false,
      error: { kind: 'usage', code: 'grant.unknown' },
    });
  });

  it('when a path is given instead of a grant it is refused', async () => {
    expect(await dispatch(context(), 'snapshot.inspect', { file: '/etc/passwd' }, silentJob)).toMatchObject({
      ok: false,
      error: { code: 'call.invalid_input' },
    });
  });
});
