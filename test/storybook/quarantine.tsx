/** The quarantine: what is held and why, nothing, and a form that can't be taken. */
import { QuarantinePage } from "../../src/console/quarantine.tsx";
import type { IdentifierKey, PersonId } from "../../src/domain/ids.ts";
import type { QuarantineLine } from "../../src/http/api/quarantine.ts";
import type { Story } from "./story.ts";

const session = { role: "officer" as const, formToken: "x".repeat(43), subject: "x", until: null };

const line = (n: number, more: Partial<QuarantineLine>): QuarantineLine => ({
  id: `email:${String(n).repeat(22)}` as IdentifierKey,
  kind: "email",
  value: null,
  at: "2026-11-22T09:12:00.000Z",
  visitors: 0,
  blocked: true,
  proven: true,
  person: null,
  by: null,
  why: null,
  ...more,
});

const held: readonly QuarantineLine[] = [
  line(1, {
    value: "jane.quillfeather@a-rather-long-company-name.example.org",
    visitors: 1_204,
    blocked: false,
    proven: false,
    person: "a".repeat(26) as PersonId,
  }),
  line(2, { kind: "user_id", value: "till-7", visitors: 41, blocked: false }),
  line(3, { value: "desk@club.example", by: "officer", why: "the ticket desk's own address" }),
  line(4, { kind: "phone" }),
];

const story = (name: string, body: Story["body"]): Story => ({
  name: `quarantine-${name}`,
  path: "/_u/console/quarantine",
  title: "Quarantine",
  role: "officer",
  body,
});

export const stories: readonly Story[] = [
  story("held", <QuarantinePage session={session} held={held} />),
  story(
    "refused",
    <QuarantinePage
      session={session}
      held={[]}
      refused={{
        identifier: "desk",
        why: "the desk's own",
        error: "an identifier is a kind and a value, like email:jane@example.org",
      }}
    />,
  ),
];
