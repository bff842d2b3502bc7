/** Phases about signatures and digests: what verifying costs beside the plain operations on the same bytes. */
import { createCipheriv, createPublicKey, verify as cryptoVerify } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compareFiles, readFiles } from '../../src-main/core/artifact/check-files.ts';
import { listFiles } from '../../src-main/core/artifact/list-files.ts';
import { silentJob as job } from '../../src-main/core/ports.ts';
import { signatureMember } from '../../src-main/core/snapshot/names.ts';
import { verifySnapshot } from '../../src-main/core/snapshot/verify.ts';
import { readBundle } from '../../src-main/core/trust/bundle.ts';
import { pae } from '../../src-main/core/trust/dsse.ts';
import { loadPrivateKey } from '../../src-main/core/trust/keys.ts';
import { checkSignatures } from '../../src-main/core/trust/verify-signatures.ts';
import type { TrustStore } from '../../src-shared/domain/trust.ts';

/** Prepares, and returns what is timed. */
export type Phase = () => Promise<() => unknown>;

interface Bench {
  /** Path inside the folder of this run. */
  at(...parts: string[]): string;
  /** NUMBER of the command line. */
  readonly count: number;
  trust(): TrustStore;
  readonly now: Date;
}

export const evidencePhases = ({ at, count, trust, now }: Bench) =>
  ({
    /** The same snapshot, unpacked: its cost without inflating. */
    async 'verify-folder'() {
      return async () => {
        const { verification } = await verifySnapshot(at('unpacked'), { trust: trust(), now, job });
        if (!verification.ok) throw new Error('unpacked bench bundle did not verify');
      };
    },
    /** NUMBER times: a signature file read and judged against the trust store. */
    async 'verify-signature'() {
      const bytes = readFileSync(at('unpacked', signatureMember));
      const trusted = trust();
      return () => {
        for (let done = 0; done < count; done++) {
          if (!checkSignatures([readBundle(signatureMember, bytes)], trusted).genuine) throw new Error('not genuine');
        }
      };
    },
    /** Baseline: the same signature over the same bytes by OpenSSL through Node, with nothing read or decided. */
    async 'bare-signature'() {
      const { payload, payloadType, signature } = readBundle(
        signatureMember,
        readFileSync(at('unpacked', signatureMember)),
      );
      const message = pae(payloadType, payload);
      const key = createPublicKey(loadPrivateKey(readFileSync(at('key.pem'), 'utf8')));
      return () => {
        for (let done = 0; done < count; done++) {
          if (!cryptoVerify('sha256', message, key, signature)) throw new Error('not genuine');
        }
      };
    },
    /** NUMBER files of 64 MiB that look like weights: nothing in them repeats. */
    async weights() {
      mkdirSync(at('weights'), { recursive: true });
      const fileBytes = 64 * 1024 * 1024;
      return () => {
        for (let file = 0; file < count; file++) {
          const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16, file), Buffer.alloc(16));
          writeFileSync(at('weights', `model-${file}.safetensors`), stream.update(Buffer.alloc(fileBytes)));
        }
      };
    },
    /** What `artifact verify` and `dataset verify` do with a folder: list, hash, compare with a manifest. */
    async 'hash-files'() {
      const { outcomes } = await readFiles(await listFiles(at('weights'), job), { manifests: [] }, job);
      const files = [...outcomes].map(([name, outcome]) => {
        if ('unreadable' in outcome) throw new Error(`${name}: ${outcome.unreadable}`);
        return [name, { name, digests: [...outcome.digests.values()] }] as const;
      });
      const manifest = { files: new Map(files), complete: true, ignored: [], leftOut: [], followLinks: false };
      return async () => {
        const read = await readFiles(await listFiles(at('weights'), job), { manifests: [manifest] }, job);
        if (compareFiles(read, manifest, job).counts.same !== files.length)
          throw new Error('bench weights did not compare');
      };
    },
  }) satisfies Record<string, Phase>;
