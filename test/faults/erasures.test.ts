/** What an officer erases, with everything going wrong in turn. A file of its own: erasing looks through whatever is stored. */
import { tryAll } from "./operation.ts";
import { erasure } from "./operations/officers.ts";
import { alarms, calls, fullObject, kills, slow } from "./troubles.ts";

tryAll(erasure, [...calls, ...kills, ...alarms, fullObject, slow]);
