/** What an attacker sends where a name, a value or a whole body is expected. */

/** Texts that mean something to one of the layers behind: HTML, SQL, headers, paths, spreadsheets, prototypes, clocks. */
export const TEXTS: readonly string[] = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "\u0000",
  "a\r\nset-cookie: usher=forged",
  "' OR 1=1 --",
  '"><script>alert(1)</script>',
  "../../../etc/passwd",
  "https://evil.example/",
  "//evil.example",
  "javascript:alert(1)",
  "=cmd|' /C calc'!A0",
  "\u202Egnp.exe",
  "\uD800",
  "💥".repeat(400),
  "a".repeat(9_000),
  "9".repeat(400),
  "-1",
  "1e400",
  "NaN",
  "9999-99-99T99:99:99Z",
  "%",
  "%E0%A4%A",
  "email:",
  ":",
  "user_id:__proto__",
  "{}",
  "null",
];

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
/** An object whose text can't be had. */
const OWN_WORDS = '{"toString":1,"valueOf":1,"event":{"toString":1},"distinct_id":{"toString":1}}';
const POISON = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';

/** Bodies as they go over the wire. */
export const BODIES: readonly string[] = [
  "",
  "null",
  "0",
  '"text"',
  "[]",
  "[null]",
  "{}",
  '{"batch":null}',
  '{"batch":[null,1,"x",[],{}]}',
  `{"batch":[${OWN_WORDS}],"event":${OWN_WORDS},"userId":${OWN_WORDS},"identifier":${OWN_WORDS},"context":{"messaging_subscriptions":[{"type":${OWN_WORDS},"status":${OWN_WORDS}}]}}`,
  POISON,
  `{"batch":[${POISON}],"choices":${POISON},"context":${POISON},"traits":${POISON}}`,
  deep(40),
  deep(50_000),
  "{",
  '{"a":1e999}',
  '{"sentAt":"9999-99-99","timestamp":-1e300,"userId":{},"event":[]}',
  '{"identifier":"email:","kind":"erase"}',
  '{"identifier":{"$ne":null},"kind":["erase"]}',
  '{"a":"\\ud800","b":"\\ud800"}',
  `{${Array.from({ length: 4_000 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  `{"purposes":${deep(20)},"regions":"x","version":-1}`,
  `{"actions":[{"id":"x","conditions":${deep(20)}}]}`,
  'email,user_id\n=1+1,__proto__\n"unclosed',
  "a=b&__proto__=c&form=x",
];
