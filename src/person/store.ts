/**
 * Where a person object keeps its documents: the synchronous part of a Durable Object's key-value storage, or a map in
 * the simulator. Values are structured-cloned on the way in and out.
 */
export interface Store {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
  delete(key: string): unknown;
  list(options: { prefix: string }): Iterable<[string, unknown]>;
}

/**
 * Keys by kind. Everything below `hot:` is read when the object wakes; `cold:` is read when it is needed, and is keyed
 * by visitor first, so that it travels with the visitor as it is.
 */
export const HOT = "hot:";
export const keys = {
  visitor: (id: string): string => `hot:visitor:${id}`,
  journal: (visitor: string, place: number): string => `hot:journal:${visitor}:${place}`,
  journalOf: (visitor: string): string => `hot:journal:${visitor}:`,
  edge: (id: string): string => `hot:edge:${id}`,
  pointer: (id: string): string => `hot:pointer:${id}`,
  tomb: (id: string): string => `hot:tomb:${id}`,
  work: "hot:work",
  coldOf: (visitor: string): string => `cold:${visitor}:`,
  cold: (visitor: string, kind: "slice" | "seen" | "pending", part: number): string =>
    `cold:${visitor}:${kind}:${part}`,
} as const;
