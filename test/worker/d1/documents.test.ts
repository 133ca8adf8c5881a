import { beforeEach, describe, expect, test } from "vitest";
import {
  latestPolicy,
  policyVersion,
  policyVersions,
  publishPolicy,
} from "../../../src/d1/policies.ts";
import { latestSetting, saveSetting } from "../../../src/d1/settings.ts";
import { clear, db, NOON } from "./books.ts";

beforeEach(clear);

const policy = (version: number, author = "officer") => ({
  version,
  document: { version, purposes: ["measurement"] },
  author,
  note: `change ${version}`,
  at: NOON + version,
});

describe("policies", () => {
  test("before the first is published there is none", async () => {
    expect(await latestPolicy(db)).toBeNull();
    expect(await policyVersions(db)).toEqual([]);
  });

  test("each version stays readable; the newest is the latest", async () => {
    await publishPolicy(db, policy(1));
    await publishPolicy(db, policy(2));
    expect(await latestPolicy(db)).toEqual(policy(2));
    expect(await policyVersion(db, 1)).toEqual(policy(1));
    expect((await policyVersions(db)).map(({ version }) => version)).toEqual([2, 1]);
  });

  test("of two officers at once one is told that the other was first; a repetition is fine", async () => {
    await publishPolicy(db, policy(1));
    await publishPolicy(db, policy(1));
    const outcomes = await Promise.allSettled([
      publishPolicy(db, policy(2, "anna")),
      publishPolicy(db, policy(2, "berta")),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(publishPolicy(db, policy(1, "late"))).rejects.toMatchObject({ code: "conflict" });
    await expect(publishPolicy(db, policy(9))).rejects.toMatchObject({ code: "conflict" });
    expect(await policyVersion(db, 1)).toEqual(policy(1));
  });
});

describe("settings", () => {
  const setting = (version: number, author = "marketer") => ({
    version,
    document: { version },
    author,
    at: NOON,
  });

  test("each document has versions of its own and the newest counts", async () => {
    await saveSetting(db, "catalogue", setting(1));
    await saveSetting(db, "catalogue", setting(2));
    await saveSetting(db, "catalogue", setting(2));
    await saveSetting(db, "merge-rules", setting(1));
    expect(await latestSetting(db, "catalogue")).toEqual(setting(2));
    expect(await latestSetting(db, "merge-rules")).toEqual(setting(1));
  });

  test("a version that somebody else saved is not overwritten", async () => {
    expect(await latestSetting(db, "catalogue")).toBeNull();
    await saveSetting(db, "catalogue", setting(1));
    await expect(saveSetting(db, "catalogue", setting(1, "other"))).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await latestSetting(db, "catalogue")).toEqual(setting(1));
  });
});
