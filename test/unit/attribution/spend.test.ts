import { describe, expect, test } from "vitest";
import { returnsOn } from "../../../src/domain/attribution/spend.ts";

describe("returns on spend", () => {
  test("a channel's rows are added up and divided by what it is credited with", () => {
    const [mail] = returnsOn({ mail: { conversions: 4, value: 200 } }, [
      { channel: "mail", cost: 30 },
      { channel: "mail", cost: 50 },
    ]);
    expect(mail).toEqual({
      channel: "mail",
      conversions: 4,
      value: 200,
      cost: 80,
      costPerConversion: 20,
      returnOnSpend: 2.5,
    });
  });

  test("a channel that only cost money has no cost per conversion", () => {
    expect(returnsOn({}, [{ channel: "ad", cost: 9 }])).toEqual([
      {
        channel: "ad",
        conversions: 0,
        value: 0,
        cost: 9,
        costPerConversion: null,
        returnOnSpend: 0,
      },
    ]);
  });

  test("a channel without any spend known is not called free", () => {
    const [direct] = returnsOn({ direct: { conversions: 3, value: 60 } }, []);
    expect(direct).toMatchObject({ cost: 0, costPerConversion: null, returnOnSpend: null });
  });
});
