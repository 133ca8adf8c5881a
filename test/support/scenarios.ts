/** The reference scenarios of identity, which lie beside the project and not in it. Runs in Node, for workerd to read. */
import { existsSync, readFileSync } from "node:fs";

const FILE = new URL("../../../shared/data/merge-scenarios.json", import.meta.url);

/** The file's text, or empty where it isn't there. */
export const mergeScenarios = (): string => (existsSync(FILE) ? readFileSync(FILE, "utf8") : "");
