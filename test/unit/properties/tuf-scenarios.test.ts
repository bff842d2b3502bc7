/**
 * Scenarios of the TUF client conformance suite that no other test of Assay plays through (test/faults/tuf-conformance.json
 * says for every scenario where it is covered).
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import type { OpenWorkspace } from '../../../src-main/core/store/workspace.ts';
import { writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { generatePublisherKey, keyIdHex } from '../../../src-main/core/trust/keys.ts';
import { codeOf } from '../../support/session.ts';
import { trustedKey, trusting } from '../snapshot/fixture.ts';
import { buildZip, type LabEntry, membersOf } from '../snapshot/zip-lab.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  publisher,
  record,
  rowCount,
  temporaryFolder,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';

afterEach(cleanUp);

const signature = 'snapshot.sigstore.json';
const model = (name: string) => record('model', 'm', { model_id: 'm', model_name: name });

async function opened(): Promise<OpenWorkspace> {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  return workspace;
}

/** A bundle with its members changed, at a path of its own. */
function changed(path: string, change: (member: LabEntry) => LabEntry): string {
  const out = join(temporaryFolder(), 'changed.zip');
  writeFileSync(out, buildZip(membersOf(readFileSync(path)).map(change)));
  return out;
}
const withSignature =
  (edit: (content: Buffer) => Buffer) =>
  (member: LabEntry): LabEntry =>
    member.name === signature ? { ...member, content: edit(member.content) } : member;

describe('TUF scenarios', () => {
  it('test_metadata_bytes_match: the store keeps a signature file byte for byte, however it was serialised', async () => {
    const workspace = await opened();
    const odd = (content: Buffer): Buffer => Buffer.from(`\n ${content.toString().replaceAll(',', ' , ')} \n`);
    const path = changed(await bundle({ records: [model('A')] }), withSignature(odd));
    await importBundle(workspace, path);
    const stored = workspace.reader.readRaw<[], [Buffer]>('SELECT bytes FROM snapshot_signature').get()?.[0];
    const presented = membersOf(readFileSync(path)).find(({ name }) => name === signature)?.content;
    expect(stored?.equals(presented ?? Buffer.alloc(0))).toBe(true);
  });

  it('test_multiple_changes_to_target: honest versions come in one after the other, and content changed below a signature never does', async () => {
    const workspace = await opened();
    let previousPath: string | undefined;
    for (const version of [1, 2, 3, 4, 5]) {
      const path: string = await bundle({
        records: [model(`Version ${version}`)],
        ...(previousPath ? { previousPath } : {}),
      });
      const forged = changed(path, (member) => ({
        ...member,
        content:
          member.name === signature
            ? member.content
            : Buffer.from(member.content.toString().replace('Version', 'Forged!')),
      }));
      expect(await codeOf(() => importBundle(workspace, forged))).toBe('trust content.digest');
      await importBundle(workspace, path);
      expect(await codeOf(() => importBundle(workspace, forged))).toBe('trust content.digest');
      previousPath = path;
    }
    expect(rowCount(workspace, 'snapshot')).toBe(5);
    const names = workspace.reader.readRaw<[], [string]>('SELECT name FROM body ORDER BY body').all();
    expect(names.flat()).toEqual([1, 2, 3, 4, 5].map((version) => `Version ${version}`));
  });

  it('test_download_with_hash_algorithms: content is named by SHA-256 and by nothing else', async () => {
    const workspace = await opened();
    const path = await bundle({ records: [model('A')] });
    const shard =
      membersOf(readFileSync(path)).find(({ name }) => name.startsWith('records/'))?.content ?? Buffer.alloc(0);
    const sha512 = createHash('sha512').update(shard).digest('hex');
    for (const digest of [
      `"sha512":"${sha512}"`,
      `"sha256":"${createHash('sha256').update(shard).digest('hex')}","sha512":"${sha512}"`,
    ]) {
      const restated = changed(
        path,
        withSignature((content) => {
          const payload = Buffer.from(JSON.parse(content.toString()).dsseEnvelope.payload, 'base64').toString();
          return writeBundle(Buffer.from(payload.replace(/"sha256":"[0-9a-f]{64}"/, digest)), publisher.privateKey);
        }),
      );
      expect(await codeOf(() => importBundle(workspace, restated))).toBe('trust statement.malformed');
    }
    await importBundle(workspace, path);
    expect(rowCount(workspace, 'snapshot')).toBe(1);
  });

  it('test_expired_local_root: when every trusted key has ended, a key that is added afterwards opens the way again', async () => {
    const { workspace } = await testWorkspace();
    saveTrustedKey(
      workspace.writer,
      trustedKey(publisher, { registryIds: ['*'], validFor: { end: '2026-01-01T00:00:00Z' } }),
    );
    const successor = generatePublisherKey();
    const first = await bundle({ records: [model('A')], sequence: 1 });
    const next = await bundle({ records: [model('B')], sequence: 2, key: successor.privateKey });
    expect(await codeOf(() => importBundle(workspace, first))).toBe('trust signer.not_valid');
    expect(await codeOf(() => importBundle(workspace, next))).toBe('trust signer.untrusted');
    saveTrustedKey(workspace.writer, trustedKey(successor, { registryIds: ['*'] }));
    await importBundle(workspace, next);
    expect(await codeOf(() => importBundle(workspace, first))).toBe('trust signer.not_valid');
    expect(rowCount(workspace, 'snapshot')).toBe(1);
  });

  it('test_invalid_sig_in_valid_metadata: enough good signatures stand beside one that does not verify, and not beside a file that is none', async () => {
    const workspace = await opened();
    const second = generatePublisherKey();
    const { hint } = trusting(trustedKey(second)).keys[0] ?? { hint: '' };
    saveTrustedKey(workspace.writer, trustedKey(second, { registryIds: ['*'] }));
    const path = await bundle({ records: [model('A')] });
    const members = membersOf(readFileSync(path));
    const genuine = members.find(({ name }) => name === signature)?.content ?? Buffer.alloc(0);
    const beside = (sig: string): string => {
      const parsed = JSON.parse(genuine.toString());
      parsed.verificationMaterial.publicKey.hint = hint;
      parsed.dsseEnvelope.signatures = [{ sig }];
      const out = join(temporaryFolder(), 'beside.zip');
      const content = Buffer.from(JSON.stringify(parsed));
      writeFileSync(out, buildZip([...members, { name: `signatures/${keyIdHex(hint)}.sigstore.json`, content }]));
      return out;
    };
    expect(await codeOf(() => importBundle(workspace, beside('')))).toBe('trust signature.malformed');
    await importBundle(workspace, beside(JSON.parse(genuine.toString()).dsseEnvelope.signatures[0].sig));
    expect(rowCount(workspace, 'snapshot')).toBe(1);
  });
});
