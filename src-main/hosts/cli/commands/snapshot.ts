/** `assay snapshot`: pack, inspect and verify bundles. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Verification } from '../../../../src-shared/domain/trust.ts';
import { raise } from '../../../../src-shared/result.ts';
import { readSecret } from '../prompt.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import {
  collectValues,
  command,
  group,
  instant,
  integer,
  keyPassphraseFile,
  positive,
  workspaceCommand,
} from './options.ts';

export function snapshotCommand(): Command {
  const pack = command(
    'pack',
    'sign an unpacked snapshot into one .assay file',
    'assay snapshot pack collected --key publisher.key.pem --out registry-1.assay',
  )
    .argument('<folder>', 'folder written by collect')
    .requiredOption('--key <file>', 'publisher key (PKCS#8 PEM); repeat for several signatures', collectValues)
    .requiredOption('--out <file>', 'bundle to write')
    .option('--previous <file>', 'the bundle this one continues')
    .option('--sequence <n>', 'sequence number (default: previous + 1, else 1)', integer)
    .option('--expires <date>', 'when it becomes stale (RFC 3339)', instant)
    .addOption(keyPassphraseFile())
    .action(
      async (
        folder: string,
        options: CommonOptions & {
          key: string[];
          out: string;
          previous?: string;
          sequence?: number;
          expires?: string;
          keyPassphraseFile?: string;
        },
      ) =>
        withEngine(options, async ({ run, source, target }) => {
          const out = target(options.out);
          const content = await source(folder, 'folder');
          const keys = await Promise.all(options.key.map((file) => source(file)));
          const previous = options.previous === undefined ? undefined : await source(options.previous, 'either');
          const passphrase = await optionalKeyPassphrase(options, options.key);
          const packed = await run('snapshot.pack', {
            folder: content,
            keys: keys.map((file) => ({ file, ...(passphrase === null ? {} : { passphrase }) })),
            out,
            ...(previous === undefined ? {} : { previous }),
            ...(options.sequence === undefined ? {} : { sequence: options.sequence }),
            ...(options.expires ? { expiresAt: options.expires } : {}),
          });
          if (options.json) return printJson({ file: options.out, ...packed });
          print(
            `${options.out}: ${count(packed.records)} records, sequence ${packed.sequence}, ${count(packed.bytes)} bytes`,
          );
          print(`Statement    sha256:${packed.statementSha256}`);
          print(`Merkle root  ${packed.merkleRoot}`);
          print(`Signed by    ${packed.keyIds.join(', ')}`);
        }),
    );

  const inspect = command(
    'inspect',
    'manifest, sources, coverage and signer; no trust decision',
    'assay snapshot inspect registry-1.assay',
  )
    .argument('<file>', 'bundle; - is stdin')
    .action(async (file: string, options: CommonOptions) =>
      withEngine(options, async ({ run, source }) => {
        const info = await run('snapshot.inspect', { file: await source(file, 'stdin') });
        if (options.json) return printJson(info);
        const p = info.predicate;
        print(
          `${styled('bold', safe(p.registry.name || p.registry.id))}  ${p.role}, sequence ${p.sequence}, made ${p.createdAt}`,
        );
        print(`Statement  sha256:${info.statementSha256}`);
        print(`Signatures ${info.signatures.map((s) => s.keyId).join(', ')}`);
        print(
          table(
            ['source', 'collected', 'complete', 'seen', 'used', 'skipped'],
            p.sources.map((s) => [
              s.type,
              s.collectedAt,
              s.complete ? 'yes' : 'no',
              s.coverage.inputsSeen,
              s.coverage.inputsUsed,
              s.coverage.inputsSkipped,
            ]),
          ),
        );
        print(
          table(
            ['member', 'kind', 'records', 'bytes'],
            p.files.filter((f) => f.kind !== 'evidence').map((f) => [f.name, f.kind, f.records, f.bytes]),
          ),
        );
        note('This shows what the file says. Whether to believe it: assay snapshot verify.');
      }),
    );

  const verify = workspaceCommand(
    'verify',
    'content unchanged? signer trusted? fresh?',
    'assay snapshot verify registry-1.assay -w audit',
  )
    .argument('<file>', 'bundle; - is stdin')
    .option('--trust <file>', 'trust store as JSON instead of a workspace')
    .option('--threshold <n>', 'distinct trusted signatures needed', positive)
    .action(async (file: string, options: CommonOptions & { trust?: string; threshold?: number }) =>
      withEngine(options, async (session) => {
        const grants = {
          file: await session.source(file, 'stdin'),
          ...(options.trust ? { trust: await session.source(options.trust) } : {}),
        };
        if (!options.trust && !options.workspace && !process.env['ASSAY_WORKSPACE'])
          raise(
            'usage',
            'verify.no_trust',
            'Whom to believe was not said: name a workspace with -w FOLDER or a trust store with --trust FILE.',
          );
        if (!options.trust) await session.unlock(options);
        const { predicate, ...verification } = await session.run('snapshot.verify', {
          ...grants,
          ...(options.threshold ? { threshold: options.threshold } : {}),
        });
        if (options.json) printJson({ ...verification, predicate });
        else printVerification(verification);
        return verification.ok ? 0 : 4;
      }),
    );

  return group('snapshot', 'signed snapshots', 'assay snapshot inspect registry-1.assay')
    .addCommand(pack)
    .addCommand(inspect)
    .addCommand(verify);
}

/** Asks for a passphrase only when an encrypted key needs one; a file that is no key is told by its name first. */
async function optionalKeyPassphrase(
  options: CommonOptions & { keyPassphraseFile?: string },
  keys: readonly string[],
): Promise<string | null> {
  const encrypted = keys.filter((file) => {
    const text = readFileSync(file, 'latin1');
    if (!text.includes('PRIVATE KEY-----'))
      raise(
        'input',
        'key.not_private',
        `${file} holds no private key in PEM form; give the .key.pem file that assay keys generate wrote. Nothing was packed.`,
        { file },
      );
    return text.includes('ENCRYPTED');
  });
  if (encrypted.length === 0) return null;
  return readSecret({
    file: options.keyPassphraseFile,
    env: 'ASSAY_KEY_PASSPHRASE',
    fileOption: '--key-passphrase-file',
    prompt: `Passphrase of the key ${encrypted.join(', ')}`,
    noInput: options.input === false,
  });
}

const marks = { pass: ['green', '✓'], fail: ['red', '✗'], warn: ['yellow', '!'], unknown: ['yellow', '?'] } as const;

export function printVerification(v: Verification): void {
  const line = (label: string, check: { state: keyof typeof marks; text: string }) => {
    const [style, mark] = marks[check.state];
    print(`${styled(style, mark)} ${label.padEnd(10)} ${safe(check.text)}`);
  };
  line('Content', v.content);
  line('Signer', v.signer);
  line('Freshness', v.freshness);
  line('Container', v.container);
  print(v.ok ? styled('green', 'Verified.') : styled('red', 'Not verified.'));
}
