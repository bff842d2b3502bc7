/** `assay collect`, `assay snapshot`, `assay import`, `assay snapshots`, `assay diff`. */
import { Command, Option } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { isKind } from '../../../../src-shared/domain/dictionary.ts';
import type { Verification } from '../../../../src-shared/domain/trust.ts';
import { raise } from '../../../../src-shared/result.ts';
import { readSecret } from '../prompt.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { collectValues, command, integer, keyPassphraseFile, positive, workspaceCommand } from './options.ts';

export function collectCommand(): Command {
  return command(
    'collect',
    'turn registry exports or cluster dumps into an unpacked snapshot',
    'assay collect exports/mlflow --out collected --registry-name "Credit registry"',
  )
    .argument('<source...>', 'files or folders of any known format; FORMAT:PATH also works')
    .requiredOption('--out <folder>', 'new folder for records/, evidence/ and collection.json')
    .option('--registry-id <urn>', 'continue this registry (default: made from the source)')
    .option('--registry-name <name>', 'name for people')
    .addOption(
      new Option('--as <role>', 'what the source speaks for').choices(['registry', 'discovery']).default('registry'),
    )
    .option('--strict', 'exit 3 when a file had to be refused')
    .action(
      async (
        sources: string[],
        options: CommonOptions & {
          out: string;
          registryId?: string;
          registryName?: string;
          as: 'registry' | 'discovery';
          strict?: boolean;
        },
      ) =>
        withEngine(options, async ({ run, grant }) => {
          const result = await run('collect.run', {
            sources: sources.map((source) => ({ grant: grant(pathOf(source)), label: source })),
            out: grant(options.out),
            as: options.as,
            strict: options.strict ?? false,
            ...(options.registryId ? { registryId: options.registryId } : {}),
            ...(options.registryName ? { registryName: options.registryName } : {}),
          });
          if (options.json) return printJson(result);
          printCollected(result, options.out);
        }),
    );
}

/** `mlflow-export:DIR` and `DIR` name the same thing: formats are recognised by content. */
const pathOf = (source: string): string => /^[a-z][a-z0-9-]+:(?!\/\/)(.+)$/.exec(source)?.[1] ?? source;

