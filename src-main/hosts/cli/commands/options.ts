/** Options that several commands share, declared once, and how their values are read. */
import { Command, InvalidArgumentError, Option } from 'commander';

export const integer = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
};

/** A positive count. */
export const positive = (text: string): number => {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('At least 1 is needed.');
  return value;
};

/** A text that says something. */
export const words = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
};

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

const dayExists = (text: string): boolean => {
  const time = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
};

/** A calendar day that exists. */
export const day = (text: string): string => {
  if (!dayPattern.test(text) || !dayExists(text))
    throw new InvalidArgumentError('A date is needed, YYYY-MM-DD, for example 2026-12-31.');
  return text;
};

/** An RFC 3339 instant. */
export const instant = (text: string): string => {
  if (!instantPattern.test(text) || !dayExists(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('An instant is needed (RFC 3339), for example 2026-12-31T23:59:59Z.');
  return text;
};

/** A day or an instant. */
export const dayOrInstant = (text: string): string => {
  if (!(dayPattern.test(text) || instantPattern.test(text)) || !dayExists(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('A date (YYYY-MM-DD) or an instant (RFC 3339) is needed.');
  return text;
};

export const collectValues = (value: string, before: readonly string[] = []): string[] => [...before, words(value)];

export const collectNumbers = (value: string, before: readonly number[] = []): number[] => [...before, integer(value)];

/** A command with the flags that every command takes and one example in its help. */
export function command(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print one JSON document')
    .option('--no-input', 'never ask; fail instead')
    .addHelpText('after', `\nExample:\n  ${example}`);
}

/** A command that only holds others. */
export function group(name: string, description: string, example: string): Command {
  return new Command(name).description(description).addHelpText('after', `\nExample:\n  ${example}`);
}

/** The same for commands that work in a workspace. */
export function workspaceCommand(name: string, description: string, example: string): Command {
  return command(name, description, example)
    .option('-w, --workspace <folder>', 'the workspace (or ASSAY_WORKSPACE)')
    .option('--passphrase-file <file>', 'its first line is the passphrase; - is stdin (or ASSAY_PASSPHRASE)')
    .option('--user <name>', 'who is working (or ASSAY_USER)');
}

/** Flags of a list that can be long. */
export const withRows = (list: Command, most = 200): Command =>
  list.option('--limit <n>', 'rows at most', positive, most).option('--ndjson', 'one JSON document per row');

/** Flags of a command that uses a private key (decisions.md 11). */
export const keyPassphraseFile = (): Option =>
  new Option('--key-passphrase-file <file>', "its first line is the key's passphrase (or ASSAY_KEY_PASSPHRASE)");
