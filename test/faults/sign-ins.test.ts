/** Who somebody is, said by a browser and by a site's server, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { serverCalls, signIns } from "./operations/visits.ts";
import { alarms, calls, clocks, fullObject, kills, slow } from "./troubles.ts";

tryAll(signIns, [...calls, ...kills, ...alarms, fullObject, slow, ...clocks]);
tryAll(serverCalls, [...calls, ...kills, fullObject, slow, ...clocks]);
