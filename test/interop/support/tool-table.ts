/** Reporter of `npm run test:interop`: one row per foreign tool with its version and what its tests came to. */
import type { Reporter, TestModule } from 'vitest/node';
import type { ForeignTool } from './tools.ts';

interface Row {
  readonly tool: ForeignTool;
  readonly counts: Record<'passed' | 'failed' | 'skipped', number>;
  readonly purposes: Set<string>;
}

export default class ToolTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = new Map<string, Row>();
    for (const module of modules) collect(module, rows);
    if (rows.size > 0) process.stdout.write(`\n${format([...rows.values()])}\n`);
  }
}

function collect(module: TestModule, rows: Map<string, Row>): void {
  for (const test of module.children.allTests()) {
    const state = test.result().state;
    const { tools = [], purpose = '' } = test.meta();
    for (const tool of tools) {
      const row = rows.get(tool.name) ?? { tool, counts: { passed: 0, failed: 0, skipped: 0 }, purposes: new Set() };
      rows.set(tool.name, row);
      if (state !== 'pending') row.counts[state] += 1;
      row.purposes.add(purpose);
    }
  }
}

function format(rows: readonly Row[]): string {
  const cells = rows
    .toSorted((a, b) => a.tool.name.localeCompare(b.tool.name, 'en'))
    .map(({ tool, counts, purposes }) => [
      tool.name,
      tool.version ?? 'not here',
      String(counts.passed),
      String(counts.failed),
      String(counts.skipped),
      [...purposes].join('; '),
    ]);
  const table = [['tool', 'version', 'passed', 'failed', 'skipped', 'what it was used for'], ...cells];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
