import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { decide, grantedPurposes } from "../../src/domain/consent/gate.ts";
import { readContextConsent } from "../../src/domain/consent/signals/cmp.ts";
import { readSignals } from "../../src/domain/consent/signals/read.ts";
import { NONE, type CmpReading, type Signals } from "../../src/domain/consent/signals/types.ts";
import { BOMBS, GRANTS_ALL, hostile } from "./hostile.ts";

const NOW = Date.UTC(2026, 10, 22);
const SLOTS = [
  "euconsent-v2",
  "__gpp",
  "IABGPP_HDR_GppString",
  "usprivacy",
  "OptanonConsent",
  "CookieConsent",
  "klaro",
  "cc_cookie",
];

function granted(region: string, signals: Signals, carried: CmpReading = NONE): string[] {
  const subject = { child: false, erased: false };
  return grantedPurposes(
    decide({
      policy: DEFAULT_POLICY,
      region,
      browser: true,
      signals,
      choice: null,
      carried,
      subject,
      now: NOW,
    }),
  );
}

/** The string as every cookie, as the header and as consent in a body, each alone. */
function everywhere(text: string): [slot: string, signals: Signals, carried: CmpReading][] {
  const alone = (slot: string) => ({
    cookie: (name: string) => (name === slot || name === "OptanonAlertBoxClosed" ? text : null),
  });
  const none = readSignals({ secGpc: null, cookie: () => null });
  return [
    ...SLOTS.map(
      (slot) =>
        [slot, readSignals({ secGpc: null, ...alone(slot) }), NONE] as [
          string,
          Signals,
          CmpReading,
        ],
    ),
    ["Sec-GPC", readSignals({ secGpc: text, cookie: () => null }), NONE],
    ["context.consent", none, readContextConsent({ consent: text })],
    ["categoryPreferences", none, readContextConsent({ consent: { categoryPreferences: text } })],
    [
      "allowedConsentIds",
      none,
      readContextConsent({ consentManagement: { allowedConsentIds: text } }),
    ],
  ];
}

describe("10,000 hostile strings", () => {
  const strings = hostile(10_000, 20261122);

  it("are cut from bait that really would grant", () => {
    const signals = readSignals({
      secGpc: null,
      cookie: (name) => (name === "euconsent-v2" ? GRANTS_ALL : null),
    });
    expect(granted("DE", signals)).toEqual([
      "necessary",
      "measurement",
      "personalization",
      "advertising",
    ]);
  });

  it("grant nothing where the law asks first, wherever they stand", () => {
    const grants = strings.flatMap(({ kind, text }) =>
      everywhere(text)
        .filter(([, signals, carried]) => granted("DE", signals, carried).length > 1)
        .map(([slot]) => `${slot}: ${kind}: ${text.slice(0, 200)}`),
    );
    expect(grants).toEqual([]);
  });

  it("grant nothing more than silence does where the law lets visitors opt out", () => {
    const silence = granted("JP", readSignals({ secGpc: null, cookie: () => null }));
    const grants = strings.flatMap(({ kind, text }) =>
      everywhere(text)
        .filter(([, signals, carried]) =>
          granted("JP", signals, carried).some((purpose) => !silence.includes(purpose)),
        )
        .map(([slot]) => `${slot}: ${kind}: ${text.slice(0, 200)}`),
    );
    expect(grants).toEqual([]);
  });

  it.each(BOMBS.map(({ kind, text }) => [kind, text]))(
    "%s is unreadable as a TC and as a GPP string",
    (_kind, text) => {
      const signals = readSignals({
        secGpc: null,
        cookie: (name) => (name === "euconsent-v2" || name === "__gpp" ? text : null),
      });
      expect([signals.tcf.state, signals.gpp.state]).toEqual(["unreadable", "unreadable"]);
    },
  );
});
