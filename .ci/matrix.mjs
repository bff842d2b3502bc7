/** The fault matrix as a table: one row for each group of test/faults, from the report that vitest writes. */

const columns = ['group', 'cases', 'tests', 'passed', 'failed', 'skipped', 'mutants'];

/** `report`: vitest's JSON. A test's name begins with the number of its case; `meta.mutants` says how many it judged. */
export function matrixTable(report) {
  const groups = new Map();
  for (const { assertionResults } of report.testResults) {
    for (const { ancestorTitles, title, status, meta } of assertionResults) {
      const name = ancestorTitles[0] ?? 'without a group';
      const row = groups.get(name) ?? { cases: new Set(), tests: 0, passed: 0, failed: 0, skipped: 0, mutants: 0 };
      groups.set(name, row);
      const number = /^[A-K]\d+/.exec(title)?.[0];
      if (number !== undefined) row.cases.add(number);
      row.tests += 1;
      row[status === 'passed' || status === 'failed' ? status : 'skipped'] += 1;
      if (status === 'passed') row.mutants += meta?.mutants ?? 1;
    }
  }
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, row]) => ({ group, ...row, cases: row.cases.size }));
  // Some cases have tests in two groups.
  const total = { group: 'all', cases: new Set([...groups.values()].flatMap(({ cases }) => [...cases])).size };
  for (const column of columns.slice(2)) total[column] = rows.reduce((sum, row) => sum + row[column], 0);
  return format([...rows, total]);
}

function format(rows) {
  const cells = [columns, ...rows.map((row) => columns.map((column) => row[column].toLocaleString('en-GB')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index].length)));
  const line = (texts) =>
    texts.map((text, index) => (index === 0 ? text.padEnd(widths[index]) : text.padStart(widths[index]))).join('  ');
  return `${cells.map(line).join('\n')}\n`;
}
