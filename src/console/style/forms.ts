/** Controls and forms. */
export const FORMS = `
label, legend { display: block; font-size: var(--text-s); font-weight: 600; }
legend { margin-bottom: var(--space-1); }
fieldset { display: grid; gap: var(--space-2); min-width: 0; margin: 0; padding: 0; border: 0; }
input, select, textarea { width: 100%; min-height: 2.5rem; padding: var(--space-2) var(--space-3); font: inherit;
  color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: var(--round); }
input:not([type="file"], [type="checkbox"], [type="radio"]), select { height: 2.5rem; }
textarea { min-height: 8rem; line-height: 1.5; resize: vertical; }
textarea.code { font: var(--text-s)/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
input:is([type="checkbox"], [type="radio"]) { width: 1.25rem; min-height: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--accent); }
input[type="file"] { padding: var(--space-2); }
.check { display: flex; gap: var(--space-2); align-items: start; font-size: var(--text-m); font-weight: 400; }
::placeholder { color: var(--soft); opacity: 1; }
[aria-invalid="true"] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }
button, .button { display: inline-block; min-height: 2.5rem; padding: var(--space-2) var(--space-4); font: inherit; font-weight: 600; line-height: 1.5;
  text-decoration: none; cursor: pointer; color: var(--accent-ink); background: var(--accent); border: 1px solid transparent; border-radius: var(--round); }
button:hover, .button:hover { filter: brightness(1.08); }
button.quiet, .button.quiet { color: var(--ink); background: none; border-color: var(--edge); }
:is(.list, .top, details) :is(button.quiet, .button.quiet) { min-height: 2rem; padding: var(--space-1) var(--space-3); }
button.danger { color: var(--paper); background: var(--danger); }
button:disabled { color: var(--soft); background: var(--ground); border-color: var(--line); cursor: default; filter: none; }
.search { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: end; }
.search.short > .field { flex: 0 1 22rem; }
.search > p { flex: 1 1 100%; margin: 0; }
.field { flex: 1 1 9rem; display: grid; gap: var(--space-1); align-content: start; min-width: 0; }
.field:has(> [type="date"]) { flex-basis: 11rem; }
.field.grow { flex: 4 1 16rem; }
.stack { display: grid; justify-items: start; gap: var(--space-4); max-width: 44rem; }
.stack > .field { width: 100%; }
.stack > select, .stack > input { width: 100%; }
.actions { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-4); align-items: center; }
.alert { color: var(--danger); font-size: var(--text-s); font-weight: 600; }
`;
