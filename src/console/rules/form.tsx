/** All fields of the identity rules. */
import type { ComponentChildren } from "preact";
import { AddRow, Check, Choose, Lines, Radios, Text, Whole } from "../consent/edit/controls.tsx";
import type { FormState } from "../consent/edit/area.ts";
import { COLUMNS, LABELS } from "./labels.ts";
import { DEVICE, KINDS } from "./fields.ts";
import { kindName } from "./words.ts";

type State = Pick<FormState, "fields">;

const LEAST = [
  ["asserted", "where both sides said it, be it typed"],
  ["verified", "once both sides have proven it"],
  ["never", "never"],
] as const;

const Group = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <fieldset class="card row">
    <legend>{title}</legend>
    {children}
  </fieldset>
);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const Kind = ({ state, at }: { state: State; at: number }) => {
  const name = (column: string): string => `kinds.${at}.${column}`;
  const kind = state.fields.text(name("kind"));
  const isFixed = KINDS.some((each) => each === kind);
  const title = kind === "" ? "Another kind" : capital(kindName(kind));
  return (
    <fieldset class="kind" aria-describedby={`kinds.${at}.about`}>
      <legend>
        {title}
        {kind !== "" && (
          <>
            {" "}
            <code id={`kinds.${at}.about`}>{kind}</code>
          </>
        )}
      </legend>
      {isFixed ? (
        <input type="hidden" name={name("kind")} value={kind} />
      ) : (
        <Text state={state} name={name("kind")} label={`${COLUMNS.kind}, like social:google`} />
      )}
      <Whole state={state} name={name("most")} label={COLUMNS.most} />
      {kind !== DEVICE && (
        <Choose
          state={state}
          name={name("least")}
          label={COLUMNS.least}
          options={[["", "as every other kind"], ...LEAST]}
        />
      )}
      <Check state={state} name={name("unique")} label={COLUMNS.unique} />
      {!isFixed && (
        <button class="quiet" type="submit" name="do" value={`remove:kinds.${at}`}>
          Remove {title.toLowerCase()}
        </button>
      )}
    </fieldset>
  );
};

export const RulesForm = ({ state }: { state: State }) => (
  <>
    <Group title="Identifiers">
      <p class="soft">
        Where “{COLUMNS.most.toLowerCase()}” is left empty, what is set for every other kind holds.
        Where a person has one, a second on the same device starts a new visitor.
      </p>
      <div class="kinds">
        {state.fields.rows("kinds").map((at) => (
          <Kind state={state} at={at} />
        ))}
      </div>
      <AddRow list="kinds">Add a kind</AddRow>
      <div class="fields">
        <Whole state={state} name="limits.default" label={LABELS["limits.default"]} />
        <Choose
          state={state}
          name="leastAssurance.default"
          label={LABELS["leastAssurance.default"]}
          options={LEAST}
        />
      </div>
      <Lines
        state={state}
        name="priority"
        label={LABELS.priority}
        help="Who says identifiers of people who can't be one goes with the first. What isn't named comes last."
        rows={6}
      />
    </Group>
    <Group title="Crowds and shared devices">
      <div class="fields">
        <Whole state={state} name="flood.visitors" label={LABELS["flood.visitors"]} />
        <Whole state={state} name="flood.hours" label={LABELS["flood.hours"]} />
        <Whole
          state={state}
          name="flood.proven"
          label={LABELS["flood.proven"]}
          help="Left empty: twice as many as above."
        />
        <Whole
          state={state}
          name="maxVisitorsPerIdentifier"
          label={LABELS.maxVisitorsPerIdentifier}
          help="However slowly they come. Those who prove it go on, until they are as many."
        />
      </div>
      <div class="fields">
        <Whole
          state={state}
          name="devices.sharedFrom"
          label={LABELS["devices.sharedFrom"]}
          help="One more where they only said it. What is typed on a shared device joins nobody."
        />
        <Whole
          state={state}
          name="devices.kioskFrom"
          label={LABELS["devices.kioskFrom"]}
          help="Whoever signs in at a kiosk starts anew."
        />
      </div>
    </Group>
    <Group title="Values that name nobody">
      <p class="soft">
        Placeholders such as <code>undefined</code> and <code>null</code> are known without this. A
        kind in front, as in <code>user_id:web-*</code>, means that kind alone.
      </p>
      <Lines state={state} name="blocked.values" label={LABELS["blocked.values"]} />
      <Lines
        state={state}
        name="blocked.patterns"
        label={LABELS["blocked.patterns"]}
        help="A star stands for anything: email:*@shop.example."
      />
      <Lines
        state={state}
        name="blocked.allowed"
        label={LABELS["blocked.allowed"]}
        help="Not blocked, although a pattern or Usher's own list says so."
      />
    </Group>
    <Group title="Work and personal">
      <Check state={state} name="personas.apart" label={LABELS["personas.apart"]} />
      <Lines
        state={state}
        name="personas.organisations"
        label={LABELS["personas.organisations"]}
        help="Their addresses are work, also where a list takes the domain for free mail. What no list knows is work without this."
      />
      <Lines
        state={state}
        name="personas.personal"
        label={LABELS["personas.personal"]}
        help="A family's own domain, say."
      />
    </Group>
    <Group title="Signed tokens">
      <Radios
        state={state}
        name="tokens.bound"
        label={LABELS["tokens.bound"]}
        options={[
          ["named", "Those with an id of their own (jti)"],
          ["all", "All"],
        ]}
      />
      <Whole
        state={state}
        name="tokens.hours"
        label={LABELS["tokens.hours"]}
        help="Left empty: as long as the site signs them for."
      />
    </Group>
    <Group title="Phone numbers">
      <Text
        state={state}
        name="country"
        label={LABELS.country}
        help="Two letters, like DE. Left empty: nobody knows."
      />
    </Group>
    <Group title="Probable matches">
      <div class="fields">
        <Text
          state={state}
          name="probable.suggestFrom"
          label={LABELS["probable.suggestFrom"]}
          help="From 0.5 to 0.999; 0.8 is four in five."
        />
        <Text
          state={state}
          name="probable.mergeFrom"
          label={LABELS["probable.mergeFrom"]}
          help="At least 0.95. Left empty: never."
        />
      </div>
      <Radios
        state={state}
        name="probable.devices"
        label={LABELS["probable.devices"]}
        options={[
          ["off", "Off: nothing of networks is recorded"],
          ["suggest", "Ask an officer; nobody is ever joined by it without one"],
        ]}
      />
      <p class="soft">
        Before devices are compared, the policy's text of the purpose for recognition must say so.
      </p>
    </Group>
  </>
);
