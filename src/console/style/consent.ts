/** The officer's pages: the policy in words, its editor, the notice as visitors see it, documents to be printed. */
export const CONSENT = `
.editor { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-6); max-width: 60rem; }
.row { padding: var(--space-4); border: 1px solid var(--line); gap: var(--space-4); }
.row > legend { float: left; width: 100%; font-size: var(--text-l); line-height: 1.3; }
.row > legend + * { clear: both; }
.row fieldset > legend { padding: 0; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: 0 var(--space-4); margin-bottom: calc(-1 * var(--space-4)); }
.fields > * { margin-bottom: var(--space-4); }
.fields > .field:not(fieldset) { grid-row: span 4; grid-template-rows: subgrid; row-gap: var(--space-1); }
.fields > .field:not(fieldset) > label { align-self: end; }
.checks { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-6); }
.check input { flex: none; margin-top: 0.1em; }
input.short { max-width: 9rem; }
textarea.low { min-height: 4.5rem; }
fieldset > .fields, details > .fields, details > .stack { margin-top: var(--space-2); }
details > .check, .card > form > .check { margin-top: var(--space-3); }
/* The longest name of a purpose stays whole. */
.aside .list tbody th { min-width: 10rem; }
.list caption.soft { padding: var(--space-2) 0; text-align: left; }
.editor > .field, .editor > .field.grow { max-width: 44rem; }

.told { display: grid; gap: var(--space-4); }
.told > div { display: grid; gap: var(--space-1); }
.told > .wide { grid-template-columns: minmax(0, 1fr); }
.badge.regime-opt-in { color: var(--good); background: var(--good-ground); }
.badge.regime-opt-out { color: var(--note); background: var(--note-ground); }
.badge.danger { color: var(--danger); background: var(--danger-ground); }
.previews { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: var(--space-4); }
.notice-preview { display: grid; gap: var(--space-2); align-content: start; }
.notice-preview > div { display: grid; gap: var(--space-3); padding: var(--space-4); border: 1px solid var(--edge); border-radius: var(--round); overflow-wrap: anywhere; }
.card .choices { display: grid; gap: var(--space-2); padding: 0; list-style: none; }
.choices li { display: grid; grid-template-columns: auto 1fr; gap: var(--space-2); }
.tick { display: grid; place-items: center; width: 1.25rem; height: 1.25rem; border: 1px solid var(--edge); border-radius: 0.25rem; font-size: var(--text-s); line-height: 1; }
.as-buttons { display: flex; flex-wrap: wrap; gap: var(--space-2); }
.as-buttons span { padding: var(--space-1) var(--space-3); border: 1px solid var(--edge); border-radius: var(--round); font-weight: 600; }
.card .parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: var(--space-4); padding: 0; list-style: none; }
.parts a { font-weight: 600; }
.read { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); margin-top: var(--space-3); }
.changes { display: grid; gap: var(--space-2); overflow-wrap: anywhere; }
.list del { text-decoration-color: var(--soft); }
.list ins { text-decoration: none; }
.verdict-yes { color: var(--good); font-weight: 600; }
.verdict-no { color: var(--danger); font-weight: 600; }
.steps { display: grid; gap: var(--space-2); }
.steps li { display: grid; grid-template-columns: auto 1fr; gap: var(--space-2); }
.steps .done .tick { color: var(--good); border-color: var(--good); }
.nowrap { white-space: nowrap; }
.overdue { color: var(--danger); font-weight: 600; }
@media (min-width: 48rem) {
  .told > div { grid-template-columns: 11rem minmax(0, 1fr); gap: var(--space-4); }
}
@media (max-width: 40rem) {
  .list caption.soft { display: block; }
}
@media print {
  .list :is(th, td) { overflow-wrap: break-word; }
  .previews { grid-template-columns: 1fr 1fr; }
  .notice-preview { break-inside: avoid; }
}
`;
