/** What an officer says of a person by the forms of their page; one that can't be taken comes back there. */
import { Problem } from "../domain/problem.ts";
import { sayOwn } from "../http/api/disown.ts";
import { requireVisitorId } from "../http/api/identifiers.ts";
import { check } from "../http/api/input.ts";
import { PermissionRequest, sayPermission } from "../http/api/permissions.ts";
import { loadPerson } from "../http/api/person.ts";
import { DeviceRequest, sayDevice } from "../http/api/personas.ts";
import { whyIn } from "../http/api/why.ts";
import { isAbout } from "../http/audit.ts";
import { seeOther } from "../http/respond.ts";
import type { Told } from "./decisions.tsx";
import { doneAt } from "./done.tsx";
import { faultOf } from "./folded.tsx";
import { action } from "./page.tsx";
import { personScreen } from "./person.tsx";

const backTo = (person: string, told: Told): Response =>
  seeOther(`/_u/console/people/${person}?${new URLSearchParams({ told })}`);

const textIn = (form: URLSearchParams, name: string): string => form.get(name) ?? "";

export const postDevicePage = action("officer", async (visit, form) => {
  const { request, context, session } = visit;
  const { id: person } = await loadPerson(context, requireVisitorId(request.params["id"]));
  const why = whyIn(form);
  try {
    const device = requireVisitorId(form.get("device") ?? undefined);
    isAbout(request, [person, device]);
    const sharing = textIn(form, "sharing") || null;
    await sayDevice(context, device, check(DeviceRequest, { sharing, why }), session.role);
  } catch (error) {
    const fields = { sharing: "sharing", why: "device-why" };
    const typed = {
      device: textIn(form, "device"),
      sharing: textIn(form, "sharing"),
      "device-why": why ?? "",
    };
    return personScreen(visit, { device: { typed, error: faultOf(error, fields, "device") } });
  }
  return backTo(person, "device");
});

export const postPermissionPage = action("officer", async (visit, form) => {
  const { request, context, session } = visit;
  const person = requireVisitorId(request.params["id"]);
  const why = whyIn(form);
  try {
    const [, channel, identifier] = /^(\w+) (.+)$/su.exec(textIn(form, "way")) ?? [];
    if (identifier === undefined) throw new Problem("invalid", "choose an address");
    const state = form.get("state");
    const wanted = check(PermissionRequest, { identifier, channel, state, why });
    const { id } = await sayPermission(context, person, wanted, session.role);
    isAbout(request, [id]);
    return backTo(id, "permission");
  } catch (error) {
    const fields = { state: "state", why: "permission-why" };
    const typed = {
      way: textIn(form, "way"),
      state: textIn(form, "state"),
      "permission-why": why ?? "",
    };
    return personScreen(visit, { permission: { typed, error: faultOf(error, fields, "way") } });
  }
});

export const postOwnPage = action("officer", async (visit, form) => {
  const { request, context, session } = visit;
  const said = textIn(form, "said");
  const own = form.get("own") === "yes";
  const why = whyIn(form);
  try {
    const [id, ...rest] = said.split(" ");
    const visitor = requireVisitorId(id);
    isAbout(request, [visitor]);
    await sayOwn(context, visitor, { identifier: rest.join(" "), own, why }, session.role);
    return doneAt(`/_u/console/people/${visitor}`, "owned");
  } catch (error) {
    const name = own ? "own" : "disown";
    const typed = { [`${name}-said`]: said, [`${name}-why`]: why ?? "" };
    const fault = faultOf(error, { why: `${name}-why` }, `${name}-said`);
    return personScreen(visit, { [name]: { typed, error: fault } });
  }
});
