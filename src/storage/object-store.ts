import type { Readable } from "node:stream";

export interface ObjectStat {
  /** Bytes. */
  size: number;
  /**
   * Lower-case hex. Null where the store cannot vouch for it without reading the
   * object; the caller then reads and hashes.
   */
  sha256: string | null;
}

export interface PutOptions {
  /** Bytes the body must have; another length fails with `object_differs`. */
  size: number;
  /** Lower-case hex the body must have; other bytes fail with `object_differs`. */
  sha256: string;
  contentType: string;
  /** `absent`: fail with `object_exists` rather than replace what is there. */
  when: "absent" | "always";
  signal?: AbortSignal | undefined;
}

export interface WholeObject {
  content: Buffer;
  /** Made of these very bytes; SHA-256 in lower-case hex. */
  sha256: string;
  crc32: number;
}

/** Reads small objects, several at once. What it needs for that is freed by `end`. */
export interface ObjectReader {
  /** How many objects had better be asked for in one turn, and how many such groups at once get more done than fewer would. */
  readonly together: number;
  readonly groupsAtOnce: number;

  /**
   * The object, hashed, which is done beside the event loop where that pays. Null where it
   * has more or fewer bytes than `size`. Throws `object_missing` where no object has that key.
   */
  read(key: string, size: number, options?: { signal?: AbortSignal | undefined }): Promise<WholeObject | null>;

  /** Takes back content that nobody looks at any more, for another object. */
  doneWith(content: Buffer): void;

  /** What is still being read is lost. */
  end(): Promise<void>;
}

/**
 * Where the bytes of stored files live.
 *
 * Keys are any non-empty string of at most 1,024 bytes of UTF-8 without U+0000
 * (others fail with `object_key_invalid`). `../../x`, a leading slash, `//` or control
 * characters are just characters: two keys that differ name two objects, and no key
 * reaches anything outside the store.
 *
 * Every method throws StorageError and nothing else, save for an AbortError where a
 * given signal aborted. Transient faults (connection lost, 5xx, throttling) are retried
 * inside with back-off and jitter where the request can be repeated; what still fails is
 * `storage_unavailable`.
 */
export interface ObjectStore {
  /** Where this is, for people; holds no secrets. */
  readonly description: string;

  /** How many requests at once get more done than fewer would. More of them only wait for each other, and others for them. */
  readonly requestsAtOnce: number;

  /** Null where no object has that key. */
  stat(key: string, options?: { signal?: AbortSignal | undefined }): Promise<ObjectStat | null>;

  /**
   * The object's bytes. The stream fails if it ends early or runs
   * long. Throws `object_missing` where no object has that key.
   */
  get(key: string, options?: { signal?: AbortSignal | undefined }): Promise<{ size: number; body: Readable }>;

  /** For who reads many objects whole: an installation's. */
  openReader(): ObjectReader;

  /**
   * Stores the whole body or nothing: until it resolves, readers see what was there
   * before, and after a failure too. The hash becomes part of what `stat` answers.
   *
   * The body is closed in any case; its own error passes through unchanged, the one exception
   * to what methods throw. An abort counts until the last byte is there: after that the object
   * is stored and `put` resolves, since nobody could tell how far a cut request came.
   */
  put(key: string, body: Readable | Buffer, options: PutOptions): Promise<void>;

  /** Replaces what `to` held. Throws `object_missing` where `from` is no object. */
  copy(from: string, to: string): Promise<void>;

  /** Does nothing where there is no such object. */
  delete(key: string): Promise<void>;

  /**
   * Frees what puts of these keys took and never gave back because their process was killed or
   * storage went away. Not while such a put is under way: it may fail.
   */
  discardUnfinished(keys: readonly string[]): Promise<void>;

  /** Every object whose key starts with the prefix, in no promised order. */
  list(prefix: string): AsyncIterable<{ key: string; size: number }>;

  /** Resolves when the store answers and can be written to. */
  check(options?: { signal?: AbortSignal | undefined }): Promise<void>;

  /** Frees sockets and handles. */
  close(): Promise<void>;
}
