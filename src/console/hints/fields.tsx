/** The editor's fields, in the groups they are thought of. */
import { CHANNELS, PERSONAS } from "../../domain/action/catalogue.ts";
import { ASSURANCES } from "../../domain/identity/claims.ts";
import { STAGE_NAMES, STAGES } from "../../domain/person/stage.ts";
import { Field } from "../field.tsx";
import { ASSURANCE_WORDS } from "../words.ts";
import { type Draft, LABELS, type TextName } from "./draft.ts";
import { CHANNEL_WORDS } from "./words.ts";

export interface FieldsProps {
  draft: Draft;
}

interface Line {
  name: TextName;
  help?: string;
}

const Text = ({
  draft,
  name,
  help,
  long = false,
  number = false,
}: FieldsProps & Line & { long?: boolean; number?: boolean }) => (
  <Field name={name} label={LABELS[name]} help={help}>
    {(wired) =>
      long ? (
        <textarea {...wired} rows={3}>
          {draft.texts[name]}
        </textarea>
      ) : (
        <input
          {...wired}
          value={draft.texts[name]}
          autocomplete="off"
          {...(number ? { inputmode: "decimal" as const } : {})}
        />
      )
    }
  </Field>
);

/** A day, or a time on it. */
const When = ({ draft, name, help }: FieldsProps & Line) => (
  <Field name={name} label={LABELS[name]} help={help}>
    {(wired) => (
      <input {...wired} type={name.endsWith("Time") ? "time" : "date"} value={draft.texts[name]} />
    )}
  </Field>
);

const Choice = ({
  draft,
  name,
  help,
  options,
}: FieldsProps & Line & { options: readonly (readonly [string, string])[] }) => (
  <Field name={name} label={LABELS[name]} help={help}>
    {(wired) => (
      <select {...wired}>
        {options.map(([value, words]) => (
          <option value={value} selected={draft.texts[name] === value}>
            {words}
          </option>
        ))}
      </select>
    )}
  </Field>
);

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

export const ContentFields = ({ named, ...props }: FieldsProps & { named: boolean }) => (
  <>
    <div class="fields">
      <Text {...props} name="label" help="What the button says, and what lists call it" />
      {named ? (
        <input type="hidden" name="id" value={props.draft.texts.id} />
      ) : (
        <Text {...props} name="id" help="Empty: made of the label. It never changes." />
      )}
    </div>
    <Text {...props} name="title" help="{topic} stands for the topic somebody reads most" />
    <Text {...props} name="text" long />
    <div class="fields">
      <Text {...props} name="href" help="/path of the site, or https://" />
      <Text {...props} name="image" help="Empty: none" />
    </div>
    <div class="fields">
      <Choice
        {...props}
        name="channel"
        options={CHANNELS.map((each) => [each, capital(CHANNEL_WORDS[each])])}
      />
      <Text {...props} name="slots" help="On the site. Empty: any" />
    </div>
  </>
);

export const PeopleFields = ({
  purposes,
  ...props
}: FieldsProps & { purposes: readonly { id: string; label: string }[] }) => (
  <>
    <div class="fields">
      <Choice {...props} name="stage" options={STAGES.map((each) => [each, STAGE_NAMES[each]])} />
      <Choice
        {...props}
        name="assurance"
        options={[
          ["", "none needed"],
          ...ASSURANCES.map((each): [string, string] => [
            each,
            `${each}: ${ASSURANCE_WORDS[each]}`,
          ]),
        ]}
      />
      <Choice
        {...props}
        name="persona"
        help="Which side of somebody's life it is for"
        options={PERSONAS.map((each) => [each, each === "any" ? "either side" : each])}
      />
    </div>
    {purposes.length > 0 && (
      <fieldset>
        <legend>What must be allowed beside suggestions</legend>
        <div class="actions">
          {purposes.map(({ id, label }) => (
            <label class="check">
              <input
                type="checkbox"
                name="purposes"
                value={id}
                checked={props.draft.purposes.includes(id)}
              />{" "}
              {label}
            </label>
          ))}
        </div>
      </fieldset>
    )}
  </>
);

export const TimeFields = (props: FieldsProps) => (
  <>
    <div class="fields">
      <When {...props} name="start" help="Empty: at once" />
      <When {...props} name="startTime" help="UTC. Empty: as the day begins" />
      <When {...props} name="end" help="Empty: never" />
      <When {...props} name="endTime" help="UTC. Empty: the day is still in" />
    </div>
    <div class="fields">
      <Text {...props} name="cap" number />
      <Text {...props} name="coolDownHours" number />
      <Text {...props} name="windowHours" help="Shown and not acted on is a no" number />
    </div>
    <label class="check">
      <input type="checkbox" name="enabled" checked={props.draft.enabled} /> Switched on
    </label>
  </>
);

export const WorthFields = (props: FieldsProps) => (
  <>
    <div class="fields">
      <Text {...props} name="value" help="In your own units" number />
      <Text {...props} name="lever" help="1 is neutral; 2 counts twice" number />
      <Text {...props} name="prior" help="Used until enough is learned" number />
    </div>
    <div class="fields">
      <Text {...props} name="success" help="Such as Order Completed. Empty: a click counts" />
      <Text
        {...props}
        name="holdOut"
        help="0 to 50 of visitors never see it: the lift is measured by them"
        number
      />
    </div>
  </>
);
