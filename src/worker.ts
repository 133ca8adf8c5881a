import { DurableObject } from "cloudflare:workers";
export class Person extends DurableObject {}
export default {
  async fetch() {
    return new Response("x");
  },
};
