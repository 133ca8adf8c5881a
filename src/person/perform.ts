/** Makes the calls that the work asks for, through the ports. A failure is an answer that never came. */
import type { PermissionChange } from "../domain/permission/permission.ts";
import { follow } from "./gateway.ts";
import type { Perform } from "./host.ts";
import type { PersonPorts } from "./ports.ts";
import type { Answers, Call } from "./work.ts";

/** Longer than anything takes that is still going to be answered: until then nothing else rings here. */
const TERM_MS = 60_000;

export function performer(ports: PersonPorts): Perform {
  return async (call) => {
    try {
      return await inTerm(make(ports, call));
    } catch (error) {
      ports.log("a call failed, it will be made again", {
        call: call.do,
        error: error instanceof Error ? error.name : "unknown",
      });
      return null;
    }
  };
}

/** An answer that comes later is one that was lost. */
async function inTerm<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const set = setTimeout(() => late.reject(new Error("it took too long")), TERM_MS);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(set);
  }
}

async function make(ports: PersonPorts, call: Call): Promise<Answers[Call["do"]]> {
  const { objects, index, ledger } = ports;
  switch (call.do) {
    case "receive":
      return objects(call.to).receive(call.request);
    case "resolve":
      return objects(call.to).resolve(call.move);
    case "activate":
      return objects(call.to).activate(call.move);
    case "ask":
      return follow(objects, call.visitor, undefined, (stub, epoch) =>
        stub.ask(epoch, call.visitor, call.identifier, call.kept),
      );
    case "tell":
      return (await index.claimants([call.identifier])).get(call.identifier) ?? [];
    case "forget":
      return follow(objects, call.visitor, undefined, (stub, epoch) =>
        stub.forget(epoch, call.visitor, call.erased),
      );
    case "apart":
      return follow(objects, call.word.visitor, undefined, (stub, epoch) =>
        stub.apart(epoch, call.word),
      );
    case "withdrawn":
      await ports.withdrawn(call.visitor, call.at);
      return true;
    case "silence":
      return silence(ports, call.change);
    case "meet":
      return follow(objects, call.request.visitor, undefined, (stub, epoch) =>
        stub.meet(epoch, call.request),
      );
    case "claim":
      return index.claim(call.identifier, call.visitor, call.at, call.guard);
    case "land":
      return ledger.land(call.landing);
  }
}

/** Objects told at once: subrequests are limited. */
const AT_ONCE = 32;

async function silence(
  { objects, index }: Pick<PersonPorts, "objects" | "index">,
  change: PermissionChange,
): Promise<true> {
  const holders = (await index.claimants([change.identifier])).get(change.identifier) ?? [];
  for (let from = 0; from < holders.length; from += AT_ONCE)
    await Promise.all(
      holders
        .slice(from, from + AT_ONCE)
        .map((visitor) =>
          follow(objects, visitor, undefined, (stub, epoch) =>
            stub.amend(epoch, visitor, { do: "permit", changes: [change] }),
          ),
        ),
    );
  return true;
}
