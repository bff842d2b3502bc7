/** Bytes with random access: a file on disk, or what lies inside one. */

/** Reads `length` bytes at `position`, exactly that many or it raises. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

export interface ByteSource {
  /** As messages name it. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  readonly read: ReadAt;
  close(): Promise<void>;
}
