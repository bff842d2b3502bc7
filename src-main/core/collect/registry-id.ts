/** Default identity of a registry: a name-based UUID, so that collecting the same source again continues its history. */
import { createHash } from 'node:crypto';

/** RFC 9562 appendix A / 6.6: namespace of names that are URLs. */
const namespaceUrl = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** UUID version 5 (RFC 9562 section 5.5): SHA-1 over namespace and name. */
export function uuidV5(name: string, namespace: Uint8Array = namespaceUrl): string {
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** `urn:uuid:…` of the source types and URIs, in whatever order they were given. */
export function defaultRegistryId(sources: readonly { readonly type: string; readonly uri: string }[]): string {
  const names = [...new Set(sources.map((source) => `${source.type} ${source.uri}`))].sort();
  return `urn:uuid:${uuidV5(names.join('\n'))}`;
}
