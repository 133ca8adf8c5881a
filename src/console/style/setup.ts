/** The setup check: findings with what shows them. */
export const SETUP = `
.findings { list-style: none; padding: 0; display: grid; gap: var(--space-3); }
.findings h2 { font-size: var(--text-m); display: flex; gap: var(--space-2); align-items: baseline; flex-wrap: wrap; }
.finding .evidence, .evidence { font-family: var(--mono, ui-monospace, monospace); font-size: var(--text-s); overflow-wrap: anywhere; }
.field + button, .field + .actions, form > .soft + button { margin-top: var(--space-3); }
.findings + section form + form { margin-top: var(--space-4); }
`;
