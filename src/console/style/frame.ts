/** The page around: type, links, header, menu, columns. */
export const FRAME = `
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font-size: var(--text-m); }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1 { font-size: var(--text-xl); line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; text-wrap: balance; }
h2 { font-size: var(--text-l); line-height: 1.3; font-weight: 650; }
h3 { font-size: var(--text-m); line-height: 1.4; font-weight: 600; }
/* What people write may hold a word longer than any line, such as a link. */
h2, h3, p, dd { overflow-wrap: anywhere; }
:is(th, td) p { overflow-wrap: inherit; }
a { color: var(--accent); text-underline-offset: 0.15em; }
code { font: 0.9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { margin: 0; padding: var(--space-3); overflow-x: auto; font: var(--text-s)/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  background: var(--ground); border: 1px solid var(--line); border-radius: var(--round); }
hr { width: 100%; margin: 0; border: 0; border-top: 1px solid var(--line); }
:focus-visible, input:focus-within { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }

.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: var(--space-4); top: -4rem; z-index: 2; padding: var(--space-2) var(--space-4);
  background: var(--accent); color: var(--accent-ink); border-radius: var(--round); }
.skip:focus { top: var(--space-2); }
.soft { color: var(--soft); font-size: var(--text-s); }
.number { font-variant-numeric: tabular-nums; }

.top { display: flex; align-items: center; gap: var(--space-3);
  padding: var(--space-2) var(--space-4); background: var(--paper); border-bottom: 1px solid var(--line); }
.brand { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--ink); font-weight: 700; text-decoration: none; }
.brand span { color: var(--soft); font-weight: 400; }
.who { display: flex; flex: none; align-items: center; gap: var(--space-3); margin-left: auto; font-size: var(--text-s); }

.menu .group > p { padding: 0 var(--space-3) var(--space-1); color: var(--soft); font-size: var(--text-s); font-weight: 600; }
.menu a { display: block; padding: var(--space-1) var(--space-3); color: var(--ink); text-decoration: none; border-radius: var(--round); }
.menu a:hover { background: var(--tint); }
.menu a[aria-current] { background: var(--tint); color: var(--accent); font-weight: 600; }
.beside { display: none; }
.folded { background: var(--paper); border-bottom: 1px solid var(--line); }
.folded summary { padding: var(--space-3) var(--space-4); color: var(--ink); font-size: var(--text-m); font-weight: 600; }
.folded details[open] { display: grid; gap: var(--space-4); padding-bottom: var(--space-4); }
.folded .group { padding: 0 var(--space-2) var(--space-3); }
.folded ul { display: grid; grid-template-columns: 1fr 1fr; }
.folded a { padding: var(--space-2) var(--space-3); }

main { overflow-wrap: break-word; display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); align-content: start; width: 100%; max-width: 80rem; margin: 0 auto;
  padding: var(--space-4) var(--space-4) var(--space-8); }
main > * { min-width: 0; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); align-items: start; }
.columns > *, .aside > *, .sides > * { min-width: 0; }
.aside { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); }
.sides { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); }
.title { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: var(--space-3); }
.lead { font-size: var(--text-l); line-height: 1.4; }
.prose { max-width: 44rem; }
@media (min-width: 60rem) {
  .inside { display: grid; grid-template: auto 1fr / 13rem minmax(0, 1fr); min-height: 100vh; }
  .inside > .top { grid-column: 1 / -1; }
  .folded { display: none; }
  .beside { display: grid; align-content: start; gap: var(--space-6); padding: var(--space-6) var(--space-3); background: var(--paper); border-right: 1px solid var(--line); }
  main { padding: var(--space-6) var(--space-6) var(--space-8); }
  .columns { grid-template-columns: minmax(20rem, 2fr) 3fr; }
  .sides { grid-template-columns: 1fr 1fr; }
}
`;
