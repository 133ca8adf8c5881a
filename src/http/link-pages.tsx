/** What people see who follow a link of a mail: a question, and what became of it. */
import type { ComponentChildren } from "preact";
import { framed } from "./me/frame.tsx";

function page(site: string, title: string, body: ComponentChildren, status = 200): Response {
  const content = (
    <>
      <header>
        <h1>{title}</h1>
      </header>
      <main>{body}</main>
    </>
  );
  return framed({ lang: "en", title, site }, content, status);
}

export const askPage = (site: string): Response =>
  page(
    site,
    "Unsubscribe",
    <>
      <p>You won't get any more of these messages from us.</p>
      <form method="post">
        <button class="main" type="submit">
          Unsubscribe
        </button>
      </form>
    </>,
  );

export const donePage = (site: string): Response =>
  page(site, "Unsubscribed", <p>Done. You won't get any more of these messages from us.</p>);

export const nowherePage = (site: string): Response =>
  page(site, "This link leads nowhere", <p>It is incomplete, or it isn't one of ours.</p>, 404);
