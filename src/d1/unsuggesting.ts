/** Taking suggestions away: of devices that are no longer to be compared, and of visitors that are erased. */

/** Pairs by devices that name one of these visitors. */
const BY_DEVICES = `SELECT suggestions.a, suggestions.b FROM json_each(?1) AS item
    CROSS JOIN suggestions ON suggestions.a = item.value ->> 0 WHERE basis = 'devices'
  UNION ALL
  SELECT suggestions.a, suggestions.b FROM json_each(?1) AS item
    CROSS JOIN suggestion_ends ON suggestion_ends.b = item.value ->> 0
    CROSS JOIN suggestions ON suggestions.a = suggestion_ends.a AND suggestions.b = suggestion_ends.b
    WHERE basis = 'devices'`;
const UNREASON = `UPDATE suggestions SET steps = '[]'
  WHERE state <> 'open' AND steps <> '[]' AND (a, b) IN (${BY_DEVICES})`;
const UNSEE_FIRST_ENDS = `DELETE FROM suggestion_ends WHERE (b, a) IN (
    SELECT suggestions.b, suggestions.a FROM json_each(?1) AS item
    CROSS JOIN suggestions ON suggestions.a = item.value ->> 0
    WHERE state = 'open' AND basis = 'devices')`;
const UNSEE_FIRST = `DELETE FROM suggestions WHERE state = 'open' AND basis = 'devices'
  AND a IN (SELECT item.value ->> 0 FROM json_each(?1) AS item)`;
const UNSEE_SECOND = `DELETE FROM suggestions WHERE state = 'open' AND (a, b) IN (${BY_DEVICES})`;
const UNSEE_SECOND_ENDS = `DELETE FROM suggestion_ends
  WHERE b IN (SELECT item.value ->> 0 FROM json_each(?1) AS item)
  AND NOT EXISTS (SELECT 1 FROM suggestions
    WHERE suggestions.a = suggestion_ends.a AND suggestions.b = suggestion_ends.b)`;

/**
 * Takes away what was suggested because of where these visitors' devices are seen. What was decided stays decided, without
 * its reasons. `rows` is a JSON array of arrays that begin with a visitor.
 */
export const unsuggestingDevices = (db: D1Database, rows: string): D1PreparedStatement[] =>
  [UNREASON, UNSEE_FIRST_ENDS, UNSEE_FIRST, UNSEE_SECOND, UNSEE_SECOND_ENDS].map((sql) =>
    db.prepare(sql).bind(rows),
  );

const OF = "SELECT item.value ->> 0 FROM json_each(?1) AS item";
const UNEND_FIRST = `DELETE FROM suggestion_ends WHERE (b, a) IN (
    SELECT suggestions.b, suggestions.a FROM json_each(?1) AS item
    CROSS JOIN suggestions ON suggestions.a = item.value ->> 0)`;
const UNSUGGEST_FIRST = `DELETE FROM suggestions WHERE a IN (${OF})`;
const UNSUGGEST_SECOND = `DELETE FROM suggestions WHERE (a, b) IN (
    SELECT suggestion_ends.a, suggestion_ends.b FROM json_each(?1) AS item
    CROSS JOIN suggestion_ends ON suggestion_ends.b = item.value ->> 0)`;
const UNEND_SECOND = `DELETE FROM suggestion_ends WHERE b IN (${OF})`;

/** Takes every suggestion away that names one of these visitors, decided or not. */
export const unsuggesting = (db: D1Database, rows: string): D1PreparedStatement[] =>
  [UNEND_FIRST, UNSUGGEST_FIRST, UNSUGGEST_SECOND, UNEND_SECOND].map((sql) =>
    db.prepare(sql).bind(rows),
  );
