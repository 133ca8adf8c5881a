/** Mails that are opened and whose links are followed, and lists that others send, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { following, followingUnnoted, telling } from "./operations/mails.ts";
import { calls, cutOff, fails, fullObject, killed } from "./troubles.ts";

const cut = cutOff("after");

// A click that can't be noted twice isn't: whoever clicked goes where the link leads all the same.
tryAll(following, [...calls, cut, killed("after")]);
tryAll(followingUnnoted, [fails("before"), cut]);
tryAll(telling, [...calls, cut, killed("after"), fullObject]);
