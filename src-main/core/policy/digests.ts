/** Digests as `alg:hex`: comparable only within one algorithm, hex case-folded (regulation reference 0.2). */
const digestPattern = /^([a-z0-9][a-z0-9_+.-]*)[:=]([0-9a-f]+)$/;

/** Splits `sha256:AB…` into its parts, lower case; null when the text is not a digest. */
export function parseDigest(text: string): { readonly alg: string; readonly hex: string } | null {
  const match = digestPattern.exec(text.trim().toLowerCase());
  const alg = match?.[1];
  const hex = match?.[2];
  return alg && hex ? { alg: alg.replace(/^(sha)-(?=\d)/, '$1'), hex } : null;
}

/** `same`, `different`, or `incomparable` when the algorithms differ or a side is not a digest. */
export function compareDigests(a: string, b: string): 'same' | 'different' | 'incomparable' {
  const left = parseDigest(a);
  const right = parseDigest(b);
  if (!left || !right || left.alg !== right.alg) return 'incomparable';
  return left.hex === right.hex ? 'same' : 'different';
}
