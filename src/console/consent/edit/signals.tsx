/** What browsers and consent tools say, and what it counts for. */
import type { Policy } from "../../../domain/consent/policy.ts";
import { REGIMES } from "../../../domain/consent/purposes.ts";
import { labelOf } from "../../../domain/consent/notice.ts";
import { optional, REGIME_NAMES } from "../words.ts";
import type { Area, FormState } from "./area.ts";
import { Lines, Checks, Choose, Whole, Text } from "./controls.tsx";
import type { Fields, Pair } from "./fields.ts";

const OPT_OUTS = [
  ["gpc", "Global Privacy Control denies"],
  ["gpp", "An opt-out in a GPP string denies"],
  ["usp", "A US Privacy string denies"],
] as const;

const governsName = (signal: string): string => `signals.${signal}.governs`;
const tcfName = (purpose: string): string => `signals.tcf.purposes.${purpose}`;
const cmpName = (purpose: string): string => `signals.cmp.${purpose}`;

function* write({ signals, purposes }: Policy): Generator<Pair> {
  for (const [signal] of OPT_OUTS)
    for (const id of signals[signal].governs) yield [governsName(signal), id];
  for (const [id, numbers] of Object.entries(signals.tcf.purposes))
    yield [tcfName(id), numbers.join(", ")];
  for (const regime of signals.tcf.regimes) yield ["signals.tcf.regimes", regime];
  yield ["signals.tcf.leastPolicyVersion", String(signals.tcf.leastPolicyVersion)];
  yield ["signals.tcf.maxAgeMonths", String(signals.tcf.maxAgeMonths)];
  yield ["signals.tcf.disclosedVendors", signals.tcf.disclosedVendors];
  for (const { id } of purposes) {
    const named = Object.keys(signals.cmp.categories).filter((category) =>
      signals.cmp.categories[category]?.includes(id),
    );
    yield [cmpName(id), named.join(", ")];
  }
  for (const regime of signals.cmp.regimes) yield ["signals.cmp.regimes", regime];
}

function read(fields: Fields, policy: Policy) {
  const ids = optional(policy).map(({ id }) => id);
  const governs = (signal: string) => ({
    governs: ids.filter((id) => fields.all(governsName(signal)).includes(id)),
  });
  const tcf = ids.flatMap((id) => {
    const numbers = fields.items(tcfName(id)).map((text) => (/^\d+$/.test(text) ? +text : text));
    return numbers.length > 0 ? [[id, numbers] as const] : [];
  });
  const signals = {
    gpc: governs("gpc"),
    gpp: governs("gpp"),
    usp: governs("usp"),
    tcf: {
      purposes: Object.fromEntries(tcf),
      regimes: fields.all("signals.tcf.regimes"),
      leastPolicyVersion: fields.number("signals.tcf.leastPolicyVersion"),
      maxAgeMonths: fields.number("signals.tcf.maxAgeMonths"),
      disclosedVendors: fields.text("signals.tcf.disclosedVendors"),
    },
    cmp: {
      categories: categories(fields, policy, ids),
      regimes: fields.all("signals.cmp.regimes"),
    },
  };
  return { document: { ...policy, signals } };
}

/** In the order they had, new ones last. */
function categories(fields: Fields, policy: Policy, ids: readonly string[]) {
  const said = new Map<string, string[]>(
    Object.keys(policy.signals.cmp.categories).map((name) => [name, []]),
  );
  for (const id of ids)
    for (const item of fields.items(cmpName(id))) {
      const name = item.toLowerCase();
      said.set(name, [...(said.get(name) ?? []), id]);
    }
  return Object.fromEntries([...said].filter(([, purposes]) => purposes.length > 0));
}

function place(path: string, fields: Fields): string {
  const tcf = /^signals\.tcf\.purposes\.([^.]+)/.exec(path)?.[0];
  if (tcf !== undefined) return tcf;
  const category = /^signals\.cmp\.categories\.([^.]+)/.exec(path)?.[1];
  if (category === undefined) return /^signals\.\w+\.(governs|regimes)/.exec(path)?.[0] ?? path;
  const prefix = "signals.cmp.";
  const has = fields.names(prefix).find((name) => fields.items(name).includes(category));
  return has ?? `${prefix}regimes`;
}

const regimes = REGIMES.map((regime) => [regime, REGIME_NAMES[regime]] as const);

const Form = (state: FormState) => {
  const { policy } = state;
  const purposes = optional(policy);
  const options = purposes.map(({ id }) => [id, labelOf(policy, id)] as const);
  return (
    <>
      <fieldset class="card row">
        <legend>Signals that say no</legend>
        <p class="soft">
          They hold everywhere and beat an earlier yes. One that can't be read counts as a no.
        </p>
        {OPT_OUTS.map(([signal, label]) => (
          <Checks state={state} name={governsName(signal)} label={label} options={options} />
        ))}
      </fieldset>
      <fieldset class="card row">
        <legend>IAB TCF strings</legend>
        {purposes.map(({ id }) => (
          <Text
            state={state}
            name={tcfName(id)}
            label={`${labelOf(policy, id)}: TCF purposes that must all be consented to`}
          />
        ))}
        <p class="soft">
          Numbers from 1 to 24 with commas between; none means TCF doesn't answer for it.
        </p>
        <Checks
          state={state}
          name="signals.tcf.regimes"
          label="May grant where the rule is"
          options={regimes}
        />
        <div class="fields">
          <Whole
            state={state}
            name="signals.tcf.maxAgeMonths"
            label="Good for (months, at most 13)"
          />
          <Whole
            state={state}
            name="signals.tcf.leastPolicyVersion"
            label="Least TCF policy version"
          />
          <Choose
            state={state}
            name="signals.tcf.disclosedVendors"
            label="Segment of disclosed vendors"
            options={[
              ["required", "Required"],
              ["required-since-2026-02-28", "Required since 28 February 2026"],
              ["optional", "Optional"],
            ]}
          />
        </div>
      </fieldset>
      <fieldset class="card row">
        <legend>The site's own consent tool</legend>
        {purposes.map(({ id }) => (
          <Lines
            state={state}
            name={cmpName(id)}
            rows={2}
            label={`${labelOf(policy, id)}: the tool's categories`}
          />
        ))}
        <p class="soft">
          Names as the tool sends them, with commas between. Every named category must be a yes.
        </p>
        <Checks
          state={state}
          name="signals.cmp.regimes"
          label="May grant where the rule is"
          options={regimes}
        />
      </fieldset>
    </>
  );
};

export const SIGNALS: Area = {
  id: "signals",
  name: "Signals",
  about: "Global Privacy Control, GPP, US Privacy, TCF and the site's own consent tool.",
  owns: ["signals"],
  rows: [],
  write,
  read,
  place,
  Form,
};
