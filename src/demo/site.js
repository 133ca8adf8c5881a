/*
 * What the club's own developer wrote: it calls the public snippet and nothing else of Usher. The site works when the
 * snippet is blocked.
 */
const usher = window.usher;
const call = async (method, ...args) => usher?.[method](...args);

const MEMBER = "member";
/** The address that subscribed in this tab. */
const SUBSCRIBED = "subscribed";
const member = () => JSON.parse(sessionStorage.getItem(MEMBER) ?? "null");

const say = (within, words) => {
  const place = within.querySelector(".said");
  if (place) place.textContent = words;
};

const showMember = () => {
  const { name } = member() ?? {};
  for (const each of document.querySelectorAll("[data-account]"))
    each.textContent = name ?? "Sign in";
  for (const each of document.querySelectorAll("[data-member-name]")) each.textContent = name ?? "";
  for (const each of document.querySelectorAll("[data-signed-in]")) each.hidden = !name;
  for (const each of document.querySelectorAll("[data-signed-out]")) each.hidden = !!name;
};

const buy = (form, fields) => {
  const product = JSON.parse(form.dataset.order);
  const quantity = Number(fields.get("quantity") ?? 1);
  call("track", "Order Completed", {
    order_id: crypto.randomUUID(),
    revenue: product.price * quantity,
    currency: product.currency,
    category: product.category,
    products: [{ ...product, quantity }],
  });
  say(form, `Thank you! ${quantity > 1 ? `${quantity} × ` : ""}${product.name}: it’s yours.`);
};

const subscribe = (form, fields) => {
  const email = String(fields.get("email"));
  const firstName = String(fields.get("firstName") ?? "") || undefined;
  call("identify", null, { email, firstName });
  call("track", "Newsletter Subscribed", { place: form.dataset.newsletter });
  sessionStorage.setItem(SUBSCRIBED, email);
  form.reset();
  say(form, "Thank you. One click is missing: confirm your address in the letter we sent.");
};

const answerSurvey = (form, fields) => {
  call("track", "Survey Answered", {
    surveyTopic: form.dataset.survey,
    amount: fields.get("amount"),
    form: fields.get("form"),
  });
  form.reset();
  say(form, "Thank you. Somebody at the club reads every answer.");
};

/** The token is what the club's server signed; without one, Usher takes what is said as merely asserted. */
const tokenFor = async (who) => {
  try {
    const response = await fetch(`/demo/token?${new URLSearchParams(who)}`);
    return response.ok ? (await response.json()).token : undefined;
  } catch {
    return undefined;
  }
};

const signIn = async (form, fields) => {
  const id = String(fields.get("member"));
  const { name, email } = form.querySelector(`option[value="${CSS.escape(id)}"]`).dataset;
  sessionStorage.setItem(MEMBER, JSON.stringify({ id, name }));
  const token = await tokenFor({ user: id });
  call("identify", id, { name, email }, token && { token });
  call("track", "Signed In", { method: "member list" });
  showMember();
};

/** Whoever is signed in confirms as themselves. */
const confirmAddress = async (form, fields) => {
  const email = String(fields.get("email"));
  const { id } = member() ?? {};
  const token = await tokenFor(id ? { user: id, email } : { email });
  call("identify", id ?? null, { email }, token && { token });
  call("track", "Email Confirmed");
  say(form, "Confirmed. The next letter comes on Friday at noon.");
};

const signOut = async () => {
  await Promise.race([
    Promise.all([call("track", "Signed Out"), call("reset")]),
    // Whoever hasn't answered the banner yet waits for nobody.
    new Promise((done) => setTimeout(done, 1_000)),
  ]);
  sessionStorage.removeItem(MEMBER);
  showMember();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  const fields = new FormData(form);
  const act =
    (form.dataset.order && buy) ||
    (form.dataset.newsletter && subscribe) ||
    (form.dataset.survey && answerSurvey) ||
    ("confirm" in form.dataset && confirmAddress) ||
    ("signIn" in form.dataset && signIn);
  if (!act) return;
  event.preventDefault();
  act(form, fields);
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a");
  if (!target) return;
  const { dataset } = target;
  if (dataset.track) {
    call("track", dataset.track, JSON.parse(dataset.properties ?? "{}"));
    const said = document.querySelector("[data-said]");
    if (said) said.textContent = "In a real club, the store would open now.";
  }
  if ("cookieSettings" in dataset) call("consent");
  if ("signOut" in dataset) signOut();
});

const confirming = document.getElementById("confirm-email");
if (confirming) confirming.value = sessionStorage.getItem(SUBSCRIBED) ?? "";
showMember();
