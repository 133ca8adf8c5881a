/** Who somebody is, said by a browser and by a site's server, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { serverCalls, signIns } from "./operations/visits.ts";
import { alarms, calls, clocks, cuts, fullObject, kills, slow } from "./troubles.ts";

tryAll(signIns, [...calls, ...cuts, ...kills, ...alarms, fullObject, slow, ...clocks]);
tryAll(serverCalls, [...calls, ...cuts, ...kills, fullObject, slow, ...clocks]);
