/** What runs by the clock, with every call to the outside failing in turn. */
import { tryAll } from "./operation.ts";
import { cronJobs, exportsLeft, spend } from "./operations/jobs.ts";
import { calls } from "./troubles.ts";

for (const job of cronJobs) tryAll(job, calls, "perhaps");
tryAll(spend, calls);
tryAll(exportsLeft, calls);
