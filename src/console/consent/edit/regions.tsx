/** Where which rule holds, and what it means before a visitor has said anything. */
import type { Policy, PolicyFault } from "../../../domain/consent/policy.ts";
import { REGIMES, type Regime } from "../../../domain/consent/purposes.ts";
import { placesWords } from "../places.ts";
import { labelOf } from "../../../domain/consent/notice.ts";
import { optional, REGIME_NAMES, regionsUnder } from "../words.ts";
import type { Area, FormState } from "./area.ts";
import { Lines, Checks, Choose } from "./controls.tsx";
import type { Fields, Pair } from "./fields.ts";

const regionsName = (regime: Regime): string => `regions.${regime}`;
const defaultsName = (regime: Regime): string => `defaults.${regime}`;

const ABOUT: Readonly<Record<Regime, string>> = {
  "opt-in": "Nothing that can be refused happens before a yes. Unknown places are always here.",
  "opt-out": "What is ticked begins at once and ends with a no, or with Global Privacy Control.",
  notice: "What is ticked begins at once; the visitor is told and can refuse.",
};

function* write(policy: Policy): Generator<Pair> {
  yield ["regimes.elsewhere", policy.regimes.elsewhere];
  for (const regime of REGIMES) {
    const codes = regionsUnder(policy, regime).filter((code) => code !== "unknown");
    yield [regionsName(regime), codes.join(", ")];
    for (const { id } of optional(policy))
      if (policy.defaults[regime][id] === true) yield [defaultsName(regime), id];
  }
}

function read(fields: Fields, policy: Policy) {
  const faults: PolicyFault[] = [];
  const regions: Record<string, string> = {};
  if (policy.regimes.regions["unknown"] !== undefined) regions["unknown"] = "opt-in";
  for (const regime of REGIMES)
    for (const item of fields.items(regionsName(regime))) {
      const code = item.toUpperCase();
      if (Object.hasOwn(regions, code))
        faults.push({ path: `regimes.regions.${code}`, message: "stands twice" });
      regions[code] = regime;
    }
  const defaults = Object.fromEntries(
    REGIMES.map((regime) => {
      const ticked = fields.all(defaultsName(regime));
      // What isn't said and what is said to be no are the same: neither becomes the other.
      const flags = policy.purposes.flatMap(({ id, required }) => {
        const known = policy.defaults[regime][id];
        const flag = required ? known : ticked.includes(id);
        return flag === undefined || (known === undefined && !flag) ? [] : [[id, flag] as const];
      });
      return [regime, Object.fromEntries(flags)];
    }),
  );
  const regimes = { regions, elsewhere: fields.text("regimes.elsewhere") };
  return { document: { ...policy, regimes, defaults }, faults };
}

/** A region's fault is mended in the list that has it. */
function place(path: string, fields: Fields): string {
  const code = /^regimes\.regions\.(.+)$/.exec(path)?.[1];
  if (code !== undefined) {
    const has = REGIMES.findLast((regime) =>
      fields.items(regionsName(regime)).some((item) => item.toUpperCase() === code),
    );
    return regionsName(has ?? "opt-in");
  }
  return /^defaults\.[^.]+/.exec(path)?.[0] ?? path;
}

const Form = (state: FormState) => (
  <>
    {REGIMES.map((regime) => (
      <fieldset class="card row">
        <legend>{REGIME_NAMES[regime]}</legend>
        <p class="soft">{ABOUT[regime]}</p>
        <Lines
          state={state}
          name={regionsName(regime)}
          label={`Regions under “${REGIME_NAMES[regime].toLowerCase()}”`}
          help={
            <>
              Codes like <code>DE</code> or <code>US-CA</code>, with commas between.
              {understood(state.fields, regime)}
            </>
          }
        />
        {regime !== "opt-in" && (
          <Checks
            state={state}
            name={defaultsName(regime)}
            label="May begin before the visitor says anything"
            options={optional(state.policy).map(({ id }) => [id, labelOf(state.policy, id)])}
          />
        )}
      </fieldset>
    ))}
    <Choose
      state={state}
      name="regimes.elsewhere"
      label="Everywhere else"
      options={REGIMES.map((regime) => [regime, REGIME_NAMES[regime]])}
    />
  </>
);

function understood(fields: Fields, regime: Regime): string {
  const codes = fields.items(regionsName(regime)).map((code) => code.toUpperCase());
  return codes.length === 0 ? "" : ` Now: ${placesWords(codes, 50)}.`;
}

export const REGIONS: Area = {
  id: "regions",
  name: "Regions",
  about: "Which rule holds where, and what may begin before a visitor says anything.",
  owns: ["regimes", "defaults"],
  rows: [],
  write,
  read,
  place,
  Form,
};
