/** `assay check`: policy packs into findings. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, table } from '../terminal.ts';
import { collectValues, dayOrInstant, workspaceCommand } from './options.ts';

export function checkCommand(): Command {
  return workspaceCommand(
    'check',
    'evaluate policy packs into findings',
    'assay check -w audit --pack model-inventory-core',
  )
    .option('--pack <id>', 'pack to evaluate; repeat for more (default: all)', collectValues)
    .option('--as-of <date>', 'evaluate as of this date or instant (default: the newest snapshot)', dayOrInstant)
    .action((options: CommonOptions & { pack?: string[]; asOf?: string }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const run = await session.run('check.run', {
          ...(options.pack ? { packs: options.pack } : {}),
          ...(options.asOf ? { asOf: options.asOf } : {}),
        });
        const { rules } = await session.run('check.latest', {});
        if (options.json) printJson({ ...run, rules });
        else printCheck(run, rules);
        return run.outcomes.fires > 0 ? 1 : 0;
      }),
    );
}

export function printCheck(run: OutputOf<'check.run'>, rules: OutputOf<'check.latest'>['rules']): void {
  const o = run.outcomes;
  print(`${run.packs.map((p) => `${p.title} ${p.version} (${p.rules} rules)`).join(', ')}; as of ${run.asOf}`);
  print(
    `${count(run.evaluations)} evaluations: ${count(o.pass)} pass, ${count(o.fires)} fire, ${count(o.cannot_evaluate)} cannot be evaluated, ${count(o.not_applicable)} not applicable`,
  );
  print(
    `Findings: ${count(run.findings.new)} new, ${count(run.findings.unchanged)} unchanged, ${count(run.findings.closed)} closed; ${count(run.findings.open)} open`,
  );
  const firing = rules.filter((rule) => rule.counts.fires > 0);
  if (firing.length > 0)
    print(
      `\n${table(
        ['rule', 'severity', 'fires', 'pass', 'cannot evaluate', 'title'],
        firing.map((r) => [r.ruleId, r.severity, r.counts.fires, r.counts.pass, r.counts.cannot_evaluate, r.title]),
      )}`,
    );
  const blind = rules.filter((rule) => rule.counts.cannot_evaluate > 0 && rule.counts.fires + rule.counts.pass === 0);
  if (blind.length > 0)
    note(
      `${blind.length} rules could not be evaluated at all, for want of: ${[...new Set(blind.flatMap((r) => r.missing))].slice(0, 8).join(', ')}${blind.length > 8 ? ', …' : ''}`,
    );
}
