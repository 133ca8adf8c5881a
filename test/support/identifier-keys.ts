/** The Worker's own names for identifiers, as the tests' key makes them. */
import { createIdentifierKeys } from "../../src/keys/identifiers.ts";
import { testBindings } from "./bindings.ts";

export const identifierKeys = createIdentifierKeys(
  Uint8Array.from(atob(testBindings.IDENTIFIER_KEY), (char) => char.charCodeAt(0)),
);
