/** Options that several commands share, declared once. */
import { Command, InvalidArgumentError, Option } from 'commander';

export const integer = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
};

/** A positive count. */
export const positive = (text: string): number => {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('at least 1 is needed.');
  return value;
};

export const collectValues = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** A command with the flags that every command takes and one example in its help. */
export function command(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print one JSON document')
    .option('--no-input', 'never ask; fail instead')
    .addHelpText('after', `\nExample:\n  ${example}`)
    .showHelpAfterError('(add --help for the usage)');
}

/** The same for commands that work in a workspace. */
export function workspaceCommand(name: string, description: string, example: string): Command {
  return command(name, description, example)
    .option('-w, --workspace <folder>', 'the workspace (or ASSAY_WORKSPACE)')
    .option('--passphrase-file <file>', 'read the passphrase from a file (or ASSAY_PASSPHRASE)')
    .option('--user <name>', 'who is working (or ASSAY_USER)');
}

/** Flags of a command that uses a private key (decisions.md 11). */
export const keyPassphraseFile = (): Option =>
  new Option('--key-passphrase-file <file>', "read the key's passphrase from a file (or ASSAY_KEY_PASSPHRASE)");
