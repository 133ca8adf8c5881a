/** How daily figures name the way somebody came: by what says it, and not by the click itself. */
import type { Landings } from "../domain/setup/facts.ts";

/** Of each part; intake keeps longer ones, and a list of names needs no more to tell them apart. */
const PART_CHARACTERS = 150;
/** Parts with their quotes escaped, at most. */
export const CAMPAIGN_CHARACTERS = 2_000;

const part = (name: string): string =>
  `substr(data ->> '$.campaign.${name}', 1, ${PART_CHARACTERS})`;

const NAMED = `${part("source")}, ${part("medium")}, ${part("name")}`;

/** A JSON array of source, medium and name, and where there is one of both of the campaign's id and the click id's parameter. */
export const CAMPAIGN_VALUE = `CASE
    WHEN data ->> '$.campaign.id' IS NOT NULL OR data ->> '$.campaign.click.param' IS NOT NULL
      THEN json_array(${NAMED}, ${part("id")}, ${part("click.param")})
    WHEN data -> '$.campaign' IS NOT NULL THEN json_array(${NAMED}) END`;

/** Days that were counted before ids were have none. A value that was cut short says nothing. */
export function campaignOf(value: string): Omit<Landings, "events"> {
  const [source = null, medium = null, name = null, id = null, click = null] = partsOf(value);
  return { source, medium, name, id, click };
}

function partsOf(value: string): (string | null)[] {
  try {
    return JSON.parse(value) as (string | null)[];
  } catch {
    return [];
  }
}
