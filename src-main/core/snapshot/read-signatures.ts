/**
 * The signature files of a bundle: the required one and any co-signatures, all over the identical payload bytes.
 */
import type { TrustStore } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { readBundle, type SignatureBundle } from '../trust/bundle.ts';
import { keyIdHex } from '../trust/keys.ts';
import { checkSignatures } from '../trust/verify-signatures.ts';
import { limits } from './limits.ts';
import { coSignatureName, isCoSignature, signatureMember } from './names.ts';
import { type Container, readMember } from './read.ts';

/**
 * All signature files over one and the same payload, first the required one. Raises `trust` / `signature.*`. More than 1 MiB is
 * read only once a signature by a key in `trust` has been checked.
 */
export async function readSignatures(
  container: Container,
  trust: TrustStore | null,
): Promise<readonly SignatureBundle[]> {
  const bundles = await readSignatureFiles(container, trust);
  requireOnePayload(container, bundles);
  return bundles;
}

/** All signature files, first the required one, whatever each of them signs. Raises `trust` / `signature.*`. */
export async function readSignatureFiles(
  container: Container,
  trust: TrustStore | null,
): Promise<readonly SignatureBundle[]> {
  if (!container.members.has(signatureMember)) {
    raise(
      'trust',
      'signature.missing',
      `${container.file} is not signed: it has no ${signatureMember}. Nothing was imported.`,
      { file: container.file },
    );
  }
  const coSignatures = [...container.members.keys()].filter(isCoSignature).sort();
  if (coSignatures.length > limits.coSignatures) {
    raise('trust', 'signature.too_many', `${container.file} has more than ${limits.coSignatures} co-signatures.`, {
      file: container.file,
    });
  }
  const bundles: SignatureBundle[] = [];
  for (const member of [signatureMember, ...coSignatures]) {
    const bundle = readBundle(member, await readMember(container, member, limits.signatureBytes));
    if (trust && checkSignatures([bundle], trust).genuine) container.allowAll();
    bundles.push(bundle);
  }
  return bundles;
}

/** Every signature is over the same bytes and lies under the name of its key. Raises `trust` / `signature.*`. */
export function requireOnePayload(container: Pick<Container, 'file'>, bundles: readonly SignatureBundle[]): void {
  const { payload } = primaryOf(bundles);
  for (const bundle of bundles.slice(1)) {
    if (!bundle.payload.equals(payload)) {
      raise(
        'trust',
        'signature.payload_differs',
        `${bundle.member} signs another statement than ${signatureMember}: parts of two snapshots were mixed.`,
        {
          file: container.file,
          member: bundle.member,
        },
      );
    }
    if (bundle.member !== coSignatureName(keyIdHex(bundle.keyId))) {
      raise('trust', 'signature.keyid', `${bundle.member} is named after another key than it states.`, {
        file: container.file,
        member: bundle.member,
      });
    }
  }
}

/** The required signature, which stands first. */
export function primaryOf(bundles: readonly SignatureBundle[]): SignatureBundle {
  const [primary] = bundles;
  if (!primary) throw new Error('a bundle without its required signature got past readSignatures');
  return primary;
}
