/** `assay report`: signed PDF reports. */
import { type Command, Option } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { type TemplateId, templateIds } from '../../../../src-shared/contract/schemas/report.ts';
import { reportRow, templateRow } from '../documents.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { command, group, positive, words, workspaceCommand } from './options.ts';
import { type P12Options, p12Input, withP12 } from './p12.ts';
import { replayCommand } from './report-replay.ts';

export function reportCommand(): Command {
  const parent = group('report', 'signed PDF reports', 'assay report build -w audit --out report.pdf');

  parent.addCommand(
    command('templates', 'what can be built', 'assay report templates').action((options: CommonOptions) =>
      withEngine(options, async ({ run }) => {
        const { templates } = await run('report.templates', {});
        if (options.json) return printJson({ templates: templates.map(templateRow) });
        print(
          table(
            ['id', 'title', 'for'],
            templates.map((t) => [t.id, t.title, t.reader]),
          ),
        );
      }),
    ),
  );

  parent.addCommand(
    workspaceCommand(
      'build',
      'build a report from the newest reconciliation and evaluation',
      'assay report build -w audit --template internal-audit --out report.pdf',
    )
      .addOption(new Option('--template <id>', 'which report').choices(templateIds).default('internal-audit'))
      .requiredOption('--out <file.pdf>', 'file to write; a copy stays in the workspace')
      .option('--title <text>', 'title on the cover', words)
      .option('--prepared-by <name>', 'preparer (default: you)', words)
      .option('--reviewed-by <name>', 'reviewer; must be somebody else', words)
      .option('--classification <text>', 'marking on every page', words, 'Confidential')
      .option('--sign', 'sign it at once with your own certificate')
      .action(
        (
          options: CommonOptions & {
            template: TemplateId;
            out: string;
            title?: string;
            preparedBy?: string;
            reviewedBy?: string;
            classification: string;
            sign?: boolean;
          },
        ) =>
          withEngine(options, async (session) => {
            const file = session.target(options.out);
            await session.unlock(options);
            const { lines } = await session.run('report.readiness', { template: options.template });
            for (const line of lines) note(`${{ block: '✗', qualify: '!', note: '·' }[line.level]} ${line.text}`);
            let report = await session.run('report.build', {
              template: options.template,
              classification: options.classification,
              file,
              ...(options.title ? { title: options.title } : {}),
              ...(options.preparedBy ? { preparedBy: options.preparedBy } : {}),
              ...(options.reviewedBy ? { reviewedBy: options.reviewedBy } : {}),
            });
            if (options.sign) report = await session.run('report.sign', { id: report.id, file });
            if (options.json) return printJson({ file: options.out, ...report });
            print(
              `${options.out}: ${safe(report.title)}, ${count(report.pages)} pages, ${count(report.bytes)} bytes${report.signed ? `, signed by ${safe(report.signer ?? '')}` : ''}`,
            );
            print(`File    sha256:${report.sha256}`);
            print(`Content sha256:${report.modelDigest}`);
            print(`Report  ${report.id}; ${report.conclusion}`);
            if (!report.signed) note(`Sign it: assay report sign ${report.id} -w WORKSPACE --out ${options.out}`);
          }),
      ),
  );

  parent.addCommand(
    workspaceCommand('list', 'reports in a workspace', 'assay report list -w audit').action((options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const { reports } = await session.run('report.list', {});
        if (options.json) return printJson({ reports: reports.map(reportRow) });
        print(
          table(
            ['#', 'template', 'title', 'built', 'pages', 'signed by', 'conclusion'],
            reports.map((r) => [String(r.id), r.template, r.title, r.builtAt, r.pages, r.signer ?? '', r.conclusion]),
          ),
        );
      }),
    ),
  );

  parent.addCommand(
    withP12(
      workspaceCommand(
        'sign',
        'sign a stored report with your certificate, or one from a PKCS#12 file',
        'assay report sign 1 -w audit --out report.pdf --p12 jana.p12',
      ),
    )
      .argument('<id>', 'report number', positive)
      .requiredOption('--out <file.pdf>', 'file to write')
      .action((id: number, options: CommonOptions & P12Options & { out: string }) =>
        withEngine(options, async (session) => {
          const file = session.target(options.out);
          const p12 = await p12Input(session, options);
          await session.unlock(options);
          const report = await session.run('report.sign', { id, file, ...p12 });
          if (options.json) return printJson({ file: options.out, ...report });
          print(`${options.out}: signed by ${safe(report.signer ?? '')} at ${report.signedAt}`);
        }),
      ),
  );

  parent.addCommand(
    workspaceCommand(
      'verify',
      'is this PDF what was signed, and who signed it?',
      'assay report verify report.pdf -w audit',
    )
      .argument('<file.pdf>', 'report; - is stdin')
      .option('--trust <file>', 'signer certificates (PEM) or a signed trust file to believe, instead of a workspace')
      .option('--issuer <hex>', 'refuse unless the trust file is signed by the key with this fingerprint')
      .action((file: string, options: CommonOptions & { trust?: string; issuer?: string }) =>
        withEngine(options, async (session) => {
          const grants = {
            file: await session.source(file, 'stdin'),
            ...(options.trust ? { trust: await session.source(options.trust) } : {}),
            ...(options.issuer ? { issuer: options.issuer } : {}),
          };
          const workspace = options.workspace ?? (options.trust ? undefined : process.env['ASSAY_WORKSPACE']);
          if (workspace) await session.unlock(options);
          return verifyReport(await session.run('report.verify', grants), options.json === true);
        }),
      ),
  );
  parent.addCommand(replayCommand());
  return parent;
}

function verifyReport(v: OutputOf<'report.verify'>, json: boolean): number {
  if (json) printJson(v);
  else {
    const marks = {
      pass: ['green', '✓'],
      fail: ['red', '✗'],
      warn: ['yellow', '!'],
      unknown: ['yellow', '?'],
    } as const;
    for (const [label, line] of [
      ['Integrity', v.integrity],
      ['Signer', v.identity],
      ['Time', v.time],
      ['Structure', v.structure],
      ['Content', v.content],
    ] as const) {
      const [style, mark] = marks[line.state];
      print(`${styled(style, mark)} ${label.padEnd(10)} ${safe(line.text)}`);
    }
    for (const s of v.signatures)
      print(
        `  signed by ${safe(s.signer)}, certificate sha256:${s.fingerprint}${s.signedAt ? `, claims ${s.signedAt}` : ''}`,
      );
    print(v.ok ? styled('green', 'Verified.') : styled('red', 'Not verified.'));
    if (v.trust) note(safe(v.trust.text));
  }
  return v.ok ? 0 : 4;
}