function printCollected(result: OutputOf<'collect.run'>, out: string): void {
  print(`${styled('bold', result.registry.name || result.registry.id)}  (${result.role})`);
  print(table(['kind', 'records'], Object.entries(result.counts)));
  print();
  print(
    table(
      ['format', 'files', 'records'],
      result.inputs.byFormat.map((f) => [f.format, f.files, f.records]),
    ),
  );
  const { seen, used, skipped, refused } = result.inputs;
  print(`\n${count(seen)} files seen: ${count(used)} used, ${count(skipped)} skipped, ${count(refused)} refused.`);
  if (result.inputs.byReason.length > 0) {
    print(
      table(
        ['files', 'not used because', 'for example'],
        result.inputs.byReason.map((r) => [r.files, r.reason, r.examples[0] ?? '']),
      ),
    );
  }
  note(`Unpacked snapshot in ${out}; sign it with: assay snapshot pack ${out} --key KEY.key.pem --out FILE.assay`);
}

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
    .option('--expires <date>', 'when it becomes stale (RFC 3339)')
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
        withEngine(options, async ({ run, grant }) => {
          const passphrase = await optionalKeyPassphrase(options, options.key);
          const packed = await run('snapshot.pack', {
            folder: grant(folder),
            keys: options.key.map((file) => ({ file: grant(file), ...(passphrase === null ? {} : { passphrase }) })),
            out: grant(options.out),
            ...(options.previous ? { previous: grant(options.previous) } : {}),
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
    .argument('<file>', 'bundle')
    .action(async (file: string, options: CommonOptions) =>
      withEngine(options, async ({ run, grant }) => {
        const info = await run('snapshot.inspect', { file: grant(file) });
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
    .argument('<file>', 'bundle')
    .option('--trust <file>', 'trust store as JSON instead of a workspace')
    .option('--threshold <n>', 'distinct trusted signatures needed', positive)
    .action(async (file: string, options: CommonOptions & { trust?: string; threshold?: number }) =>
      withEngine(options, async (session) => {
        if (!options.trust) await session.unlock(options);
        const { predicate, ...verification } = await session.run('snapshot.verify', {
          file: session.grant(file),
          ...(options.trust ? { trust: session.grant(options.trust) } : {}),
          ...(options.threshold ? { threshold: options.threshold } : {}),
        });
        if (options.json) printJson({ ...verification, predicate });
        else printVerification(verification);
        return verification.ok ? 0 : 4;
      }),
    );

  return new Command('snapshot')
    .description('signed snapshots')
    .addCommand(pack)
    .addCommand(inspect)
    .addCommand(verify);
}

/** Asks for a passphrase only when one is given or an encrypted key needs one. */
async function optionalKeyPassphrase(
  options: CommonOptions & { keyPassphraseFile?: string },
  keys: readonly string[],
): Promise<string | null> {
  const { readFileSync } = await import('node:fs');
  const encrypted = keys.some((file) => {
    try {
      return readFileSync(file, 'utf8').includes('ENCRYPTED');
    } catch {
      return raise('input', 'key.unreadable', `The key ${file} cannot be read.`, { file });
    }
  });
  if (!encrypted) return null;
  return readSecret({
    file: options.keyPassphraseFile,
    env: 'ASSAY_KEY_PASSPHRASE',
    prompt: 'Passphrase of the key',
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

export function importCommand(): Command {
  return workspaceCommand(
    'import',
    'verify and import bundles into a workspace',
    'assay import registry-1.assay discovery-1.assay -w audit',
  )
    .argument('<file...>', 'bundles')
    .option('--historical', 'accept a bundle older than the newest one of its registry')
    .option('--dry-run', 'verify and compare, import nothing')
    .action(async (files: string[], options: CommonOptions & { historical?: boolean; dryRun?: boolean }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const results: OutputOf<'snapshots.import'>[] = [];
        for (const file of files) {
          const result = await session.run('snapshots.import', {
            file: session.grant(file),
            historical: options.historical ?? false,
            dryRun: options.dryRun ?? false,
          });
          results.push(result);
          if (!options.json) printImport(file, result);
        }
        if (options.json) printJson(results.length === 1 ? results[0] : results);
      }),
    );
}

function printImport(file: string, r: OutputOf<'snapshots.import'>): void {
  const outcome = { imported: 'imported', preview: 'would be imported', already_imported: 'already imported' }[
    r.outcome
  ];
  print(
    `${styled('bold', file)}: ${outcome}${r.snapshot === null ? '' : ` as snapshot ${r.snapshot}`}; ${safe(r.registry.name || r.registry.id)}, ${r.role}, sequence ${r.sequence}, taken ${r.takenAt}`,
  );
  print(
    `  ${count(r.records)} records (${count(r.bodiesReused)} bodies already stored); ${count(r.incomplete)} incomplete, in the review queue`,
  );
  if (r.comparedTo !== null) {
    print(
      table(
        ['  kind', 'records', 'added', 'changed', 'removed'],
        r.kinds.map((k) => [`  ${k.kind}`, k.records, k.added, k.changed, k.removed]),
      ),
    );
  }
  for (const warning of r.warnings) print(styled('yellow', `  ! ${safe(warning)}`));
}

export function snapshotsCommand(): Command {
  return workspaceCommand(
    'snapshots',
    'what was imported, with chain state and gaps',
    'assay snapshots -w audit',
  ).action(async (options: CommonOptions) =>
    withEngine(options, async (session) => {
      await session.unlock(options);
      const { snapshots } = await session.run('snapshots.list', {});
      if (options.json) return printJson({ snapshots });
      if (snapshots.length === 0) return note('Nothing imported yet: assay import FILE.assay -w WORKSPACE');
      print(
        table(
          ['#', 'registry', 'role', 'seq', 'taken', 'records', 'signer', 'chain', 'coverage'],
          snapshots.map((s) => [
            s.snapshot,
            s.registryName || s.registryId,
            s.role,
            s.sequence,
            s.takenAt,
            s.records,
            s.signer,
            s.stale ? `${s.chain}, stale` : s.chain,
            s.complete ? 'complete' : 'incomplete',
          ]),
        ),
      );
    }),
  );
}

export function diffCommand(): Command {
  return workspaceCommand(
    'diff',
    'field-level differences between two snapshots, grouped by meaning',
    'assay diff 1 3 -w audit --kind model',
  )
    .argument('<from>', 'snapshot number', integer)
    .argument('<to>', 'snapshot number', integer)
    .option('--kind <kind>', 'only records of this kind')
    .option('--limit <n>', 'rows at most', positive, 200)
    .action(async (from: number, to: number, options: CommonOptions & { kind?: string; limit: number }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const kind = options.kind;
        if (kind !== undefined && !isKind(kind)) raise('usage', 'diff.unknown_kind', `"${kind}" is not a record kind.`);
        const rows: OutputOf<'snapshots.diff'>['rows'] = [];
        let cursor: string | undefined;
        let kinds: OutputOf<'snapshots.diff'>['kinds'] = [];
        let truncated = false;
        do {
          const page = await session.run('snapshots.diff', {
            from,
            to,
            limit: Math.min(500, options.limit - rows.length),
            ...(kind === undefined ? {} : { kind }),
            ...(cursor ? { cursor } : {}),
          });
          rows.push(...page.rows);
          kinds = page.kinds;
          cursor = page.next ?? undefined;
          truncated = cursor !== undefined;
        } while (cursor && rows.length < options.limit);
        if (options.json) printJson({ from, to, kinds, rows, truncated });
        else {
          print(
            table(
              ['kind', 'added', 'changed', 'removed', 'unchanged'],
              kinds.map((k) => [k.kind, k.added, k.changed, k.removed, k.unchanged]),
            ),
          );
          for (const row of rows)
            print(
              `${{ added: '+', removed: '-', changed: '~' }[row.change]} ${row.kind}/${safe(row.id)}  ${safe(row.sentence)}`,
            );
          if (truncated) note(`Only the first ${count(rows.length)} rows are shown; raise --limit.`);
        }
        return kinds.some((k) => k.added + k.changed + k.removed > 0) ? 1 : 0;
      }),
    );
}
