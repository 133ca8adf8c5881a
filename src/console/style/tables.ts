/**
 * Tables, figures and shares. A table of class `list` stands in a box of class `fit`, and its cells stack where that box is
 * too narrow for its columns: beside another card, on a tablet or enlarged as much as on a phone.
 */

/** Widths, in rem, that tables are told to need (`fit-40`). */
export const FITS: readonly number[] = [27, 28, 30, 35, 40, 45, 50, 55, 60];

const stacked = (rem: number): string => `@container (max-width: ${rem}rem) {
  .fit-${rem} .list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .fit-${rem} :is(.list, .list caption, .list tbody, .list tr, .list th, .list td) { display: block; min-width: 0; }
  .fit-${rem} .list tr { padding: var(--space-3) var(--space-4); border-top: 1px solid var(--line); }
  .fit-${rem} .list tr:first-child { border-top: 0; }
  .card .fit-${rem} .list tr { padding-inline: 0; }
  .fit-${rem} .list :is(th, td, .number) { padding: 0; border: 0; text-align: left; }
  .fit-${rem} .list td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); font-size: var(--text-s); }
}`;

export const TABLES = `
.fit { container-type: inline-size; }
.scroll { overflow-x: auto; }
.list { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); }
.list th, .list td { padding: var(--space-2) var(--space-4); text-align: left; vertical-align: baseline; border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: anywhere; }
.list thead th { border-top: 0; color: var(--soft); font-size: var(--text-s); font-weight: 600; white-space: nowrap; }
.list .number { text-align: right; overflow-wrap: normal; white-space: nowrap; }
.list :is(th, td):not(.number) { min-width: 7.5rem; }
.list tbody th { min-width: 8.5rem; }
.list time { white-space: nowrap; }
.list tbody tr:hover { background: var(--tint); }
.card .list { border: 0; border-radius: 0; }
.card .list :is(th, td):first-child { padding-left: 0; }
.card .list :is(th, td):last-child { padding-right: 0; }
${FITS.map(stacked).join("")}
.plain { width: 100%; border-collapse: collapse; }
.plain th { text-align: left; font-size: var(--text-s); color: var(--soft); font-weight: 600; }
.plain :is(th, td) { padding: var(--space-2) var(--space-3) var(--space-2) 0; vertical-align: top; overflow-wrap: anywhere; }
.plain tbody tr { border-top: 1px solid var(--line); }
.plain .number { text-align: right; }

.figures { display: flex; flex-wrap: wrap; gap: 1px; overflow: hidden;
  background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); }
.figures > div { flex: 1 1 min(11rem, 40%); min-width: 0; padding: var(--space-3) var(--space-4); box-shadow: 0 0 0 1px var(--line); }
/* Four stand in one row or in two of two, and never three above one. */
.figures:has(> :nth-child(4):last-child) > div { flex-basis: clamp(22%, (42rem - 100%) * 999, 40%); }
@media (min-width: 60rem) { .figures:has(> :nth-child(7)) > div { flex-basis: 22%; } }
.figures dt { color: var(--soft); font-size: var(--text-s); }
.figures dd { font-size: var(--text-xl); font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures dd.soft { font-size: var(--text-s); font-weight: 400; }
.figures a { color: inherit; text-decoration-color: var(--edge); text-decoration-thickness: 1px; }

.shares { width: 100%; border-collapse: collapse; }
.shares th { padding: var(--space-1) 0; text-align: left; font-weight: 400; overflow-wrap: anywhere; }
.shares td { width: 1%; white-space: nowrap; padding: var(--space-1) 0 var(--space-1) var(--space-4); vertical-align: top; text-align: right; font-variant-numeric: tabular-nums; }
meter { display: block; width: 100%; height: 0.5rem; appearance: none; background: var(--ground); border: 0; border-radius: 1rem; }
meter::-webkit-meter-bar { height: 100%; background: var(--ground); border: 0; border-radius: 1rem; }
meter::-webkit-meter-optimum-value { background: var(--accent); border-radius: 1rem; }
meter::-moz-meter-bar { background: var(--accent); border-radius: 1rem; }
progress { display: block; width: 100%; height: 0.75rem; appearance: none; border: 0; border-radius: 1rem; overflow: hidden; background: var(--line); accent-color: var(--accent); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent); }
progress::-moz-progress-bar { background: var(--accent); }
`;
