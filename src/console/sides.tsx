/** A human as they see themselves: both sides of their life next to each other, and where they would rather be asked. */
import type { PersonId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { requireVisitorId } from "../http/api/identifiers.ts";
import { loadPerson } from "../http/api/person.ts";
import { separatePeople } from "../http/api/personas.ts";
import { type SidesAnswer, sidesOf } from "../http/api/sides.ts";
import { isAbout } from "../http/audit.ts";
import { mayDo } from "../http/auth.ts";
import type { Session } from "../http/session.ts";
import { doneAt } from "./done.tsx";
import { Checked, errorsFrom, Field } from "./field.tsx";
import { personOrFault } from "./meant.tsx";
import { action, page, screen, type Visit } from "./page.tsx";
import { FormToken, Section, Title } from "./parts.tsx";
import { Persona, personHref } from "./persona.tsx";
import { sentence } from "./words.ts";

export interface SidesPageProps {
  session: Session;
  answer: SidesAnswer;
  /** The form to keep apart, as it was sent, where it can't be taken. */
  refused?: Refused | undefined;
}

interface Refused {
  other: string;
  why: string;
  error: string;
}

export const SidesPage = ({ session, answer, refused }: SidesPageProps) => (
  <>
    <Title name="Sides of life">
      <a href={personHref(answer.person)}>Back to the person</a>
    </Title>
    <p>
      People divide themselves over work and private accounts. Usher keeps these apart, so that a
      message for one side doesn't reach the other.
    </p>
    <div class="sides">
      {answer.sides.map((side, index) => (
        <Persona side={side} nth={index + 1} of={answer} session={session} />
      ))}
    </div>
    {mayDo(session.role, "officer") && (
      <KeepApart person={answer.person} session={session} refused={refused} />
    )}
  </>
);

const KeepApart = ({
  person,
  session,
  refused,
}: {
  person: PersonId;
  session: Session;
  refused: Refused | undefined;
}) => (
  <Section title="Keep apart from somebody" id="apart">
    <p>
      Say who is another persona of this human, or a stranger who was taken for them. No machine
      joins the two.
    </p>
    <Checked
      errors={errorsFrom(refused ? [{ name: "other", message: refused.error }] : [], {
        other: "Who",
      })}
    >
      <form method="post" action={`${personHref(person)}/separate`} class="stack">
        <FormToken session={session} />
        <Field
          name="other"
          label="Who"
          help="An identifier such as email:jane@example.org, or an id."
        >
          {(wired) => (
            <input
              {...wired}
              type="text"
              required
              maxlength={300}
              autocomplete="off"
              value={refused?.other}
            />
          )}
        </Field>
        <Field name="why" label="Why" help="Kept in the history.">
          {(wired) => (
            <input {...wired} type="text" maxlength={500} autocomplete="off" value={refused?.why} />
          )}
        </Field>
        <button type="submit">Keep apart</button>
      </form>
    </Checked>
  </Section>
);

async function show(visit: Visit, refused?: Refused, status = 422): Promise<Response> {
  const { request, context, session } = visit;
  const view = await loadPerson(context, requireVisitorId(request.params["id"]));
  const answer = await sidesOf(context, view);
  isAbout(
    request,
    answer.sides.map(({ person }) => person),
  );
  const body = <SidesPage {...{ session, answer, refused }} />;
  return screen(visit, "Sides of life", body, refused ? status : 200);
}

export const getSidesPage = page("either", (visit) => show(visit));

export const postSeparatePage = action("officer", async (visit, form) => {
  const { request, context, session } = visit;
  const a = requireVisitorId(request.params["id"]);
  const other = (form.get("other") ?? "").trim().slice(0, 300);
  const why = form.get("why")?.trim().slice(0, 500) || undefined;
  const found = await personOrFault(context, other);
  if (typeof found !== "string")
    return show(visit, { other, why: why ?? "", error: found.message });
  const b = found;
  isAbout(request, [a, b]);
  try {
    await separatePeople(context, { a, b, why }, session.role);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
    return show(visit, { other, why: why ?? "", error: sentence(error.message) }, 409);
  }
  return doneAt(`${personHref(a)}/sides`, "apart");
});
