/** `assay trust`: the publisher keys a workspace trusts. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { raise } from '../../../../src-shared/result.ts';
import { keyRow } from '../documents.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { counted, note, print, safe, table } from '../terminal.ts';
import { collectValues, group, instant, integer, words, workspaceCommand } from './options.ts';
import { thresholdCommand } from './trust-threshold.ts';

export function trustCommand(): Command {
  const list = workspaceCommand('list', 'trusted keys, their scope and use', 'assay trust list -w audit').action(
    async (options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const { keys, threshold, usableKeys } = await session.run('trust.list', {});
        if (options.json) return printJson({ threshold, usableKeys, keys: keys.map(keyRow) });
        if (keys.length === 0) return note('No key is trusted yet: assay trust add KEY.pub.pem -w WORKSPACE');
        print(
          table(
            ['label', 'fingerprint', 'registries', 'state', 'valid', 'snapshots'],
            keys.map((key) => [
              key.label,
              key.fingerprint.slice(0, 19),
              key.registryIds.join(', '),
              key.revoked ? `revoked after sequence ${key.revoked.maxSequence}` : 'trusted',
              validityOf(key.validFor),
              key.snapshots,
            ]),
          ),
        );
        note(`Signatures needed: ${threshold}`);
        if (usableKeys < threshold)
          note(
            `Only ${counted(usableKeys, 'key')} can sign now, so no new snapshot can be accepted: trust another key or lower the threshold.`,
          );
      }),
  );

  const show = workspaceCommand('show', 'one trusted key in full', 'assay trust show "Model registry" -w audit')
    .argument('<key>', 'label, key id, or the start of the fingerprint')
    .action(async (wanted: string, options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const key = await findKey(session, wanted);
        if (options.json) return printJson(keyRow(key));
        printKey(key);
      }),
    );

  const add = workspaceCommand(
    'add',
    'trust a publisher key for some registries',
    'assay trust add publisher.pub.pem -w audit --label "Model registry" --registry urn:uuid:…',
  )
    .argument('<public-key>', 'SPKI PEM file; - is stdin')
    .option('--label <name>', 'a name for people (default: the file name)', words)
    .option('--registry <id>', 'a registry it may speak for; repeat for more; default: every registry', collectValues)
    .option('--from <date>', 'valid from (RFC 3339)', instant)
    .option('--until <date>', 'valid until (RFC 3339)', instant)
    .option('--fingerprint <hex>', 'refuse unless the key has this SHA-256 fingerprint')
    .action(
      async (
        file: string,
        options: CommonOptions & {
          label?: string;
          registry?: string[];
          from?: string;
          until?: string;
          fingerprint?: string;
        },
      ) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const preview = await session.run(
            'trust.read',
            file === '-' ? { pem: readFileSync(0, 'utf8') } : { file: await session.source(file) },
          );
          const bare = (text: string) => text.replace(/\s|:/g, '').toLowerCase();
          if (options.fingerprint && bare(options.fingerprint) !== bare(preview.fingerprint)) {
            raise(
              'trust',
              'trust.fingerprint_mismatch',
              `${file} has the fingerprint ${preview.fingerprint}, not the one given; it was not added.`,
            );
          }
          const key = await session.run('trust.add', {
            rawBytes: preview.rawBytes,
            label: options.label ?? (file === '-' ? preview.fingerprint.slice(0, 19) : basename(file)),
            registryIds: options.registry ?? ['*'],
            ...(options.from ? { validFrom: options.from } : {}),
            ...(options.until ? { validUntil: options.until } : {}),
          });
          if (options.json) return printJson(keyRow({ ...key, fingerprint: preview.fingerprint }));
          print(`Trusted: ${safe(key.label)}`);
          print(`Fingerprint  ${preview.fingerprint}`);
          print(`Registries   ${key.registryIds.join(', ')}`);
          if (!options.fingerprint) note('Compare the fingerprint with the publisher over another channel.');
        }),
    );

  const revoke = workspaceCommand(
    'revoke',
    'stop trusting a key after its last good snapshot',
    'assay trust revoke "Model registry" -w audit --after 12 --reason "laptop stolen"',
  )
    .argument('<key>', 'label, key id, or the start of the fingerprint')
    .requiredOption('--after <sequence>', 'last sequence that stays trusted', integer)
    .requiredOption('--reason <text>', 'why', words)
    .action(async (wanted: string, options: CommonOptions & { after: number; reason: string }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const key = await findKey(session, wanted);
        const revoked = await session.run('trust.revoke', {
          hint: key.hint,
          maxSequence: options.after,
          reason: options.reason,
        });
        if (options.json) return printJson(keyRow(revoked));
        print(`Revoked: ${safe(revoked.label)}; snapshots up to sequence ${options.after} stay trusted.`);
      }),
    );

  const exportTrust = workspaceCommand(
    'export',
    'write the trust store as JSON, for `snapshot verify --trust`',
    'assay trust export -w audit --out trust.json',
  )
    .requiredOption('--out <file>', 'file to write')
    .action(async (options: CommonOptions & { out: string }) =>
      withEngine(options, async (session) => {
        const file = session.target(options.out);
        await session.unlock(options);
        const { keys } = await session.run('trust.export', { file });
        if (options.json) return printJson({ file: options.out, keys });
        print(`${counted(keys, 'key')} written to ${options.out}`);
      }),
    );

  return group('trust', 'publisher keys that a workspace trusts', 'assay trust list -w audit')
    .addCommand(list)
    .addCommand(show)
    .addCommand(add)
    .addCommand(revoke)
    .addCommand(exportTrust)
    .addCommand(thresholdCommand());
}

/** `2026-01-01 to 2027-01-01`; a side that is not limited is left open. */
const validityOf = ({ start, end }: Key['validFor']): string =>
  start === undefined && end === undefined ? 'always' : `${start ?? ''} to ${end ?? ''}`.trim();

type Key = OutputOf<'trust.list'>['keys'][number];

async function findKey(session: Session, wanted: string): Promise<Key> {
  const { keys } = await session.run('trust.list', {});
  const bare = wanted.replace(/\s|:/g, '').toLowerCase();
  const hits = keys.filter(
    (key) =>
      key.label === wanted ||
      key.hint === wanted ||
      (bare.length >= 8 && key.fingerprint.replace(/\s/g, '').startsWith(bare)),
  );
  const [key] = hits;
  if (!key)
    return raise(
      'usage',
      'trust.unknown_key',
      `No trusted key is called "${wanted}"; ${keys.length ? `known: ${keys.map((known) => known.label).join(', ')}` : 'none is trusted yet'}.`,
    );
  if (hits.length > 1)
    raise('usage', 'trust.ambiguous_key', `${hits.length} keys are called "${wanted}"; give the fingerprint.`);
  return key;
}

function printKey(key: Key): void {
  const until = `${key.validFor.start ?? 'always'} to ${key.validFor.end ?? 'no end'}`;
  print(`Label        ${safe(key.label)}`);
  print(`Fingerprint  ${key.fingerprint}`);
  print(`Key id       ${key.hint}`);
  print(`Registries   ${safe(key.registryIds.join(', '))}`);
  print(`Valid        ${until}`);
  print(`Added        ${key.addedAt} by ${safe(key.addedBy)}`);
  print(`Snapshots    ${key.snapshots}`);
  if (key.revoked)
    print(
      `Revoked      ${key.revoked.at}, snapshots after sequence ${key.revoked.maxSequence} are refused: ${safe(key.revoked.reason)}`,
    );
}
