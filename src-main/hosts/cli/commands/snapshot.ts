/** `assay snapshot`: pack, inspect and verify bundles; proving and redacting are in snapshot-disclosure.ts. */
import type { Command } from 'commander';
import { raise } from '../../../../src-shared/result.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { type IdentityOptions, identityInput, withIdentity } from './identity.ts';
import { optionalKeyPassphrase } from './key-passphrase.ts';
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
import { cosignCommand } from './snapshot-cosign.ts';
import { printRedaction, proveCommand, redactCommand } from './snapshot-disclosure.ts';
import { printVerification } from './verification-lines.ts';

export function snapshotCommand(): Command {
  const pack = withIdentity(
    command(
      'pack',
      'sign an unpacked snapshot into one .assay file',
      'assay snapshot pack collected --key publisher.key.pem --out registry-1.assay',
    ),
  )
    .argument('<folder>', 'folder written by collect')
    .requiredOption('--key <file>', 'publisher key (PKCS#8 PEM); repeat for several signatures', collectValues)
    .requiredOption('--out <file>', 'bundle to write')
    .option('--previous <file>', 'the bundle this one continues')
    .option('--sequence <n>', 'sequence number (default: previous + 1, else 1)', integer)
    .option('--expires <date>', 'when it becomes stale (RFC 3339)', instant)
    .option('--model-signing', 'add model.sig, which OpenSSF model-signing tools check on the unpacked bundle')
    .addOption(keyPassphraseFile())
    .option('--recipient <age1…>', 'encrypt to this age recipient; repeat for several', collectValues)
    .option('-R, --recipients-file <file>', 'encrypt to the recipients in this file, one a line', collectValues)
    .action(
      async (
        folder: string,
        options: CommonOptions &
          IdentityOptions & {
            recipient?: string[];
            recipientsFile?: string[];
            key: string[];
            out: string;
            previous?: string;
            sequence?: number;
            expires?: string;
            modelSigning?: boolean;
            keyPassphraseFile?: string;
          },
      ) =>
        withEngine(options, async (session) => {
          const { run, source, target } = session;
          const out = target(options.out);
          const content = await source(folder, 'folder');
          const keys = await Promise.all(options.key.map((file) => source(file)));
          const previous = options.previous === undefined ? undefined : await source(options.previous, 'either');
          const recipientFiles = await Promise.all((options.recipientsFile ?? []).map((file) => source(file)));
          const passphrase = await optionalKeyPassphrase(options, options.key);
          const identity = await identityInput(session, options);
          const packed = await run('snapshot.pack', {
            folder: content,
            keys: keys.map((file) => ({ file, ...(passphrase === null ? {} : { passphrase }) })),
            out,
            ...(previous === undefined ? {} : { previous }),
            ...(options.sequence === undefined ? {} : { sequence: options.sequence }),
            ...(options.expires ? { expiresAt: options.expires } : {}),
            modelSigning: options.modelSigning ?? false,
            recipients: options.recipient ?? [],
            recipientFiles,
            ...identity,
          });
          if (options.json) return printJson({ file: options.out, ...packed });
          print(
            `${options.out}: ${count(packed.records)} records, sequence ${packed.sequence}, ${count(packed.bytes)} bytes`,
          );
          print(`Statement    sha256:${packed.statementSha256}`);
          print(`Merkle root  ${packed.merkleRoot}`);
          print(`Signed by    ${packed.keyIds.join(', ')}`);
          if (packed.recipients > 0) print(`Encrypted    to ${counted(packed.recipients, 'recipient')}`);
        }),
    );

  const inspect = withIdentity(
    command(
      'inspect',
      'manifest, sources, coverage and signer; no trust decision',
      'assay snapshot inspect registry-1.assay',
    ),
  )
    .argument('<file>', 'bundle; - is stdin')
    .action(async (file: string, options: CommonOptions & IdentityOptions) =>
      withEngine(options, async (session) => {
        const grant = await session.source(file, 'stdin');
        const info = await session.run('snapshot.inspect', { file: grant, ...(await identityInput(session, options)) });
        if (options.json) return printJson(info);
        const p = info.predicate;
        print(
          `${styled('bold', safe(p.registry.name || p.registry.id))}  ${p.role}, sequence ${p.sequence}, made ${p.createdAt}`,
        );
        if (p.answers) print(`Answer     to request ${p.answers.requestId}, not a whole snapshot`);
        if (info.redaction) printRedaction(info.redaction);
        print(`Statement  sha256:${info.statementSha256}`);
        print(`Signatures ${safe(info.signatures.map((s) => s.keyId).join(', '))}`);
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

  const verify = withIdentity(
    workspaceCommand(
      'verify',
      'content unchanged? signer trusted? fresh?',
      'assay snapshot verify registry-1.assay -w audit',
    ),
  )
    .argument('<file>', 'bundle; - is stdin')
    .option('--trust <file>', 'trust store file, signed or plain, instead of a workspace')
    .option('--issuer <hex>', 'refuse unless the trust store file is signed by the key with this fingerprint')
    .option('--threshold <n>', 'distinct trusted signatures needed', positive)
    .action(
      async (
        file: string,
        options: CommonOptions & IdentityOptions & { trust?: string; issuer?: string; threshold?: number },
      ) =>
        withEngine(options, async (session) => {
          const grants = {
            file: await session.source(file, 'stdin'),
            ...(options.trust ? { trust: await session.source(options.trust) } : {}),
            ...(options.issuer ? { issuer: options.issuer } : {}),
            ...(await identityInput(session, options)),
          };
          if (!options.trust && !options.workspace && !process.env['ASSAY_WORKSPACE'])
            raise(
              'usage',
              'verify.no_trust',
              'Whom to believe was not said: name a workspace with -w FOLDER or a trust store with --trust FILE.',
            );
          if (!options.trust) await session.unlock(options);
          const { predicate, trust, ...verification } = await session.run('snapshot.verify', {
            ...grants,
            ...(options.threshold ? { threshold: options.threshold } : {}),
          });
          if (options.json) printJson({ ...verification, trust, predicate });
          else {
            printVerification(verification);
            note(safe(trust.text));
          }
          return verification.ok ? 0 : 4;
        }),
    );

  return group('snapshot', 'signed snapshots', 'assay snapshot inspect registry-1.assay')
    .addCommand(pack)
    .addCommand(cosignCommand())
    .addCommand(inspect)
    .addCommand(verify)
    .addCommand(proveCommand())
    .addCommand(redactCommand());
}
