import { MEMBERS } from "../club.ts";
import { html } from "../html.ts";
import type { Page } from "../layout.ts";

export const signIn: Page = {
  title: "Sign in",
  description: "Your seat, your vote, your letters.",
  properties: { area: "account" },
  main: html`<div class="inside narrow">
    <h1>Sign in</h1>
    <div class="panel" data-signed-out>
      <p>This club has no passwords: pick one of its members.</p>
      <form method="post" action="/sign-in" class="stack" data-sign-in>
        <label for="member">Member</label>
        <select id="member" name="member">
          ${MEMBERS.map(
            ({ id, name, email }) =>
              html`<option value="${id}" data-name="${name}" data-email="${email}">
                ${name} (${email})
              </option>`,
          )}
        </select>
        <button class="button">Sign in</button>
        <p class="said" role="status"></p>
      </form>
    </div>
    <div class="panel" data-signed-in hidden>
      <p>You are signed in as <strong data-member-name></strong>.</p>
      <p>North stand, row 12, seat 7. Your membership runs until 31 May.</p>
      <p class="actions">
        <a class="button" href="/membership">Renew</a>
        <button type="button" class="button quiet" data-sign-out>Sign out</button>
      </p>
      <p class="said" role="status"></p>
    </div>
    <div class="slot" data-usher-slot="account"></div>
  </div>`,
};
