/** The identity rules: a row a kind of identifier, and what a version changes. */
export const RULES = `
.kinds { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); }
.kind { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); gap: var(--space-2) var(--space-4); align-items: end;
  padding-bottom: var(--space-4); border-bottom: 1px solid var(--line); }
.kind > legend { float: left; width: 100%; grid-column: 1 / -1; padding: 0; font-size: var(--text-m); }
.kind > legend code { color: var(--soft); font-weight: 400; }
.kind > .check { min-height: 2.5rem; align-items: center; }
.kind > button { justify-self: start; grid-column: 1 / -1; }
.card .changed { display: grid; gap: var(--space-4); padding: 0; list-style: none; }
.changed ins { color: var(--good); text-decoration: none; }
.changed del { color: var(--soft); }
.stack.wide { max-width: 60rem; justify-items: stretch; }
.stack.wide > button { justify-self: start; }
.decide { display: grid; gap: var(--space-3); }
.decide > form { display: grid; gap: var(--space-3); justify-items: start; max-width: 44rem; }
`;
