/** `assay artifact`: model files on disk against their signature, and against what a record says. */
import type { Command } from 'commander';
import { raise } from '../../../../src-shared/result.ts';
import { printJson, type Session, withEngine } from '../run.ts';
import { type FileCheckOptions, fileOptions, filesInput, printFileCheck, verdictCode } from './file-check.ts';
import { refOf } from './kind.ts';
import { group } from './options.ts';

interface VerifyOptions extends FileCheckOptions {
  readonly publicKey?: string;
  readonly certificateChain?: string;
  readonly trust?: string;
  readonly id?: string;
}

export function artifactCommand(): Command {
  const verify = fileOptions(
    'verify',
    'files on disk against their signature, and against a record',
    'assay artifact verify models/credit-pd-3 --public-key publisher.pub.pem',
  )
    .argument('<path>', 'folder or file of the artifact')
    .option('--public-key <file>', 'accept exactly this key (PEM)')
    .option('--certificate-chain <file>', 'accept signers certified by these authorities (PEM)')
    .option('--trust <file>', 'trust store whose keys are accepted, instead of a workspace')
    .option('--id <version>', 'compare with this model version of the workspace, and keep the result with it')
    .action(async (path: string, options: VerifyOptions) =>
      withEngine(options, async (session) => {
        const input = await filesInput(session, path, options);
        const named = await namedTrust(session, options);
        if (options.id !== undefined) {
          if (Object.keys(named).length > 0)
            raise(
              'usage',
              'artifact.two_trusts',
              'The result of a check with --id stays with the record, so the workspace alone says whom to trust; leave out --public-key, --certificate-chain and --trust.',
            );
          await session.unlock(options);
          const checked = await session.run('artifact.check', { ...input, ref: versionOf(options.id) });
          if (options.json) printJson(checked);
          else printFileCheck(checked.verification, checked);
          return verdictCode(checked.verification);
        }
        if (Object.keys(named).length === 0) {
          if (!options.workspace && !process.env['ASSAY_WORKSPACE'])
            raise(
              'usage',
              'verify.no_trust',
              'Whom to believe was not said: give --public-key FILE, --certificate-chain FILE, --trust FILE or a workspace with -w FOLDER.',
            );
          await session.unlock(options);
        }
        const verification = await session.run('artifact.verify', { ...input, ...named });
        if (options.json) printJson(verification);
        else printFileCheck(verification, null);
        return verdictCode(verification);
      }),
    );
  return group('artifact', 'model files on disk', 'assay artifact verify models/credit-pd-3 -w audit').addCommand(
    verify,
  );
}

/** Whom a person names for this one check; empty: the workspace decides. */
const namedTrust = async (session: Session, options: VerifyOptions) => ({
  ...(options.publicKey ? { publicKey: await session.source(options.publicKey) } : {}),
  ...(options.certificateChain ? { certificates: await session.source(options.certificateChain) } : {}),
  ...(options.trust ? { trust: await session.source(options.trust) } : {}),
});

/** `model_version/ID` or the bare id of a version. */
const versionOf = (text: string) => refOf(text.startsWith('model_version/') ? text : `model_version/${text}`);
