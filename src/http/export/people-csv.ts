/**
 * Profiles as a table: a row a person. Whoever opens it may write to the column that is named like the channel, so an address
 * stands there only if it may be used for that now; how many were left out is told beside.
 */
import { CONTACT_CHANNELS, REACHES } from "../../domain/permission/permission.ts";
import { csvLine } from "../csv.ts";
import type { PersonLine } from "./people.ts";
import { ADDRESSES } from "./profile.ts";

type Cell = string | number | null;

/** A cell holds one line: an erasure takes out the rows that name somebody, by their lines. */
const oneLine = (cell: Cell): Cell =>
  typeof cell === "string" ? cell.replaceAll(/[\r\n\u2028\u2029]+/g, " ") : cell;

const several = (values: readonly string[]): string => values.join(" | ");

/** The most often first. */
const tally = (counts: Readonly<Record<string, number>>): string =>
  several(
    Object.entries(counts)
      .toSorted((a, b) => b[1] - a[1])
      .map(([name, count]) => `${name} (${count})`),
  );

const words = (...parts: (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join(" ");

const COLUMNS: readonly (readonly [name: string, of: (line: PersonLine) => Cell])[] = [
  ["person", ({ person }) => person],
  ["day", ({ day }) => day],
  ["stage", ({ stage }) => stage],
  ["first_seen", ({ firstSeen }) => firstSeen],
  ["last_seen", ({ lastSeen }) => lastSeen],
  ["visitors", ({ visitors }) => several(visitors.map(({ id }) => id))],
  ["events", ({ events }) => events],
  ["sessions", ({ sessions }) => sessions],
  ["orders", ({ orders }) => orders],
  ["value", ({ value }) => value],
  ["names", ({ names }) => tally(names)],
  ["topics", ({ topics }) => tally(topics)],
  ["channels", ({ channels }) => tally(channels)],
  [
    "devices",
    ({ devices }) => several(devices.map(({ type, os, browser }) => words(type, os, browser))),
  ],
  [
    "campaigns",
    ({ campaigns }) =>
      several(campaigns.map(({ source, medium, name }) => words(source, medium, name))),
  ],
  ...CONTACT_CHANNELS.map(
    (channel) =>
      [
        channel,
        ({ identifiers }: PersonLine): string =>
          several(
            identifiers
              .filter(
                ({ kind, mayContact }) => kind === REACHES[channel] && mayContact.includes(channel),
              )
              .map(({ value }) => value ?? ""),
          ),
      ] as const,
  ),
  [
    "withheld",
    ({ identifiers }) =>
      identifiers.filter(({ kind, mayContact }) => ADDRESSES.has(kind) && mayContact.length === 0)
        .length,
  ],
  [
    "identifiers",
    ({ identifiers }) =>
      several(
        identifiers
          .filter(({ kind }) => !ADDRESSES.has(kind))
          .map(({ kind, value }) => `${kind}:${value ?? ""}`),
      ),
  ],
  ["traits", ({ traits }) => JSON.stringify(traits)],
];

const HEADER = csvLine(COLUMNS.map(([name]) => name));

export const profileRow = (line: PersonLine): string =>
  csvLine(COLUMNS.map(([, of]) => oneLine(of(line))));

/** `header`: false for all but the first part of a file. */
export const profilesCsv = (lines: readonly PersonLine[], header = true): string =>
  [header ? HEADER : "", ...lines.map(profileRow)].join("");
