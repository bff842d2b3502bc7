/** `assay snapshot prove` and `redact`: showing a part of a bundle, with proof. */
import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import {
  type EvidenceRule,
  evidenceRuleSchema,
  type RedactionSummary,
} from '../../../../src-shared/domain/disclosure.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { type IdentityOptions, identityInput, withIdentity } from './identity.ts';
import { collectValues, command, words } from './options.ts';
import { type AskedRecords, askedRecords, printProof, withAskedRecords } from './proof.ts';

export function proveCommand(): Command {
  const prove = command(
    'prove',
    'write a proof that records of a bundle are in it, or are not, without showing the rest',
    'assay snapshot prove registry-1.assay --record model/credit-pd --out proof.json',
  )
    .argument('<file>', 'bundle')
    .addHelpText(
      'after',
      '\nA proof shows whole records: a record line is one leaf of the signed tree. An absence shows the records next to the gap.\nThe whole bundle is checked against its own statement first; whom to believe is for who verifies the proof.',
    );
  return withIdentity(withAskedRecords(prove)).action(
    (file: string, options: CommonOptions & IdentityOptions & AskedRecords) =>
      withEngine(options, async (session) => {
        const asked = askedRecords(options);
        const out = session.target(options.out);
        const written = await session.run('snapshot.prove', {
          file: await session.source(file, 'either'),
          ...asked,
          out,
          ...(await identityInput(session, options)),
        });
        if (options.json) return printJson({ file: options.out, ...written });
        printProof(options.out, written);
      }),
  );
}

interface RedactOptions extends CommonOptions, IdentityOptions {
  readonly keep: string[];
  readonly out: string;
  readonly evidence: EvidenceRule;
  readonly by?: string;
}

export const evidenceOption = (description: string): Option =>
  new Option('--evidence <which>', description).choices(evidenceRuleSchema.options).default('exclusive');

export function redactCommand(): Command {
  const redact = command(
    'redact',
    'write a smaller snapshot that still proves what it shows',
    "assay snapshot redact registry-1.assay --keep 'model/credit-*' --keep 'party' --out shown.assay",
  )
    .argument('<file>', 'bundle')
    .requiredOption(
      '--keep <expr>',
      'KIND, KIND/ID (with * and ?) or KIND/ID[FIELD=VALUE]… as in inventory list --where; repeat for alternatives',
      collectValues,
    )
    .requiredOption('--out <file>', 'redacted snapshot to write')
    .addOption(
      evidenceOption(
        'evidence files to include: exclusive = that only kept records rest on, needed = that kept records rest on, none',
      ),
    )
    .option('--by <name>', 'who redacts, stated and not proven (default: your name on this computer)', words)
    .addHelpText(
      'after',
      '\nRecords are kept or withheld whole; single fields cannot be withheld. An evidence file is included whole or not at all:\nwith --evidence needed it can disclose withheld records. The signed statement is included unchanged, with the names of all files.\nA redacted snapshot verifies (snapshot verify, proof verify) and cannot be imported.',
    );
  return withIdentity(redact).action((file: string, options: RedactOptions) =>
    withEngine(options, async (session) => {
      const out = session.target(options.out);
      const done = await session.run('snapshot.redact', {
        file: await session.source(file, 'either'),
        keep: options.keep,
        evidence: options.evidence,
        by: options.by ?? userInfo().username,
        out,
        ...(await identityInput(session, options)),
      });
      if (options.json) return printJson({ file: options.out, ...done });
      print(`${options.out}: ${count(done.shown)} of ${count(done.size)} records shown, ${count(done.bytes)} bytes`);
      print(
        table(
          ['kind', 'shown', 'of'],
          done.records.map(({ kind, shown, total }) => [safe(kind), shown, total]),
        ),
      );
      print(`Evidence   ${count(done.evidence.shown)} of ${count(done.evidence.total)} files`);
      print(`Statement  sha256:${done.statementSha256}`);
      if (done.fromEncrypted) {
        const recipients = 'The snapshot was encrypted and this file is not: whoever gets it can read what it shows.';
        note(styled('yellow', recipients));
      }
      note('Look at what it shows before you hand it on: assay proof verify, or open it as a ZIP file.');
    }),
  );
}

/** What a redacted snapshot says of itself; `snapshot verify` compares it with the signed statement. */
export function printRedaction({ records, evidence, keep, redactedBy, redactedAt }: RedactionSummary): void {
  const shown = records.reduce((sum, kind) => sum + kind.shown, 0);
  const total = records.reduce((sum, kind) => sum + kind.total, 0);
  print(
    `Redacted   shows ${count(shown)} of ${count(total)} records and ${count(evidence.shown)} of ${count(evidence.total)} evidence files; by ${safe(redactedBy) || 'nobody named'} at ${redactedAt}`,
  );
  print(`Kept       ${keep.map(safe).join('; ')}`);
}
