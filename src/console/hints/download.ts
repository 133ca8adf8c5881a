/** The list of who should get what as a file, for somebody signed in. */
import { personsOf } from "../../http/api/hint-lines.ts";
import { type HintList, hintList, hintsCsv } from "../../http/api/hints.ts";
import { asked } from "../../http/api/input.ts";
import { isAbout } from "../../http/audit.ts";
import { csvResponse } from "../../http/csv.ts";
import { page } from "../page.tsx";

const PAGE = 100;
/** People looked through for one file: each takes a few subrequests, which are limited. */
export const FILE_PEOPLE = 300;

export const getDownload = page("marketer", async ({ request, context }) => {
  const action = asked(request, "action");
  const pages: HintList[] = [];
  let cursor: string | undefined;
  for (let n = 0; n < FILE_PEOPLE / PAGE; n++) {
    const list = await hintList(context, { action, limit: PAGE, cursor });
    pages.push(list);
    isAbout(request, personsOf(list.hints));
    if (list.cursor === null) break;
    cursor = list.cursor;
  }
  return csvResponse(hintsCsv(pages), action === undefined ? "hints.csv" : `hints-${action}.csv`);
});
