/** What was written and asked while something was measured; what Cloudflare bills. */
export interface Books {
  workerRequests: number;
  /** Calls of an object's methods, and alarms, by name. */
  requests: Record<string, number>;
  /** Rows written in objects: `put`, `delete` by kind of document, `setAlarm`, `deleteAlarm`. */
  objects: Record<string, number>;
  d1: {
    /** Round trips; a batch is one. */
    calls: number;
    rowsRead: number;
    /** Rows written, as D1 counts them, by statement and table. */
    written: Record<string, number>;
  };
  /** R2 operations by name. */
  bucket: Record<string, number>;
}

export const emptyBooks = (): Books => ({
  workerRequests: 0,
  requests: {},
  objects: {},
  d1: { calls: 0, rowsRead: 0, written: {} },
  bucket: {},
});

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((a, b) => a + b, 0);

export interface Counted {
  books: Books;
  landed: { events: number; ids: number };
}
