/** On every page of the console: tells times in the reader's own zone, and opens the page where it goes on. */
import { openAtAnswer } from "./shared/answer.ts";
import { localTimes } from "./shared/times.ts";

localTimes(document);
openAtAnswer(document);
