/** Asking a person for a secret, without echo. */
import { readFileSync } from 'node:fs';
import { raise } from '../../../src-shared/result.ts';

export interface SecretSource {
  /** Path of a file whose first line is the secret; `-` is stdin. */
  readonly file?: string | undefined;
  readonly env: string;
  readonly prompt: string;
  readonly noInput: boolean;
  /** Ask twice, for a secret that is being set. */
  readonly confirm?: boolean;
}

export async function readSecret(source: SecretSource): Promise<string> {
  if (source.file !== undefined) {
    const text = readFileSync(source.file === '-' ? 0 : source.file, 'utf8').split(/\r?\n/)[0] ?? '';
    return text || raise('usage', 'passphrase.empty', `The passphrase file ${source.file} is empty.`);
  }
  const fromEnvironment = process.env[source.env];
  if (fromEnvironment) return fromEnvironment;
  if (source.noInput || !process.stdin.isTTY) {
    raise(
      'locked',
      'passphrase.missing',
      `No passphrase: set ${source.env}, give a passphrase file, or run in a terminal.`,
    );
  }
  const secret = await ask(`${source.prompt}: `);
  if (source.confirm && (await ask('Again: ')) !== secret)
    raise('usage', 'passphrase.mismatch', 'The two passphrases differ.');
  return secret;
}

function ask(prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stdin, stderr } = process;
    stderr.write(prompt);
    stdin.setRawMode(true);
    stdin.resume();
    let typed = '';
    const finish = (settle: () => void) => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off('data', onData);
      stderr.write('\n');
      settle();
    };
    const onData = (chunk: Buffer) => {
      for (const char of chunk.toString('utf8')) {
        if (char === '\r' || char === '\n') return finish(() => resolve(typed));
        if (char === '\u0003') return finish(() => reject(new Interrupted()));
        if (char === '\u007f') typed = typed.slice(0, -1);
        else if (char >= ' ') typed += char;
      }
    };
    stdin.on('data', onData);
  });
}

export class Interrupted extends Error {}
