/** The whole policy as JSON, for those who would rather write it. */
import type { Policy } from "../../../domain/consent/policy.ts";
import { parseJson } from "../../../domain/intake/parse.ts";
import type { Area, FormState } from "./area.ts";
import { Lines } from "./controls.tsx";
import type { Fields, Pair } from "./fields.ts";

const NAME = "document";

function* write(policy: Policy): Generator<Pair> {
  yield [NAME, JSON.stringify(policy, null, 2)];
}

function read(fields: Fields) {
  try {
    return { document: parseJson(new TextEncoder().encode(fields.text(NAME))) as unknown };
  } catch {
    return { document: null, faults: [{ path: "", message: "is not JSON, or nested too deep" }] };
  }
}

const Form = (state: FormState) => (
  <Lines
    state={state}
    name={NAME}
    label="The policy as JSON"
    help="What it says of versions doesn't count: publishing numbers it."
    rows={30}
    code
  />
);

export const DOCUMENT: Area = {
  id: "document",
  name: "Everything as JSON",
  about: "The whole document, for experts.",
  owns: [],
  rows: [],
  write,
  read,
  place: () => NAME,
  Form,
};
