import { StorageError, type ObjectStore } from "@/storage";

export type StoreCall = "stat" | "put" | "copy" | "get";

export interface FaultyStore extends ObjectStore {
  /** How often each was called. */
  calls: Record<StoreCall, number>;
}

/** The real store, until the n-th call (from 1) of one kind comes: that one and all after it find it away. */
export function failingFrom(store: ObjectStore, call: StoreCall, first: number): FaultyStore {
  return watched(store, (kind, count) => {
    if (kind === call && count >= first) throw new StorageError("storage_unavailable", `Away from ${call} ${first} on.`);
  });
}

type Watcher = (call: StoreCall, count: number, key: string) => void | Promise<void>;

/** The real store, and a look at every call before it is made: number n of its kind. */
export function watched(store: ObjectStore, before: Watcher): FaultyStore {
  const calls: Record<StoreCall, number> = { stat: 0, put: 0, copy: 0, get: 0 };
  const seen = (call: StoreCall, key: string) => before(call, ++calls[call], key);
  return {
    calls,
    description: store.description,
    requestsAtOnce: store.requestsAtOnce,
    stat: async (...given) => (await seen("stat", given[0]), store.stat(...given)),
    get: async (...given) => (await seen("get", given[0]), store.get(...given)),
    openReader: () => {
      const reader = store.openReader();
      return { ...reader, read: async (...given) => (await seen("get", given[0]), reader.read(...given)) };
    },
    put: async (...given) => (await seen("put", given[0]), store.put(...given)),
    copy: async (...given) => (await seen("copy", given[0]), store.copy(...given)),
    delete: (key) => store.delete(key),
    discardUnfinished: (keys) => store.discardUnfinished(keys),
    list: (prefix) => store.list(prefix),
    check: (options) => store.check(options),
    close: () => store.close(),
  };
}
