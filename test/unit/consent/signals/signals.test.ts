import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bits, sextets } from "../../../../src/domain/consent/signals/bits.ts";
import { readGpc } from "../../../../src/domain/consent/signals/gpc.ts";
import { readGpp } from "../../../../src/domain/consent/signals/gpp.ts";
import { readSignals } from "../../../../src/domain/consent/signals/read.ts";
import { readTcf } from "../../../../src/domain/consent/signals/tcf.ts";
import { readUsp } from "../../../../src/domain/consent/signals/usp.ts";
import { NO_SIGNALS } from "../../../../src/domain/consent/signals/types.ts";
import { pack, TCF_PARTS, writeTcf } from "../../../conformance/strings.ts";

const cookies = (values: Record<string, string>) =>
  readSignals({ secGpc: null, cookie: (name) => values[name] });

describe("bits of base64url", () => {
  it("are read like the digits of the packed text, at any offset", () => {
    const digits = fc.string({ unit: fc.constantFrom("0", "1"), minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(digits, fc.nat(210), fc.integer({ min: 1, max: 48 }), (text, offset, width) => {
        const packed = pack(text);
        const padded = text.padEnd(packed.length * 6, "0");
        const expected =
          offset + width > padded.length ? -1 : parseInt(padded.slice(offset, offset + width), 2);
        expect(bits(sextets(packed) ?? new Uint8Array(), offset, width)).toBe(expected);
      }),
    );
  });

  it.each(["", "ab=", "a b", "a+b", "ä", "\u0000", "a/b"])("%j is not base64url", (text) =>
    expect(sextets(text)).toBeNull(),
  );
});

describe("Sec-GPC", () => {
  it.each([
    ["1", true],
    ["0, 1", true],
    ["1, 1", true],
    [" 1 ", true],
    ["0", false],
    ['"1"', false],
    ["1;x=2", false],
    ["", false],
    ["true", false],
    ["11", false],
    [null, false],
    [undefined, false],
  ])("%j is %s", (header, on) => expect(readGpc(header)).toBe(on));
});

describe("the US Privacy string", () => {
  it.each([
    ["1YYN", { state: "read", optedOut: true }],
    ["1YNN", { state: "read", optedOut: false }],
    ["1---", { state: "read", optedOut: false }],
    ["1-y-", { state: "read", optedOut: true }],
    ["2YYN", { state: "unreadable" }],
    ["1YY", { state: "unreadable" }],
    ["1YYNN", { state: "unreadable" }],
    ["1YXN", { state: "unreadable" }],
    ["", { state: "none" }],
    [null, { state: "none" }],
  ])("%j is %j", (text, reading) => expect(readUsp(text)).toEqual(reading));
});

describe("a TC string", () => {
  const good = writeTcf(TCF_PARTS);
  const [core = "", disclosed = ""] = good.split(".");

  it("is read with and without its optional segments", () => {
    expect(readTcf(good)).toMatchObject({
      state: "read",
      consents: 0b111_1111_1111,
      disclosedVendors: true,
      publisher: null,
    });
    expect(readTcf(core)).toMatchObject({ state: "read", disclosedVendors: false });
    const publisher = writeTcf({ ...TCF_PARTS, publisher: { consents: [1, 8], custom: 3 } });
    expect(readTcf(publisher)).toMatchObject({ publisher: 0b1000_0001 });
  });

  it("never counts legitimate interest for purposes 1 and 3 to 6", () => {
    const text = writeTcf({ ...TCF_PARTS, interests: [1, 2, 3, 4, 5, 6, 7] });
    expect(readTcf(text)).toMatchObject({ interests: 0b100_0010 });
  });

  it.each([
    ["another version", writeTcf({ ...TCF_PARTS, version: 3 })],
    ["a foreign character", `${good}=`],
    ["an empty segment", `${good}.`],
    ["a segment twice", `${good}.${disclosed}`],
    ["a segment of an unknown type", `${core}.${pack("111" + "0".repeat(40))}`],
    ["five segments", `${core}.a.b.c.d`],
    ["a vendor list that ends too early", core.slice(0, -4)],
    [
      "a range list that promises more than there is",
      `${core}.${pack(`001${"1".repeat(16)}1${"1".repeat(12)}`)}`,
    ],
    ["more than a cookie holds", `${core}${"A".repeat(4_096)}`],
  ])("with %s is unreadable", (_what, text) => expect(readTcf(text).state).toBe("unreadable"));
});

describe("a GPP string", () => {
  it.each([
    ["z"],
    ["DBAB"],
    ["DBABLA"],
    ["DBABLA~"],
    ["DBABLA~BVQqAAAACg~BVQqAAAACg"],
    ["CBABLA~BVQqAAAACg"],
    ["DCABLA~BVQqAAAACg"],
    ["DBABLA~BVQq"],
    ["DBABLA~DVQqAAAACg"],
    ["DBABLA~BVQqAAAAC="],
    ["DBABLA~BVQqAAAACg."],
    ["DBABTA~1YXN"],
    ["~"],
    ["DBABLA~BVQqAAAACg.YA.YA.YA.YA"],
    [`DBABLA~${"B".repeat(4_096)}`],
  ])("%s is unreadable", (text) => expect(readGpp(text).state).toBe("unreadable"));

  it("that lists a section nobody knows yet is unreadable, since it may opt out", () => {
    // In Fibonacci places 27 is 21 + 5 + 1 and 28 is 21 + 5 + 2.
    const listing = (code: string) => pack(`0000110000010000000000010${code}`);
    expect(readGpp(`${listing("10010011")}~BQBQ`)).toMatchObject({ state: "read", sections: [27] });
    expect(readGpp(`${listing("01010011")}~BQBQ`).state).toBe("unreadable");
  });

  it("whose header promises thousands of sections is unreadable", () => {
    const bomb = pack(`000011000001${"1".repeat(12)}${"10000000000011".repeat(200)}`);
    expect(readGpp(`${bomb}~BAAA`).state).toBe("unreadable");
  });

  it.each([
    ["no field", [0, 0, 0], "no"],
    ["a refusal in one age band", [0, 1, 0], "known"],
    ["a consent in one age band", [2, 0, 0], "known"],
    ["refusals in all", [1, 1, 1], "known"],
    ["a consent in one band and a refusal in another", [2, 1, 0], "unclear"],
  ] as const)("with %s about children says: %s %s", (_what, fields, child) => {
    const two = (value: number) => value.toString(2).padStart(2, "0");
    const core = `000010${"00".repeat(25)}${fields.map(two).join("")}${"00".repeat(4)}`;
    expect(readGpp(`DBABLA~${pack(core)}`)).toMatchObject({ state: "read", child });
  });

  it("with a reserved value about children or an opt-out is unreadable", () => {
    const national = (optOuts: string, child: string) =>
      pack(`000010${"00".repeat(6)}${optOuts}${"00".repeat(16)}${child}${"00".repeat(4)}`);
    expect(readGpp(`DBABLA~${national("000000", "000000")}`).state).toBe("read");
    expect(readGpp(`DBABLA~${national("001100", "000000")}`).state).toBe("unreadable");
    expect(readGpp(`DBABLA~${national("000000", "001100")}`).state).toBe("unreadable");
  });

  it("may begin the newest states' sections with a header of their own", () => {
    const header = pack(`${(24).toString(2).padStart(6, "0")}000001${"000000000000"}`);
    expect(readGpp(`DBABEYA~${header}.BQBQ.QA`)).toMatchObject({
      state: "read",
      optedOut: true,
      gpc: false,
    });
    expect(readGpp(`DBABEYA~${header}`).state).toBe("unreadable");
  });
});

describe("the signals of a call", () => {
  it("are none where nothing is sent", () => {
    expect(cookies({})).toEqual(NO_SIGNALS);
  });

  it("take the European section of a GPP string for TCF", () => {
    const tcf = writeTcf(TCF_PARTS);
    expect(cookies({ __gpp: `DBABM~${tcf}` }).tcf).toMatchObject({
      state: "read",
      policyVersion: 5,
    });
    expect(cookies({ __gpp: "DBABM~" }).tcf.state).toBe("unreadable");
  });

  it("take the newer of two TC strings, and neither where one can't be read", () => {
    const older = writeTcf({
      ...TCF_PARTS,
      consents: [],
      created: Date.UTC(2026, 0, 1),
      lastUpdated: Date.UTC(2026, 0, 1),
    });
    const newer = writeTcf(TCF_PARTS);
    expect(cookies({ "euconsent-v2": older, __gpp: `DBABM~${newer}` }).tcf).toMatchObject({
      consents: 0b111_1111_1111,
    });
    expect(cookies({ "euconsent-v2": newer, __gpp: `DBABM~${older}` }).tcf).toMatchObject({
      consents: 0b111_1111_1111,
    });
    expect(cookies({ "euconsent-v2": "C", __gpp: `DBABM~${newer}` }).tcf.state).toBe("unreadable");
  });

  it("take the more restrictive of two GPP strings", () => {
    const fine = "DBABLA~BVQqAAAACg";
    const out = "DBABRg~BFkAABA";
    expect(cookies({ __gpp: fine, IABGPP_HDR_GppString: out }).gpp).toMatchObject({
      optedOut: true,
      sections: [7, 9],
    });
    expect(cookies({ __gpp: out, IABGPP_HDR_GppString: "z" }).gpp.state).toBe("unreadable");
    expect(cookies({ IABGPP_HDR_GppString: fine }).gpp).toMatchObject({ optedOut: false });
  });

  it("pass over no value of a name that came several times, in whichever order", () => {
    const several = (name: string, ...values: string[]) =>
      readSignals({
        secGpc: null,
        cookie: (asked) => (asked === name ? values[0] : undefined),
        all: (asked) => (asked === name ? values : []),
      });
    const [fine, out] = ["DBABLA~BVQqAAAACg", "DBABRg~BFkAABA"];
    for (const values of [
      [fine, out],
      [out, fine],
    ])
      expect(several("__gpp", ...values).gpp).toMatchObject({ optedOut: true });
    expect(several("__gpp", fine, fine).gpp).toMatchObject({ optedOut: false });
    for (const values of [
      ["1YNN", "1YYN"],
      ["1YYN", "1YNN"],
    ])
      expect(several("usprivacy", ...values).usp).toEqual({ state: "read", optedOut: true });
    const said = (lastUpdated: number): string => writeTcf({ ...TCF_PARTS, lastUpdated });
    const [older, newer] = [said(1_600_000_000_000), said(1_700_000_000_000)];
    for (const values of [
      [older, newer],
      [newer, older],
    ])
      expect(several("euconsent-v2", ...values).tcf).toEqual(readTcf(newer));
    expect(several("euconsent-v2", newer, "z").tcf.state).toBe("unreadable");
    expect(several("usprivacy", ...Array<string>(9).fill("1YNN")).usp.state).toBe("unreadable");
    expect(several("klaro", '{"matomo":true}', '{"matomo":false}').cmp).toMatchObject({
      categories: { matomo: false },
    });
    const optanon = Array<string>(9).fill("groups=C0002:0");
    expect(several("OptanonConsent", ...optanon).cmp.state).toBe("unreadable");
  });
});
