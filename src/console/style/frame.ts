/** The page around: type, links, controls, header, columns. */
export const FRAME = `
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
body { margin: 0; background: var(--ground); color: var(--ink); font-size: var(--text-m); }
h1, h2, h3, p, ul, ol { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1 { font-size: var(--text-xl); line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: var(--text-l); line-height: 1.3; }
h3 { font-size: var(--text-s); color: var(--soft); font-weight: 600; margin-top: var(--space-6); }
a { color: var(--accent); text-underline-offset: 0.15em; }
code { font: 0.9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }

.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: var(--space-4); top: -4rem; z-index: 2; padding: var(--space-2) var(--space-4);
  background: var(--accent); color: var(--accent-ink); border-radius: var(--round); }
.skip:focus { top: var(--space-2); }
.soft { color: var(--soft); font-size: var(--text-s); }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-6);
  padding: var(--space-3) var(--space-4); background: var(--paper); border-bottom: 1px solid var(--line); }
.top ul { display: flex; flex-wrap: wrap; gap: var(--space-1); }
.top nav a { display: block; padding: var(--space-1) var(--space-3); border-radius: var(--round);
  color: var(--ink); text-decoration: none; }
.top nav a:hover { background: var(--tint); }
.top nav a[aria-current] { background: var(--tint); font-weight: 600; }
.brand { color: var(--ink); font-weight: 700; text-decoration: none; }
.brand span { color: var(--soft); font-weight: 400; }
.who { display: flex; align-items: center; gap: var(--space-3); margin-left: auto; font-size: var(--text-s); }

main { display: grid; gap: var(--space-4); max-width: 80rem; margin: 0 auto; padding: var(--space-6) var(--space-4) var(--space-8); }
main > * { min-width: 0; }
.columns { display: grid; gap: var(--space-4); align-items: start; }
.columns > *, .aside > * { min-width: 0; }
.aside { display: grid; gap: var(--space-4); }
.sides { display: grid; gap: var(--space-4); }
@media (min-width: 60rem) {
  .columns { grid-template-columns: minmax(20rem, 2fr) 3fr; }
  .sides { grid-template-columns: 1fr 1fr; }
}

label { display: block; font-size: var(--text-s); font-weight: 600; }
input, select, textarea { width: 100%; min-height: 2.5rem; padding: var(--space-2) var(--space-3); font: inherit;
  color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: var(--round); }
::placeholder { color: var(--soft); opacity: 1; }
[aria-invalid="true"] { border-color: var(--danger); }
button { min-height: 2.5rem; padding: var(--space-2) var(--space-4); font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent-ink); background: var(--accent); border: 1px solid transparent; border-radius: var(--round); }
button:hover { filter: brightness(1.08); }
button.quiet { min-height: 2rem; padding: var(--space-1) var(--space-3); color: var(--ink); background: none; border-color: var(--edge); }
button.danger { color: var(--paper); background: var(--danger); }
.search { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: end; }
.field { flex: 1 1 9rem; }
.field.grow { flex: 4 1 16rem; }
.actions { display: flex; flex-wrap: wrap; gap: var(--space-4); align-items: center; }
`;
