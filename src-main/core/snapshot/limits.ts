/** Limits of a snapshot bundle (decisions.md 7, security.md section 2 A). A hostile file meets them before it costs anything. */

const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  /** Members of a container. */
  members: 4096,
  centralDirectoryBytes: 512 * KiB,
  /** Below what would need Zip64, whose second set of sizes is one more thing that can lie. */
  containerBytes: 4 * 1024 * MiB - 2,
  /** One record shard or one evidence file, unpacked. */
  memberBytes: 64 * MiB,
  /** Unpacked size over packed size, counted beyond the first MiB of a member. */
  ratio: 200,
  ratioFreeBytes: MiB,
  lineBytes: MiB,
  nestingDepth: 64,
  nameBytes: 512,
  signatureBytes: MiB,
  coSignatures: 16,
  /** What may be read before a signature of a trusted key has been checked. */
  unverifiedBytes: MiB,
  /** Bytes searched for the end of the central directory: the longest ZIP comment plus the record. */
  tailBytes: 65_535 + 22,
  /** Subjects of one statement (in-toto consumers refuse more). */
  subjects: 1024,
} as const;
