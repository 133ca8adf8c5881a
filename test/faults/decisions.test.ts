/** What officers say of people and publish, and people by a link in a mail, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import {
  blocking,
  disowning,
  publishing,
  release,
  separation,
  suppression,
  unseparation,
  unsubscribing,
} from "./operations/decisions.ts";
import { calls, cuts, kills } from "./troubles.ts";

tryAll(publishing, [...calls, ...cuts]);
tryAll(separation, [...calls, ...cuts]);
tryAll(unseparation, [...calls, ...cuts]);
tryAll(suppression, [...calls, ...cuts, ...kills]);
tryAll(unsubscribing, [...calls, ...cuts, ...kills]);
tryAll(blocking, [...calls, ...cuts]);
tryAll(release, [...calls, ...cuts]);
tryAll(disowning, [...calls, ...cuts]);
