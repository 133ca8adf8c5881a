import type { Message } from "../../../src/domain/intake/message.ts";
import type { Sender } from "../../../src/domain/intake/sender.ts";
import { take } from "../../../src/domain/intake/take.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { browser, NOW } from "./senders.ts";

export const iso = (at: number): string => new Date(at).toISOString();
export const run = (raw: JsonObject, sender: Sender = browser) =>
  take(raw, sender, NOW, () => "new-id");
export const taken = (raw: JsonObject, sender: Sender = browser): Message => {
  const result = run(raw, sender);
  if (!result.ok) throw new Error(`dropped: ${result.reason}`);
  return result.message;
};
export const outcome = (raw: JsonObject, sender: Sender = browser): string => {
  const result = run(raw, sender);
  return result.ok ? "taken" : result.reason;
};
