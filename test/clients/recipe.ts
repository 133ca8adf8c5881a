import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { WRITE_KEY } from "./stage.ts";

/** The code of a recipe, as it stands in the documentation. */
export async function codeOf(name: string): Promise<string> {
  const file = fileURLToPath(new URL(`../../docs/recipes/${name}.md`, import.meta.url));
  const code = /```js\n([\s\S]*?)```/.exec(await readFile(file, "utf8"))?.[1];
  if (!code) throw new Error(`${name} has no code`);
  return code.replace("YOUR-PUBLIC-KEY", WRITE_KEY);
}
