/** A page of the console with fixed data: what the storybook serves, photographs and holds to its rules. */
import type { VNode } from "preact";
import type { Role } from "../../src/http/auth.ts";

export interface Story {
  /** File name of its picture and its address in the storybook, unique: `person-two-devices`. */
  readonly name: string;
  /** Where the page lives in the console; marks its place in the menu. */
  readonly path: string;
  readonly title: string;
  /** Null: nobody is signed in. */
  readonly role: Role | null;
  /** What the page shows inside the frame, as its loader would hand it on. */
  readonly body: VNode;
}
