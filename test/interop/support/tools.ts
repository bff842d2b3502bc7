/**
 * The foreign programs and libraries of this suite: where they are and in which version. A suite names what it needs; where
 * that is missing it is skipped with the reason, and `tool-table.ts` prints at the end what was used and what was not.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { repositoryRoot } from '../../support/assay.ts';

export interface ForeignTool {
  readonly name: string;
  /** Program to run; of a library, its name. */
  readonly command: string;
  /** null: not on this machine. */
  readonly version: string | null;
}

declare module 'vitest' {
  interface TaskMeta {
    tools?: readonly ForeignTool[];
    /** What the suite uses them for. */
    purpose?: string;
  }
}

/** A program that prints its version when called with `args`; some print it on stderr, and some end with an error then. */
function program(name: string, args: readonly string[], version = /\d+\.\d+[\w.]*/, command = name): ForeignTool {
  const run = spawnSync(command, args, { encoding: 'utf8' });
  const found = run.error ? null : (version.exec(`${run.stdout}${run.stderr}`)?.[0] ?? 'unknown');
  return { name, command, version: found };
}

const absent = (name: string): ForeignTool => ({ name, command: name, version: null });
const installed = (...parts: string[]): string => join(repositoryRoot, 'node_modules', ...parts);

/** A program that does not print its version; Debian knows it. */
function fromDebian(name: string, distributionPackage: string): ForeignTool {
  const { version } = program(name, ['-H']);
  if (version === null) return absent(name);
  return { ...program('dpkg-query', ['--show', distributionPackage], /(?<=\t)\S+/), name, command: name };
}

function library(name: string): ForeignTool {
  const manifest: { version: string } = JSON.parse(readFileSync(installed(name, 'package.json'), 'utf8'));
  return { name, command: name, version: manifest.version };
}

/** The set-up builds each version into a folder of its own. */
function builtByGo(name: string): ForeignTool {
  try {
    const newest = readdirSync(installed('.assay-go')).sort().at(-1) ?? '';
    return program(name, ['version'], /v\d[\w.-]+/, installed('.assay-go', newest, name));
  } catch {
    return absent(name);
  }
}

const python = installed('.assay-python', 'bin', 'python');

/** The set-up leaves a mark once everything is installed. */
function fromPython(name: string, command: string): ForeignTool {
  if (!existsSync(installed('.assay-python', '.installed'))) return absent(name);
  const printVersion = `from importlib.metadata import version; print(version("${name}"))`;
  return { ...program(name, ['-c', printVersion], /\d[\w.]+/, python), command };
}

/** Each looked up on first use: starting a program only for its version takes time. */
const known = {
  age: () => program('age', ['--version']),
  certutil: () => fromDebian('certutil', 'libnss3-tools'),
  cosign: () => builtByGo('cosign'),
  jq: () => program('jq', ['--version']),
  'model-signing': () => fromPython('model-signing', installed('.assay-python', 'bin', 'model_signing')),
  openssl: () => program('openssl', ['version']),
  pdfsig: () => program('pdfsig', ['-v']),
  pdftotext: () => program('pdftotext', ['-v']),
  pk12util: () => fromDebian('pk12util', 'libnss3-tools'),
  python3: () => program('python3', ['--version']),
  qpdf: () => program('qpdf', ['--version']),
  securesystemslib: () => fromPython('securesystemslib', python),
  sha256sum: () => program('sha256sum', ['--version']),
  unzip: () => program('unzip', ['-v']),
  '@sigstore/verify': () => library('@sigstore/verify'),
  '@signalapp/sqlcipher': () => library('@signalapp/sqlcipher'),
} as const satisfies Record<string, () => ForeignTool>;

export type ToolName = keyof typeof known;

const found = new Map<ToolName, ForeignTool>();

export function tool(name: ToolName): ForeignTool {
  const tool = found.get(name) ?? known[name]();
  found.set(name, tool);
  return tool;
}

/** A suite in which foreign tools judge or are judged, counted under each in the table; `needs` only help to set it up. */
export function describeWith(
  names: readonly ToolName[],
  title: string,
  body: () => void,
  needs: readonly ToolName[] = [],
): void {
  const tools = names.map(tool);
  const missing = [...tools, ...needs.map(tool)].filter(({ version }) => version === null).map(({ name }) => name);
  const suite = missing.length > 0 ? describe.skip : describe;
  const reason = missing.length > 0 ? ` [skipped: no ${missing.join(', ')} here]` : '';
  suite(`${names.join(', ')}: ${title}${reason}`, { meta: { tools, purpose: title } }, body);
}

export interface ToolRun {
  readonly code: number | null;
  /** Standard output and standard error, in this order. */
  readonly text: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program; its verdict is the exit code. */
export function run(command: string, args: readonly string[], { env, ...options }: RunOptions = {}): ToolRun {
  const outcome = spawnSync(command, args, {
    ...options,
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (outcome.error) throw outcome.error;
  return { code: outcome.status, text: `${outcome.stdout}${outcome.stderr}` };
}

/** A step of set-up: throws with what the tool said when it fails. Returns standard output. */
export function mustRun(name: ToolName, args: readonly string[], options?: RunOptions): string {
  const { code, text } = runTool(name, args, options);
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} exited ${code}: ${text}`);
  return text;
}

export const runTool = (name: ToolName, args: readonly string[], options?: RunOptions): ToolRun =>
  run(tool(name).command, args, options);
