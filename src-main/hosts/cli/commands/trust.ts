/** `assay trust`: the publisher keys a workspace trusts. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { trustMaxAgeDays } from '../../../../src-shared/domain/trust.ts';
import { keyRow } from '../documents.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { counted, note, print, safe, styled, table } from '../terminal.ts';
import { collectValues, group, instant, words, workspaceCommand } from './options.ts';
import { exportCommand, importTrustCommand } from './trust-file.ts';
import { findKey, type Key } from './trust-keys.ts';
import { confirmCommand, revokeCommand, upTo } from './trust-revoke.ts';
import { rotateCommand } from './trust-rotate.ts';
import { thresholdCommand } from './trust-threshold.ts';

export function trustCommand(): Command {
  return group('trust', 'publisher keys that a workspace trusts', 'assay trust list -w audit')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(addCommand())
    .addCommand(revokeCommand())
    .addCommand(confirmCommand())
    .addCommand(thresholdCommand())
    .addCommand(rotateCommand())
    .addCommand(exportCommand())
    .addCommand(importTrustCommand());
}

function listCommand(): Command {
  return workspaceCommand('list', 'trusted keys, their scope and use', 'assay trust list -w audit').action(
    async (options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const trust = await session.run('trust.list', {});
        const { keys, threshold, usableKeys } = trust;
        if (options.json) return printJson({ ...trust, keys: keys.map(keyRow) });
        if (keys.length === 0) return note('No key is trusted yet: assay trust add KEY.pub.pem -w WORKSPACE');
        print(
          table(
            ['label', 'fingerprint', 'registries', 'state', 'valid', 'revocation unknown since', 'snapshots'],
            keys.map((key) => [
              key.label,
              key.fingerprint.slice(0, 19),
              key.registryIds.join(', '),
              stateOf(key),
              validityOf(key.validFor),
              key.revocationUnknownSince,
              key.snapshots,
            ]),
          ),
        );
        note(`Signatures needed: ${threshold}`);
        for (const [registryId, own] of Object.entries(trust.thresholds))
          note(`  for ${safe(registryId)}: ${Math.max(own, threshold)}`);
        if (trust.changedAt) note(`Last changed: ${trust.changedAt}`);
        if (trust.issuer)
          note(
            `Trust files of: ${safe(trust.issuer.name)}, ${trust.issuer.fingerprint}, number ${trust.issuer.serial}`,
          );
        if (usableKeys < threshold)
          note(
            `Only ${counted(usableKeys, 'key')} can sign now, so no new snapshot can be accepted: trust another key or lower the threshold.`,
          );
        const stale = keys.filter((key) => key.stale);
        if (stale.length > 0)
          note(
            styled(
              'yellow',
              `Nobody has told about ${counted(stale.length, 'key')} for more than ${trustMaxAgeDays} days: ask the publisher, then assay trust confirm.`,
              process.stderr,
            ),
          );
      }),
  );
}

function showCommand(): Command {
  return workspaceCommand('show', 'one trusted key in full', 'assay trust show "Model registry" -w audit')
    .argument('<key>', 'label, key id, or the start of the fingerprint')
    .action(async (wanted: string, options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const key = await findKey(session, wanted);
        if (options.json) return printJson(keyRow(key));
        printKey(key);
      }),
    );
}

interface AddOptions extends CommonOptions {
  readonly label?: string;
  readonly registry?: string[];
  readonly from?: string;
  readonly until?: string;
  readonly fingerprint?: string;
}

function addCommand(): Command {
  return workspaceCommand(
    'add',
    'trust a publisher key for some registries',
    'assay trust add publisher.pub.pem -w audit --label "Model registry" --registry urn:uuid:…',
  )
    .argument('<public-key>', 'SPKI PEM file; - is stdin')
    .option('--label <name>', 'a name for people (default: the file name)', words)
    .option('--registry <id>', 'a registry it may speak for; repeat for more; default: every registry', collectValues)
    .option('--from <date>', 'valid from (RFC 3339)', instant)
    .option('--until <date>', 'valid until (RFC 3339)', instant)
    .option(
      '--fingerprint <hex>',
      'refuse unless the key has this SHA-256 fingerprint; groups of four as they were read out',
    )
    .action(async (file: string, options: AddOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const preview = await session.run(
          'trust.read',
          file === '-' ? { pem: readFileSync(0, 'utf8') } : { file: await session.source(file) },
        );
        const key = await session.run('trust.add', {
          rawBytes: preview.rawBytes,
          label: options.label ?? (file === '-' ? preview.fingerprint.slice(0, 19) : basename(file)),
          registryIds: options.registry ?? ['*'],
          ...(options.from ? { validFrom: options.from } : {}),
          ...(options.until ? { validUntil: options.until } : {}),
          ...(options.fingerprint ? { fingerprint: options.fingerprint } : {}),
        });
        if (options.json) return printJson(keyRow({ ...key, fingerprint: preview.fingerprint }));
        print(`Trusted: ${safe(key.label)}`);
        print(`Fingerprint  ${preview.fingerprint}`);
        print(`Registries   ${safe(key.registryIds.join(', '))}`);
        note(
          options.fingerprint
            ? 'The fingerprint is the one given, in every group.'
            : 'Compare the fingerprint with the publisher over another channel.',
        );
      }),
    );
}

/** `2026-01-01 to 2027-01-01`; a side that is not limited is left open. */
const validityOf = ({ start, end }: Key['validFor']): string =>
  start === undefined && end === undefined ? 'always' : `${start ?? ''} to ${end ?? ''}`.trim();

function stateOf(key: Key): string {
  if (key.revoked) return 'revoked';
  const retired = (key.retired ?? []).map((entry) => `${entry.registryId} after ${entry.maxSequence ?? 'nothing'}`);
  return retired.length > 0 ? `retired for ${retired.join(', ')}` : 'trusted';
}

function printKey(key: Key): void {
  const until = `${key.validFor.start ?? 'always'} to ${key.validFor.end ?? 'no end'}`;
  print(`Label        ${safe(key.label)}`);
  print(`Fingerprint  ${key.fingerprint}`);
  print(`Key id       ${key.hint}`);
  print(`Registries   ${safe(key.registryIds.join(', '))}`);
  print(`Valid        ${until}`);
  print(`Added        ${key.addedAt} by ${safe(key.addedBy)}`);
  print(
    `Revocation   unknown since ${key.revocationUnknownSince}${key.stale ? ` (more than ${trustMaxAgeDays} days)` : ''}`,
  );
  print(`Snapshots    ${key.snapshots}`);
  for (const entry of key.retired ?? [])
    print(
      `Retired      ${entry.at}, for ${safe(entry.registryId)}: accepted ${upTo(entry.maxSequence)} (${safe(entry.reason)})`,
    );
  if (!key.revoked) return;
  print(`Revoked      ${key.revoked.at}: ${safe(key.revoked.reason)}`);
  for (const { registryId, maxSequence } of key.revoked.accepted)
    print(`Accepted     ${upTo(maxSequence)} of ${safe(registryId)}`);
  print(`Accepted     nothing of ${key.revoked.accepted.length === 0 ? 'any' : 'any other'} registry`);
}
