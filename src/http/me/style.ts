/** The style sheet of the own-data page and of the cookie page: light and dark, at any width. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --line: #d0d7de; --accent: #0b5c8f; --on-accent: #fff; --warn: #b3261e; --note: #eef6fb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --paper: #0f1419; --line: #30363d; --accent: #6cb6e8; --on-accent: #06121b; --warn: #ff8a80; --note: #14222d; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main, header, footer { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; } footer { padding-block: 2rem 3rem; color: var(--soft); }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; } h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; } h3 { font-size: 1.05rem; margin: 0 0 .5rem; }
p { margin: 0 0 .75rem; } .soft { color: var(--soft); }
a { color: var(--accent); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.note { background: var(--note); border-inline-start: .25rem solid var(--accent); padding: .75rem 1rem; margin: 1rem 0; }
.card { border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.15rem; margin: 0 0 1rem; }
fieldset { border: 0; margin: 0; padding: 0; }
.purpose { display: grid; grid-template-columns: auto 1fr; gap: .15rem .75rem; padding: .8rem 0; border-top: 1px solid var(--line); }
.purpose input { width: 1.2rem; height: 1.2rem; margin: .2rem 0 0; accent-color: var(--accent); }
.purpose label { font-weight: 600; } .purpose p { grid-column: 2; margin: 0; color: var(--soft); } .purpose p.wrong { color: var(--warn); font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 0; }
button, .button { font: inherit; font-weight: 600; padding: .55rem 1.1rem; min-height: 2.75rem; border-radius: .5rem; border: 1px solid var(--accent); background: var(--paper); color: var(--accent); cursor: pointer; text-decoration: none; display: inline-block; }
button.main, .button.main { background: var(--accent); color: var(--on-accent); }
button.grave { border-color: var(--warn); color: var(--warn); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dl { display: grid; grid-template-columns: minmax(8rem, 13rem) 1fr; gap: .35rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: start; vertical-align: top; padding: .5rem .6rem; border-bottom: 1px solid var(--line); }
@media (max-width: 34rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, th, td { display: block; } th, td { padding: 0; border: 0; overflow-wrap: anywhere; }
  tr { padding: .75rem 0; border-bottom: 1px solid var(--line); }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
}
`.trim();
