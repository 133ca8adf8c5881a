/** `.dev.vars`: the settings and secrets of the local Worker. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";

const secret = (bytes: number): string => randomBytes(bytes).toString("base64");
const token = (role: string): string => `${role}-${randomBytes(12).toString("hex")}`;

const wanted = (site: string): Record<string, () => string> => ({
  USHER_ENV: () => "development",
  WRITE_KEY: () => "saltmere-public",
  SITE_ORIGINS: () => site,
  SITE_NAME: () => "Saltmere Rovers",
  COOKIE_KEYS: () => `c1:${secret(32)}`,
  TOKEN_KEYS: () => `t1:${secret(32)}`,
  IDENTIFIER_KEY: () => secret(32),
  SERVER_KEY: () => token("server"),
  OWNER_TOKEN: () => token("owner"),
  OFFICER_TOKEN: () => token("officer"),
  MARKETER_TOKEN: () => token("marketer"),
});

const LINE = /^\s*([A-Z_]+)\s*=\s*(.*?)\s*$/;
/** Whole, in quotes or without; what follows on a closing quote is a comment. */
const VALUE = /^(?:"([^"]+)"|'([^']+)'|([^"'\s].*?))\s*(?:#.*)?$/;

/**
 * What the local Worker needs, made where it is missing; what is there stays as it is. The file is replaced as a whole, so that
 * whoever is cut off leaves none that is half written.
 * @param site the address that the Worker will be served at
 * @throws Error with a sentence that says what to do, where a line that is needed has no value, or half of one
 */
export function devVars(file: string, site: string): Map<string, string> {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const needed = wanted(site);
  const vars = new Map<string, string>();
  for (const [at, line] of text.split("\n").entries()) {
    const [, name, written = ""] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const [, ...values] = VALUE.exec(written) ?? [];
    const value = values.find((each) => each !== undefined);
    if (value !== undefined) vars.set(name, value);
    else if (needed[name])
      throw new Error(
        `${file}, line ${at + 1}: ${name} is empty or cut off. Put its value there, or delete the line: then a new one is made, with which nothing that was made with the old one can be read.`,
      );
  }
  const missing = Object.entries(needed).filter(([name]) => !vars.has(name));
  for (const [name, make] of missing) vars.set(name, make());
  if (missing.length === 0) return vars;
  const lines = missing.map(([name]) => `${name}="${vars.get(name)}"\n`).join("");
  const whole = `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${lines}`;
  const place = existsSync(file) ? realpathSync(file) : file;
  const beside = `${place}.new`;
  writeFileSync(beside, whole, { mode: 0o600 });
  renameSync(beside, place);
  return vars;
}
