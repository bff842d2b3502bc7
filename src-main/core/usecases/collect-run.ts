/** `collect.run`: files of registries or clusters into an unpacked snapshot. */
import { collectSources } from '../collect/collector.ts';
import type { Handler } from './context.ts';

export const collectRun: Handler<'collect.run'> = (context, input, job) =>
  collectSources({
    sources: input.sources.map(({ grant, label }) => ({ path: context.grants.resolve(grant), label })),
    out: context.grants.resolve(input.out),
    as: input.as,
    registryId: input.registryId,
    registryName: input.registryName,
    strict: input.strict,
    now: context.clock.now(),
    job,
  });
