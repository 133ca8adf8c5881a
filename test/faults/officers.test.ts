/** What officers and marketers do else, with every call to the outside failing in turn. */
import { tryAll } from "./operation.ts";
import {
  approval,
  catalogue,
  copy,
  importOfPeople,
  policy,
  rejection,
} from "./operations/officers.ts";
import { calls } from "./troubles.ts";

// Before there is anybody for whom an action could be.
tryAll(catalogue, calls);
tryAll(policy, calls);
tryAll(approval, calls);
tryAll(rejection, calls);
tryAll(copy, calls);
tryAll(importOfPeople, calls);
