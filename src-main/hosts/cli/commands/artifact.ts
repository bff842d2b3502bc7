/** `assay artifact`: model files on disk against their signature, and against what a record says. */
import type { Command } from 'commander';
import { raise } from '../../../../src-shared/result.ts';
import { printJson, withEngine } from '../run.ts';
import { type FileCheckOptions, filesInput, printFileCheck, verdictCode, vouchingOptions } from './file-check.ts';
import { refOf } from './kind.ts';
import { group } from './options.ts';

export function artifactCommand(): Command {
  const verify = vouchingOptions(
    'verify',
    'files on disk against their signature, and against a record',
    'assay artifact verify models/credit-pd-3 --public-key publisher.pub.pem',
  )
    .argument('<path>', 'folder or file of the artifact')
    .option('--trust <file>', 'trust store whose keys are accepted, instead of a workspace')
    .option('--id <version>', 'compare with this model version of the workspace, and keep the result with it')
    .action(async (path: string, options: FileCheckOptions & { trust?: string; id?: string }) =>
      withEngine(options, async (session) => {
        const input = await filesInput(session, path, options);
        const trust = options.trust === undefined ? undefined : await session.source(options.trust);
        if (options.id !== undefined) {
          if (trust)
            raise('usage', 'artifact.two_trusts', 'With --id the workspace says whom to trust; leave --trust out.');
          await session.unlock(options);
          const checked = await session.run('artifact.check', { ...input, ref: versionOf(options.id) });
          if (options.json) printJson(checked);
          else printFileCheck(checked.verification, checked);
          return verdictCode(checked.verification);
        }
        if (!trust && !options.publicKey && !options.certificateChain) {
          if (!options.workspace && !process.env['ASSAY_WORKSPACE'])
            raise(
              'usage',
              'verify.no_trust',
              'Whom to believe was not said: give --public-key FILE, --certificate-chain FILE, --trust FILE or a workspace with -w FOLDER.',
            );
          await session.unlock(options);
        }
        const verification = await session.run('artifact.verify', { ...input, ...(trust ? { trust } : {}) });
        if (options.json) printJson(verification);
        else printFileCheck(verification, null);
        return verdictCode(verification);
      }),
    );
  return group('artifact', 'model files on disk', 'assay artifact verify models/credit-pd-3 -w audit').addCommand(
    verify,
  );
}

/** `model_version/ID` or the bare id of a version. */
const versionOf = (text: string) => refOf(text.startsWith('model_version/') ? text : `model_version/${text}`);
