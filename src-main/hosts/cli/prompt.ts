/** Asking a person for a secret, without echo. */
import { readFileSync } from 'node:fs';
import { raise } from '../../../src-shared/result.ts';
import { systemReason } from '../../core/system-failure.ts';

export interface SecretSource {
  /** Path of a file whose first line is the secret; `-` is stdin. */
  readonly file?: string | undefined;
  readonly env: string;
  /** The option that names such a file, for the message. */
  readonly fileOption: string;
  readonly prompt: string;
  readonly noInput: boolean;
  /** Ask twice, for a secret that is being set. */
  readonly confirm?: boolean;
}

export async function readSecret(source: SecretSource): Promise<string> {
  if (source.file !== undefined) return fromFile(source.file, source.fileOption);
  const fromEnvironment = process.env[source.env];
  if (fromEnvironment) return fromEnvironment;
  if (source.noInput || !process.stdin.isTTY) {
    raise(
      'locked',
      'passphrase.missing',
      `${source.prompt}: none was given; set ${source.env}, name a file with ${source.fileOption}, or run in a terminal.`,
    );
  }
  const secret = await ask(`${source.prompt}: `);
  if (source.confirm && (await ask('Again: ')) !== secret)
    raise('usage', 'passphrase.mismatch', 'The two passphrases differ; nothing was changed. Try again.');
  return secret;
}

function fromFile(file: string, option: string): string {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    return raise(
      'input',
      'passphrase.unreadable',
      `The passphrase file ${file} (${option}) cannot be read: ${systemReason(error) ?? 'reading failed'}.`,
      { file },
    );
  }
  return (
    text.split(/\r?\n/, 1)[0] ||
    raise('usage', 'passphrase.empty', `The first line of the passphrase file ${file} (${option}) is empty.`, { file })
  );
}

const keys = { enter: ['\r', '\n'], stop: ['\u0003', '\u0004'], back: ['\u007f', '\b'], clear: '\u0015' } as const;

function ask(prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stdin, stderr } = process;
    stderr.write(prompt);
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    stdin.resume();
    let typed: string[] = [];
    const finish = (settle: () => void) => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off('data', onData);
      stderr.write('\n');
      settle();
    };
    const onData = (chunk: string) => {
      // An arrow or function key arrives as one chunk that begins with ESC: no part of a passphrase.
      if (chunk.startsWith('\u001b')) return;
      for (const char of chunk) {
        if (char === keys.enter[0] || char === keys.enter[1]) return finish(() => resolve(typed.join('')));
        if (char === keys.stop[0] || char === keys.stop[1]) return finish(() => reject(new Interrupted()));
        if (char === keys.back[0] || char === keys.back[1]) typed.pop();
        else if (char === keys.clear) typed = [];
        else if (char >= ' ') typed.push(char);
      }
    };
    stdin.on('data', onData);
  });
}

/** Ctrl+C at a prompt. */
export class Interrupted extends Error {}
