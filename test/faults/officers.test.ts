/** What officers and marketers do else, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import {
  approval,
  catalogue,
  copy,
  importOfPeople,
  importOfSides,
  policy,
  rejection,
} from "./operations/officers.ts";
import { calls, cuts, fullObject, kills, slow } from "./troubles.ts";

// Before there is anybody for whom an action could be.
tryAll(catalogue, [...calls, ...cuts]);
tryAll(policy, [...calls, ...cuts]);
tryAll(approval, [...calls, ...cuts, ...kills, fullObject, slow]);
tryAll(rejection, [...calls, ...cuts]);
tryAll(copy, calls);
tryAll(importOfPeople, [...calls, ...cuts, ...kills, fullObject, slow]);
tryAll(importOfSides, [...calls, ...cuts]);
