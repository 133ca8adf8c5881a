/** The console's design system. One file a layer: what everything is measured in, the page around, and the parts. */
import { CHARTS } from "./style/charts.ts";
import { CONSENT } from "./style/consent.ts";
import { FORMS } from "./style/forms.ts";
import { FRAME } from "./style/frame.ts";
import { HINTS } from "./style/hints.ts";
import { PARTS } from "./style/parts.ts";
import { PERSON } from "./style/person.ts";
import { PRINT } from "./style/print.ts";
import { RULES } from "./style/rules.ts";
import { SETUP } from "./style/setup.ts";
import { SUGGESTIONS } from "./style/suggestions.ts";
import { TABLES } from "./style/tables.ts";
import { TOKENS } from "./style/tokens.ts";

/** Print comes last: it overrides. */
export const STYLE = [
  TOKENS,
  FRAME,
  FORMS,
  TABLES,
  PARTS,
  CHARTS,
  CONSENT,
  HINTS,
  SETUP,
  SUGGESTIONS,
  PERSON,
  RULES,
  PRINT,
].join("");
