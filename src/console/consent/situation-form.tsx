/** The form a visitor is described with; sent by GET. */
import type { Policy } from "../../domain/consent/policy.ts";
import { REGIMES } from "../../domain/consent/purposes.ts";
import { Field } from "../field.tsx";
import { SIMULATOR } from "./nav.tsx";
import { choiceName, type Described } from "./situation.ts";
import { labelOf } from "../../domain/consent/notice.ts";
import { optional, REGIME_NAMES } from "./words.ts";

interface Props {
  described: Described;
  policy: Policy;
  hasDraft: boolean;
}

export const SituationForm = ({ described, policy, hasDraft }: Props) => (
  <form method="get" action={SIMULATOR} class="card">
    <Line
      described={described}
      name="region"
      label="Region"
      help="Germany, Hamburg, California, DE, US-CA, …; empty: unknown"
    />
    <Tick described={described} name="gpc" label="The browser sends Global Privacy Control" />
    <Line described={described} name="tcf" label="TCF string (cookie euconsent-v2)" />
    <Line described={described} name="gpp" label="GPP string" />
    <Line described={described} name="usp" label="US Privacy string" help="Like 1YNN or 1YYN" />
    <Tick described={described} name="child" label="A known child" />
    <fieldset>
      <legend>Answered before, here</legend>
      <div class="fields">
        {optional(policy).map(({ id }) => (
          <Pick
            described={described}
            name={choiceName(id)}
            label={labelOf(policy, id)}
            options={[
              ["", "didn't say"],
              ["granted", "said yes"],
              ["refused", "said no"],
              ["withdrawn", "took a yes back"],
            ]}
          />
        ))}
      </div>
      <details open={described.text("ago") !== "" || described.text("version") !== ""}>
        <summary>When and under what</summary>
        <div class="fields">
          <Line described={described} name="ago" label="Days ago" />
          <Line
            described={described}
            name="version"
            label="Under version"
            help={`Empty: ${policy.version}`}
          />
          <Pick
            described={described}
            name="regime"
            label="The rule there was"
            options={[
              ["", "as there now"],
              ...REGIMES.map((regime) => [regime, REGIME_NAMES[regime]] as const),
            ]}
          />
        </div>
        <Tick described={described} name="override" label="Agreed although told that GPC says no" />
        <Tick described={described} name="gpcBefore" label="Sent GPC before" />
      </details>
    </fieldset>
    <details
      open={["cookies", "context", "caller", "erased"].some((name) => described.text(name) !== "")}
    >
      <summary>The site's own tool, servers, erased people</summary>
      <div class="stack">
        <Field
          name="cookies"
          label="Other cookies"
          help="One a line, name=value: OptanonConsent, CookieConsent and the like."
        >
          {(wired) => (
            <textarea {...wired} class="low code" rows={3}>
              {described.text("cookies")}
            </textarea>
          )}
        </Field>
        <Field
          name="context"
          label="Consent carried by the call"
          help={
            <>
              The event's context, like{" "}
              <code>{'{"consent":{"categoryPreferences":{"Analytics":true}}}'}</code>
            </>
          }
        >
          {(wired) => (
            <textarea {...wired} class="low code" rows={3}>
              {described.text("context")}
            </textarea>
          )}
        </Field>
        <Pick
          described={described}
          name="caller"
          label="Who calls"
          options={[
            ["", "a browser"],
            ["server", "a server, a mail or an import"],
          ]}
        />
        <Tick described={described} name="erased" label="Was erased" />
      </div>
    </details>
    {hasDraft && (
      <Pick
        described={described}
        name="against"
        label="Decide by"
        options={[
          ["", "the policy in force"],
          ["draft", "the draft"],
        ]}
      />
    )}
    <div class="actions">
      <button type="submit">Decide</button>
      <a href={SIMULATOR}>Begin anew</a>
    </div>
  </form>
);

interface Control {
  described: Described;
  name: string;
  label: string;
  help?: string;
}

const Line = ({ described, name, label, help }: Control) => (
  <Field name={name} label={label} {...(help === undefined ? {} : { help })}>
    {(wired) => (
      <input {...wired} value={described.text(name)} autocomplete="off" spellcheck={false} />
    )}
  </Field>
);

const Tick = ({ described, name, label }: Control) => (
  <label class="check" for={name}>
    <input type="checkbox" id={name} name={name} value="1" checked={described.text(name) !== ""} />
    {label}
  </label>
);

const Pick = ({
  described,
  name,
  label,
  options,
}: Control & { options: readonly (readonly [string, string])[] }) => (
  <Field name={name} label={label}>
    {(wired) => (
      <select {...wired}>
        {options.map(([value, words]) => (
          <option value={value} selected={value === described.text(name)}>
            {words}
          </option>
        ))}
      </select>
    )}
  </Field>
);
