/** Signing in to the console of the running Worker, as tests do it. */
import { Browser, ORIGIN, type Said } from "../../support/site.ts";

export class Console extends Browser {
  constructor(headers: Record<string, string> = {}) {
    super({ "sec-fetch-site": "same-origin", ...headers });
  }

  signIn(token: string, to = "/_u/console/people"): Promise<Said> {
    return this.form("/_u/console/sign-in", { token, to });
  }

  form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return this.call(path, new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    });
  }

  /** What every form of this session has to carry. */
  async formToken(): Promise<string> {
    const { body } = await this.call("/_u/console/people");
    return /name="form" value="([\w-]+)"/.exec(String(body["text"]))?.[1] ?? "";
  }

  get session(): string {
    return this.jar.get("usher-session") ?? "";
  }
}

export async function signedIn(
  token: string,
  headers: Record<string, string> = {},
): Promise<Console> {
  const browser = new Console(headers);
  await browser.signIn(token);
  return browser;
}

export const pageOf = ({ body }: Said): string => String(body["text"]);
export { ORIGIN };
