/** On every page of the console: tells times in the reader's own zone. Everything else works without. */
import { localTimes } from "./shared/times.ts";

localTimes(document);
