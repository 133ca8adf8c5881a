/** More stories of the same kind as the reference scenarios, in the same form. */
import { describe, expect, test } from "vitest";
import { type Pace, Play, type Scenario } from "./play.ts";

const known = (ids: string[], identified = false) => ({ ids, identified });
const identify = (id: string, anonymous_id: string) =>
  ({ op: "identify", id, anonymous_id }) as const;
const alias = (id: string, previous_id: string) => ({ op: "alias", id, previous_id }) as const;
const track = (id: string) => ({ op: "track", id, event: "Seen" }) as const;
const force = (id: string, other_id: string) => ({ op: "force_merge", id, other_id }) as const;
const typed = (...ids: string[]) => ({ op: "identify", ids }) as const;

type Story = [
  title: string,
  given: Scenario["given"],
  steps: Scenario["steps"],
  persons: string[][],
];

const STORIES: Story[] = [
  ["two browsers of one user", [], [identify("u", "a"), identify("u", "b")], [["u", "a", "b"]]],
  [
    "the same said twice",
    [known(["u"]), known(["a"])],
    [identify("u", "a"), identify("u", "a")],
    [["u", "a"]],
  ],
  [
    "an identified user and an unknown browser",
    [known(["u"], true)],
    [identify("u", "a")],
    [["u", "a"]],
  ],
  [
    "two identified users",
    [known(["u"], true), known(["v"], true)],
    [identify("u", "v")],
    [["u"], ["v"]],
  ],
  [
    "a second user on one browser",
    [],
    [identify("u", "a"), identify("v", "a")],
    [["u", "a"], ["v"]],
  ],
  [
    "a user who comes back after another",
    [],
    [identify("u", "a"), identify("v", "a"), identify("u", "a")],
    [["u", "a"], ["v"]],
  ],
  [
    "an alias of an identified user",
    [known(["u"], true), known(["v"], true)],
    [alias("u", "v")],
    [["u"], ["v"]],
  ],
  [
    "an earlier name that is another user's",
    [],
    [alias("u", "a"), alias("v", "a")],
    [["u", "a"], ["v"]],
  ],
  [
    "a forced merge of two users",
    [known(["u"], true), known(["v"], true)],
    [force("u", "v")],
    [["u", "v"]],
  ],
  [
    "what both users do after they were joined by force",
    [known(["u"], true), known(["v"], true)],
    [force("u", "v"), track("u"), track("v"), identify("u", "a"), identify("v", "b")],
    [["u", "v", "a", "b"]],
  ],
  [
    "one address and no user",
    [],
    [
      typed("email:x@example1.com", "anonymous_id:a"),
      typed("email:x@example1.com", "anonymous_id:b"),
    ],
    [["anonymous_id:a", "anonymous_id:b", "email:x@example1.com"]],
  ],
  [
    "an address that leads to another user",
    [],
    [
      typed("user_id:u", "email:x@example1.com"),
      typed("user_id:v", "email:y@example1.com"),
      typed("user_id:v", "email:x@example1.com"),
    ],
    [
      ["user_id:u", "email:x@example1.com"],
      ["user_id:v", "email:y@example1.com"],
    ],
  ],
];

describe.each<Pace>(["step by step", "at once"])("people, %s", (pace) => {
  test.each(STORIES)("%s", async (title, given, steps, persons) => {
    const scenario: Scenario = {
      id: `own-${STORIES.findIndex(([each]) => each === title)}`,
      title,
      given,
      steps,
      expect: { person_count: persons.length, persons: persons.map((ids) => ({ ids })) },
    };
    const play = new Play(scenario, pace, true);
    await play.play();
    const { count, groups } = await play.result();
    expect({ count, groups: groups.map((ids) => ids.length) }).toEqual({
      count: persons.length,
      groups: persons.map(() => 1),
    });
  });
});
