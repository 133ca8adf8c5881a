import { AuditBody } from "../../src/console/audit.tsx";
import { SessionPage } from "../../src/console/session.tsx";
import { Sorry } from "../../src/console/page.tsx";
import { NoRole, SignIn } from "../../src/console/sign-in.tsx";
import type { AuditEntry } from "../../src/d1/audit.ts";
import type { Story } from "./story.ts";

const JANE = "k4qz2vd3w5b7yhc6mxtne2gu4a";
const entry = (minute: number, more: Partial<AuditEntry>): AuditEntry => ({
  at: Date.UTC(2026, 10, 22, 12, minute),
  id: "aaaaaaaaaaaa",
  via: "console",
  role: "officer",
  subject: "Zk3x9QaB",
  act: "GET /_u/console/people/:id",
  whose: JANE,
  outcome: 200,
  ...more,
});

const entries = [
  entry(9, {}),
  entry(8, {
    act: "POST /_u/console/merges/:id/undo",
    whose: `${JANE}.aaaaaaaaaaaa`,
    outcome: 303,
  }),
  entry(7, { act: "GET /_u/api/people/:id/journey", via: "api", role: "marketer", subject: "" }),
  entry(6, { act: "GET /_u/console/requests", role: "marketer", whose: "", outcome: 403 }),
  entry(5, {
    act: "POST /_u/console/sign-in",
    role: "",
    subject: "net:Rk2_8sdQwErT",
    whose: "",
    outcome: 401,
  }),
  entry(5, {
    act: "FILE /_u/console/exports/lists/:id",
    role: "marketer",
    subject: "1795350000000-0a1b2c3d",
    whose: `1795350000000-0a1b2c3d ${Array.from({ length: 99 }, (_, n) => `n${n}${JANE.slice(3)}`).join(" ")}`,
  }),
  entry(4, { act: "GET /_u/console/people", whose: `${JANE} b${JANE.slice(1)} c${JANE.slice(1)}` }),
];

const AUDIT = { path: "/_u/console/audit", title: "Audit", role: "owner" } as const;

const SESSION = { path: "/_u/console/session", title: "Your session", role: "officer" } as const;
const session = {
  role: "officer",
  subject: "Zk3x9QaB",
  until: Date.UTC(2026, 10, 22, 23, 40),
  formToken: "x".repeat(43),
} as const;

export const stories: readonly Story[] = [
  {
    ...SESSION,
    name: "session",
    body: <SessionPage session={session} endedAt={Date.UTC(2026, 10, 14, 9, 12)} access={false} />,
  },
  {
    ...SESSION,
    name: "session-access",
    body: <SessionPage session={{ ...session, until: null }} endedAt={null} access={true} />,
  },
  {
    ...AUDIT,
    name: "audit",
    body: <AuditBody search={{}} found={{ entries, cursor: "1.a.b" }} first={false} />,
  },
  {
    ...AUDIT,
    name: "audit-not-here",
    body: <AuditBody search={{ whose: JANE }} found={{ entries: [], cursor: "1.a.b" }} first />,
  },
  {
    name: "sign-in",
    path: "/_u/console/sign-in",
    title: "Sign in",
    role: null,
    body: <SignIn to="/_u/console/" wrong />,
  },
  {
    name: "sign-in-undone",
    path: "/_u/console/sign-in",
    title: "Sign in",
    role: null,
    body: <SignIn to="/_u/console/" wrong={false} undone />,
  },
  {
    name: "no-role",
    path: "/_u/console/sign-in",
    title: "No role here",
    role: null,
    body: <NoRole />,
  },
  {
    name: "sorry",
    path: "/_u/console/requests",
    title: "Not yours to see",
    role: "marketer",
    body: (
      <Sorry
        title="Not yours to see"
        words="This page is for the officer. You are signed in as marketer."
        signedIn
      />
    ),
  },
];
