/** The setup check's findings, the live view, the install page. */
export const SETUP = `
.findings { list-style: none; padding: 0; display: grid; gap: var(--space-3); }
.findings h2 { font-size: var(--text-m); display: flex; gap: var(--space-2); align-items: baseline; flex-wrap: wrap; }
.finding .evidence, .evidence { font-family: var(--mono, ui-monospace, monospace); font-size: var(--text-s); overflow-wrap: anywhere; }
form:not(.search, .stack) > .field + :is(button, .actions), form > .soft + button { margin-top: var(--space-3); }
.findings + section form + form { margin-top: var(--space-4); }
.live-tools { display: flex; gap: var(--space-3); align-items: end; flex-wrap: wrap; }
.code { overflow-x: auto; padding: var(--space-3); border-radius: .4rem; background: var(--ground); font-size: var(--text-s); }
.clients dt { font-weight: 600; }
.clients dd { margin: 0 0 var(--space-3); }
.light { display: inline-flex; align-items: center; gap: var(--space-2); font-weight: 600; }
.light::before { content: ""; flex: none; width: .75rem; height: .75rem; border-radius: 50%; background: var(--soft); }
.light[data-state="good"]::before { background: var(--good); }
.light[data-state="note"]::before { background: var(--note); }
`;
