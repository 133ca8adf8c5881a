/** The composition root: requests, cron, and the Durable Object class. */
import { ConfigError, type Env } from "./env.ts";
import { development } from "./development.ts";
import { proxied } from "./http/proxy/proxied.ts";
import { siteBehind } from "./http/proxy/site.ts";
import { unsettled } from "./http/health.ts";
import { route } from "./http/router.ts";
import { failure } from "./http/respond.ts";
import { LiveObject } from "./live/object.ts";
import { PersonObject } from "./person/object.ts";
import type { PersonPorts } from "./person/ports.ts";
import { runCron } from "./cron.ts";
import { consume } from "./queue.ts";
import { nightlyPorts, personPorts, queuePorts, servicesFor } from "./services.ts";

export class Person extends PersonObject<Env> {
  protected readonly ports: PersonPorts = personPorts(this.env, (work) => this.ctx.waitUntil(work));
}

/** Those who watch the live view. */
export class Live extends LiveObject<Env> {}

export default {
  async fetch(request, env) {
    const site = siteBehind(request, env.PROXY);
    if (site) return proxied(request, site, () => servicesFor(request, env));
    try {
      const services = servicesFor(request, env);
      return (await development(request, services)) ?? (await route(request, services));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(JSON.stringify({ message: error.message }));
      return new URL(request.url).pathname === "/_u/health" ? unsettled(error) : failure(error);
    }
  },

  async scheduled(controller, env, ctx) {
    const ports = nightlyPorts(env, (work) => ctx.waitUntil(work));
    await runCron(ports, controller.cron, controller.scheduledTime);
  },

  async queue(batch, env) {
    await consume(queuePorts(env), batch);
  },
} satisfies ExportedHandler<Env>;
