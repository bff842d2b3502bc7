/** What the command line offers without a workspace: help, completion, the launcher on an older Node, pipes that close. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../src-main/hosts/cli/main.ts';
import { assay, repositoryRoot, temporaryFolder } from '../support/assay.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
const run = (...args: string[]) => assay(args, { cwd: folder.path });
afterAll(() => folder.remove());

describe('help and completion', () => {
  it('when asked for help every command and group has an example, and options have words', () => {
    const walk = (command: ReturnType<typeof buildProgram>): void => {
      for (const sub of command.commands.filter((one) => one.name() !== 'complete')) {
        let help = '';
        sub.configureOutput({ writeOut: (text) => (help += text) });
        sub.outputHelp();
        expect(help, sub.name()).toContain('Example:');
        for (const option of sub.options) expect(option.description, `${sub.name()} ${option.flags}`).not.toBe('');
        walk(sub);
      }
    };
    walk(buildProgram());
  });

  it.each(['bash', 'zsh', 'fish', 'pwsh'])(
    'when asked for %s it prints a script that calls assay complete',
    (shell) => {
      const outcome = run('completion', shell);
      expect(outcome.code).toBe(0);
      expect(outcome.stdout).toMatch(/assay.* complete /);
      const checker = { bash: ['bash', '-n'], zsh: ['zsh', '-n'], fish: ['fish', '--no-execute'] }[shell];
      if (!checker) return;
      writeFileSync(at('completion'), outcome.stdout);
      const [program = '', flag = ''] = checker;
      const checked = spawnSync(program, [flag, at('completion')], { encoding: 'utf8' });
      // Only bash is everywhere; the others are checked where they are installed.
      if (checked.error && shell !== 'bash') return;
      expect([checked.status, checked.stderr]).toEqual([0, '']);
    },
  );

  it('when a shell asks for completions it gets commands and options', () => {
    expect(run('complete', '--', 'inven').stdout).toContain('inventory');
    expect(run('complete', '--', 'inventory', 'list', '--ki').stdout).toContain('--kind');
  });
});

describe('the launcher on an older Node', () => {
  it('when the bundled Node is missing it says what is needed; 2', () => {
    // The launcher decides by the version it sees: a copy outside the checkout that is told of an older one.
    const copy = at('old', 'src-main', 'hosts', 'cli', 'assay.mjs');
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(join(repositoryRoot, 'src-main', 'hosts', 'cli', 'assay.mjs'), copy);
    const preload = at('old', 'older.cjs');
    writeFileSync(preload, "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });");
    const outcome = spawnSync(process.execPath, ['--require', preload, copy, '--version'], { encoding: 'utf8' });
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toMatch(/needs Node 24 or newer \(this is 20\.1\.0\).*npm run setup/);
  });
});

describe('pipes', () => {
  it('when the reader goes away early the command ends as it would have, without a word', () => {
    const launcher = join(repositoryRoot, 'src-main', 'hosts', 'cli', 'assay.mjs');
    const script = `"${process.execPath}" "${launcher}" schema inventory show | head -1; echo "\${PIPESTATUS[0]}"`;
    const outcome = spawnSync('bash', ['-c', script], { encoding: 'utf8', env: process.env });
    expect([outcome.stdout, outcome.stderr]).toEqual(['{\n0\n', '']);
  });
});
