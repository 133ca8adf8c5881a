/** Why two visitors are taken for one human, and the edge that says so. */
import type { IdentifierKey, MergeId, Millis, VisitorId } from "../ids.ts";

/**
 * Both visitors said the same identifier, or somebody decided: a human, or `policy` on a probable match where the officer
 * wants that.
 */
export type Evidence =
  | { kind: "claim"; identifier: IdentifierKey }
  | {
      kind: "command";
      id: string;
      by: string;
      force: boolean;
      inferred?: Inferred;
      /** What a human gave as the reason. */
      why?: string;
    };

/**
 * What they said of themselves is alike, or where they are seen: the least assurance. Whoever agrees to it has seen no proof, and anybody can type
 * another's name and birthday, so no right and no secret crosses such an edge.
 */
export interface Inferred {
  suggestion: string;
  probability: number;
  /** `devices`: by the networks they are seen at. Without it: by what they said of themselves. */
  basis?: "devices";
}

export const isInferred = (evidence: Evidence): boolean =>
  evidence.kind === "command" && evidence.inferred !== undefined;

/** One string per evidence, for records and comparison. */
export const evidenceKey = (evidence: Evidence): string =>
  evidence.kind === "claim" ? evidence.identifier : `command:${evidence.id}`;

export interface Edge {
  id: MergeId;
  a: VisitorId;
  b: VisitorId;
  evidence: Evidence;
  at: Millis;
  /** `policy` for a merge by rule, else the officer who decided. */
  by: string;
  /** Words for people. */
  because: string;
  /** Version of the merge rules. */
  rules: number;
  /** Who said it later, or wished for it: a refusal is theirs, never the owner's. */
  finder: VisitorId;
  /** What was only said and made room for what is proven: it comes back when the edge goes. */
  pushedOut?: readonly IdentifierKey[];
  /** What kept the two sides apart until a human joined them: it stands again where they part. */
  healed?: Healed;
}

/** Each with the visitor who kept it, and against whom. */
export interface Healed {
  separate: readonly [holder: VisitorId, other: VisitorId][];
  severed: readonly [holder: VisitorId, key: SeveredKey][];
}

/**
 * Why a merge was cut that nobody undid by itself. By the merge policy, `proved`: somebody signed in as another user. `strangers`: one side kept apart others
 * who have proved that they are one. `corrected`: the address was typed again. `refuted`: an address that was proved since
 * shows that it is somebody else's. `room`: what was said made room for what is proven. And by a human, `disowned`: the
 * identifier isn't that device's.
 */
export const CUT_REASONS = [
  "proved",
  "strangers",
  "corrected",
  "refuted",
  "room",
  "disowned",
] as const;
export type CutReason = (typeof CUT_REASONS)[number];

/** `reason` where it was cut, and it wasn't long ago; `why` where a human gave one. */
export interface Undone {
  at: Millis;
  by: string;
  reason?: CutReason;
  why?: string;
}

/** An edge that was taken back; kept by the visitors of both sides. */
export interface UndoneEdge extends Edge {
  undone: Undone;
}

/** `<identifier>|<visitor>`: this identifier doesn't join its holder with that visitor again until a human does. */
export type SeveredKey = string;

export const severedKey = (evidence: string, visitor: VisitorId): SeveredKey =>
  `${evidence}|${visitor}`;
export const severedVisitor = (key: SeveredKey): VisitorId =>
  key.slice(key.lastIndexOf("|") + 1) as VisitorId;

export interface Link {
  a: VisitorId;
  b: VisitorId;
}

/** The connected components of `ids` under the edges that lie within. Each ascending by `before`, oldest component first. */
export function components(
  ids: Iterable<VisitorId>,
  edges: Iterable<Link>,
  before: (a: VisitorId, b: VisitorId) => number,
): VisitorId[][] {
  const parent = new Map<VisitorId, VisitorId>();
  for (const id of ids) parent.set(id, id);
  const root = (id: VisitorId): VisitorId => {
    let at = id;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  for (const { a, b } of edges) if (parent.has(a) && parent.has(b)) parent.set(root(a), root(b));
  const groups = new Map<VisitorId, VisitorId[]>();
  for (const id of parent.keys()) {
    const group = groups.get(root(id));
    if (group) group.push(id);
    else groups.set(root(id), [id]);
  }
  const sorted = [...groups.values()].map((group) => group.sort(before));
  return sorted.sort((x, y) => before(x[0] as VisitorId, y[0] as VisitorId));
}
