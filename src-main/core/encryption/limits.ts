/** Bounds on what an age file or a key file may ask for before anything in it is believed (security.md section 1). */
export const encryptionLimits = {
  /** Header of an encrypted file: 64 hybrid stanzas of 1.7 kB do not fit, 64 X25519 stanzas need 8 kB. */
  headerBytes: 64 * 1024,
  /** Each costs one key agreement per identity; an unbounded number is a way to stall a reader. */
  stanzas: 64,
  /** Identities of one key file. */
  identities: 32,
  identityFileBytes: 64 * 1024,
  recipientFileBytes: 256 * 1024,
  /** log2 of scrypt's N in a key file: 20 needs 1 GiB and a few seconds. The age tools write 18. */
  scryptWorkFactor: 20,
} as const;
