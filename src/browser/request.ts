/** Milliseconds before the first retry; each further one waits twice as long. */
const FIRST_WAIT = 500;
const RETRIES = 5;
/** Browsers allow 64 KB of bodies that outlive the page; a character takes at most three bytes. */
const KEEPALIVE_CHARACTERS = 2e4;

export const pause = (milliseconds: number): Promise<unknown> =>
  new Promise((done) => setTimeout(done, milliseconds));

/**
 * Calls the collector once. The answer; or undefined when it was refused or all attempts are used up; or, after a lost
 * connection, a 5xx or a 429, the milliseconds to wait before the same call is made again.
 */
export const attempt = async <Answer>(
  url: string,
  body: string | undefined,
  number: number,
): Promise<Answer | number | undefined> => {
  let asked = 0;
  try {
    const response = await fetch(url, {
      method: (body && "POST")!,
      // A string goes as text/plain, which needs no preflight across sub-domains.
      body: body!,
      credentials: "include",
      keepalive: (body?.length as number) < KEEPALIVE_CHARACTERS,
    });
    if (response.ok) return await response.json();
    if (response.status < 500 && response.status !== 429) return;
    asked = +response.headers.get("Retry-After")! * 1e3;
  } catch {
    // The connection was lost, or the page put something in fetch's place: the same to us.
  }
  return number < RETRIES ? asked || FIRST_WAIT * 2 ** number : undefined;
};

/** Calls the collector until there is an answer or no more hope. Never rejects. */
export const request = async <Answer>(url: string, body?: string): Promise<Answer | undefined> => {
  for (let number = 0; ; number++) {
    const answer = await attempt<Answer>(url, body, number);
    if (typeof answer !== "number") return answer;
    await pause(answer);
  }
};
