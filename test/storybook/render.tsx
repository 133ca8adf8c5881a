/** Answers for the storybook: stories in the console's own frame and headers, and the console's own assets. */
import { renderPage } from "../../src/console/layout.tsx";
import { consoleRoutes } from "../../src/console/routes.ts";
import type { Call, Context } from "../../src/http/context.ts";
import { html } from "../../src/http/respond.ts";
import type { Story } from "./story.ts";

const SITE = "Saltmere Rovers";
const TOKEN = "x".repeat(43);

export const routes: readonly string[] = consoleRoutes.flatMap(([method, path]) =>
  method === "GET" ? [path] : [],
);

const renderStory = ({ title, path, role, body }: Story): string =>
  renderPage(
    {
      title,
      siteName: SITE,
      path,
      session: role && { role, subject: "story", until: null, formToken: TOKEN },
    },
    body,
  );

const Index = ({ stories }: { stories: readonly Story[] }) => (
  <>
    <h1>Storybook</h1>
    <p>Every page of the console with fixed data.</p>
    <ul class="devices">
      {stories.map(({ name, title, role }) => (
        <li>
          <span class="letter">{role?.charAt(0) ?? "–"}</span>
          <div>
            <a href={`/${name}`}>{title}</a> <span class="soft">{name}</span>
          </div>
        </li>
      ))}
    </ul>
  </>
);

const SCRIPT = /^(\/_u\/console\/script\/)([\w-]+)\.js$/;

/** The console's own style, scripts and picture. Their handlers look at the name alone. */
function asset(path: string): Promise<Response> | undefined {
  const [, folder, name] = SCRIPT.exec(path) ?? [];
  const pattern = folder === undefined ? path : `${folder}:name.js`;
  const [, , handler] = consoleRoutes.find(([, each]) => each === pattern) ?? [];
  return handler?.({ params: { name } } as unknown as Call, {} as Context);
}

/** @param path with no query */
export async function answer(path: string, stories: readonly Story[]): Promise<Response> {
  if (path === "/") {
    const frame = { title: "Storybook", siteName: SITE, path, session: null };
    return html(renderPage(frame, <Index stories={stories} />));
  }
  const story = stories.find(({ name }) => `/${name}` === path);
  if (story) return html(renderStory(story));
  const found = /\.(?:css|js|svg)$/.test(path) ? asset(path) : undefined;
  return found ?? new Response("There is no such story.", { status: 404 });
}
