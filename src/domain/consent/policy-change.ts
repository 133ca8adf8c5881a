import { calledBy, goesOn, keepNames } from "./former-names.ts";
import { nameNow, namesOf, openingsOf } from "./openings.ts";
import type { Policy, PolicyPurpose } from "./policy.ts";
import type { Purpose } from "./purposes.ts";

/** One difference between two policies, by its path (`purposes.measurement.retentionDays`). */
export interface PolicyChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A version as it is kept: immutable, with who published it and why. */
export interface PublishedPolicy {
  readonly policy: Policy;
  readonly author: string;
  readonly note: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The purposes whose earlier grants this version expires. */
  readonly material: readonly Purpose[];
}

/**
 * The draft as the next version. Every purpose that changed materially, and every one the officer names besides, gets
 * this version as its `since`: grants from before expire, refusals stay. What the draft says about versions doesn't
 * count. Rolling back is publishing an old policy again. What its purposes were called before stays known.
 */
export function publish(input: {
  readonly previous: Policy;
  readonly draft: Policy;
  readonly author: string;
  readonly note: string;
  readonly now: number;
  readonly alsoMaterial?: readonly Purpose[];
}): PublishedPolicy {
  const { previous, author, note } = input;
  const draft = keepNames(previous, input.draft);
  const version = previous.version + 1;
  const material = new Set([...materialPurposes(previous, draft), ...(input.alsoMaterial ?? [])]);
  const purposes = draft.purposes.map((purpose) => ({
    ...purpose,
    since: material.has(purpose.id) ? version : sinceOf(previous, purpose, version),
  }));
  const known = purposes.map(({ id }) => id).filter((id) => material.has(id));
  return { policy: { ...draft, version, purposes }, author, note, at: input.now, material: known };
}

/** Since when it is as it is, where it was there before. */
function sinceOf(previous: Policy, purpose: PolicyPurpose, version: number): number {
  const had = goesOn(previous, purpose).map(({ since }) => since);
  return had.length > 0 ? Math.max(...had) : version;
}

/**
 * The purposes to which a yes given under `before` is no yes under `after`: somebody who agreed then didn't agree to
 * this. New or differently described; on another legal basis; kept longer; used for more; an identifying cookie more.
 * Promises made to everybody that are withdrawn (erasure on withdrawal, scrubbed values, topics left alone) concern all.
 * Labels, added translations and notice texts are wording, and so is another id for the same purpose.
 */
export function materialPurposes(before: Policy, after: Policy): Purpose[] {
  const optional = after.purposes.filter(({ required }) => !required);
  if (withdrawsPromise(before, after)) return optional.map(({ id }) => id);
  return optional
    .filter((purpose) => {
      const had = goesOn(before, purpose);
      return (
        had.length === 0 ||
        had.some((old) => isMaterial(old, purpose) || gainsCookie(before, old, after, purpose))
      );
    })
    .map(({ id }) => id);
}

function isMaterial(old: PolicyPurpose, now: PolicyPurpose): boolean {
  return (
    old.basis !== now.basis ||
    old.required !== now.required ||
    now.retentionDays > old.retentionDays ||
    now.switchesOn.some((capability) => !old.switchesOn.includes(capability)) ||
    Object.entries(old.description).some(([language, text]) => now.description[language] !== text)
  );
}

function gainsCookie(
  before: Policy,
  old: PolicyPurpose,
  after: Policy,
  now: PolicyPurpose,
): boolean {
  const identifying = (policy: Policy, purpose: PolicyPurpose): string[] => {
    const names = namesOf(purpose);
    return policy.cookies
      .filter(({ identifies, purposes }) => identifies && purposes.some((id) => names.includes(id)))
      .map(({ name }) => name);
  };
  const had = identifying(before, old);
  return identifying(after, now).some((name) => !had.includes(name));
}

function withdrawsPromise(before: Policy, after: Policy): boolean {
  const lost = (had: readonly string[], has: readonly string[]): boolean => {
    const kept = new Set(has.map((item) => item.toLowerCase()));
    return had.some((item) => !kept.has(item.toLowerCase()));
  };
  return (
    (before.withdrawal === "erase" && after.withdrawal === "keep") ||
    lost(before.scrub.names, after.scrub.names) ||
    lost(before.scrub.values, after.scrub.values) ||
    lost(before.sensitiveTopics, after.sensitiveTopics)
  );
}

/**
 * Every difference, in the document's order. Purposes and cookies are compared by name, not by position; of a purpose that was
 * renamed the id is one difference, and that it is named by it elsewhere is none.
 */
export function diffPolicies(before: Policy, after: Policy): PolicyChange[] {
  const changes: PolicyChange[] = [];
  compare("", keyed(calledBy(before, after), after), keyed(after, after), changes);
  return changes;
}

function keyed(policy: Policy, names: Policy): Record<string, unknown> {
  const openings = openingsOf(names);
  return {
    ...policy,
    purposes: Object.fromEntries(
      policy.purposes.map((purpose) => [nameNow(openings, purpose.id), purpose]),
    ),
    cookies: Object.fromEntries(policy.cookies.map((cookie) => [cookie.name, cookie])),
  };
}

function compare(path: string, before: unknown, after: unknown, changes: PolicyChange[]): void {
  if (isBranch(before) && isBranch(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(path === "" ? key : `${path}.${key}`, before[key], after[key], changes);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after))
    changes.push({ path, before, after });
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
