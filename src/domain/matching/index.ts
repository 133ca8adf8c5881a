export type { SourceRecord } from "./records.ts";
