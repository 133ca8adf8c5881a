/** A request for the site: passed on, and where it opens a page, the page comes back with Usher in it. */
import type { JsonObject } from "../../domain/json.ts";
import { isBot } from "../../domain/intake/bots.ts";
import { allows } from "../../domain/consent/gate.ts";
import type { Services } from "../collect/services.ts";
import { expireVisitor, randomVisitor, visitorCookies } from "../collect/visitor.ts";
import { writeChoice } from "../cookies.ts";
import { getNext } from "../hints.ts";
import { gate, readVisit } from "../visit.ts";
import { cardOf, escapeHtml } from "./card.ts";
import { type PagePlan, rewritten } from "./page.ts";
import { isNavigation, passThrough, type SiteBehind, UNKEPT } from "./site.ts";

/** What nobody would wait for on top of the page itself. */
const PLAN_MS = 300;
const SLOT_MS = 150;

interface Plan extends PagePlan {
  cookies: string[];
  /** The page is for this visitor alone. */
  personal: boolean;
}

/** Never rejects; without Usher, or with it in trouble, the page is as the site has it. */
export async function proxied(
  request: Request,
  site: SiteBehind,
  services: () => Services,
): Promise<Response> {
  const touch = site.touch && isNavigation(request);
  const planned = touch ? within(PLAN_MS, () => planFor(request, services())) : null;
  let response: Response;
  try {
    response = await passThrough(request, site);
  } catch {
    return new Response("The site can't be reached.", { status: 502, headers: UNKEPT });
  }
  const plan = await planned;
  if (!plan || !isPage(response) || !response.body) return response;
  try {
    return touched(response, response.body, plan);
  } catch {
    return response;
  }
}

/** What `work` gives; null when it fails or takes too long. */
async function within<T>(ms: number, work: () => Promise<T>): Promise<T | null> {
  try {
    return await Promise.race([work(), scheduler.wait(ms).then(() => null)]);
  } catch {
    return null;
  }
}

/** As `/_u/consent` has it: the visitor is minted where the default or a choice already grants. */
async function planFor(request: Request, services: Services): Promise<Plan> {
  const visit = await readVisit(request, services);
  const result = gate(visit, services.now);
  const { config } = services;
  const cookies: string[] = [];
  const isLooking =
    isBot(request.headers.get("user-agent") ?? "") ||
    (request.headers.get("sec-purpose") ?? "").includes("prefetch");
  if (!isLooking) {
    if (visit.gpcIsNew && visit.choice)
      cookies.push(await writeChoice(config.cookieKeys, visit.names, visit.choice));
    if (!allows(visit.policy, result, "id-cookie")) cookies.push(...expireVisitor(visit));
    else if (!visit.cookie) {
      const visitor = randomVisitor();
      cookies.push(...(await visitorCookies(visit, services, { visitor, home: visitor })));
    }
  }
  const mayFill = !isLooking && visit.cookie !== null && allows(visit.policy, result, "hints");
  const key = escapeHtml(config.writeKey);
  return {
    cookies,
    personal: mayFill || cookies.length > 0,
    tag: `<script async src="/_u/usher.js" data-write-key="${key}"></script>`,
    fill: mayFill
      ? (slot, words) =>
          within(SLOT_MS, async () => {
            const asked = new URL(`/_u/next?slot=${encodeURIComponent(slot)}`, request.url);
            const answer = await getNext(new Request(asked, request), services);
            return cardOf((await answer.json()) as JsonObject, request.url, words);
          })
      : null,
  };
}

const CODINGS: ReadonlySet<string> = new Set(["", "identity", "gzip", "br"]);

/** HTML as a whole, in an encoding and a coding that can be read on the way. */
function isPage(response: Response): boolean {
  const { headers, status } = response;
  const type = headers.get("content-type") ?? "";
  return (
    (status === 200 || status >= 400) &&
    /^text\/html\s*(?:;|$)/i.test(type) &&
    !/charset\s*=\s*"?utf-(?:16|32)/i.test(type) &&
    !/^attachment/i.test(headers.get("content-disposition") ?? "") &&
    CODINGS.has(headers.get("content-encoding")?.trim().toLowerCase() ?? "")
  );
}

/** What says something of the bytes that came, and would be wrong of those that go. */
const OF_BYTES = [
  "content-length",
  "content-md5",
  "digest",
  "etag",
  "last-modified",
  "accept-ranges",
];
const OF_SHARED_CACHES = ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control"];

function touched(response: Response, body: ReadableStream<Uint8Array>, plan: Plan): Response {
  const headers = new Headers(response.headers);
  for (const name of OF_BYTES) headers.delete(name);
  if (plan.personal) {
    for (const name of [...OF_SHARED_CACHES, "expires", "age"]) headers.delete(name);
    headers.set("cache-control", "private, no-store");
  }
  for (const cookie of plan.cookies) headers.append("set-cookie", cookie);
  const tag = withNonce(plan.tag, headers.get("content-security-policy"));
  return new Response(rewritten(body, { ...plan, tag }), {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

/** A page that allows scripts by a nonce allows this one, which comes from the site's own front door. */
function withNonce(tag: string, policy: string | null): string {
  const nonce = /'nonce-([\w+/=-]{1,200})'/.exec(policy ?? "")?.[1];
  return nonce === undefined ? tag : tag.replace("<script ", `<script nonce="${nonce}" `);
}
