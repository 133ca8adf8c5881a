/** The marketer's pages: the editor, the builder of conditions, the phone, drawn paths. */
export const HINTS = `
.offer { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); align-items: start; }
.offer > * { min-width: 0; }
.offer legend, .stack legend { padding: 0; }
.shares caption.soft { text-align: left; }
.nowrap, .nowrap .id { white-space: nowrap; overflow-wrap: normal; }
.builder { display: grid; gap: var(--space-3); }
.condition { padding: var(--space-3); border: 1px solid var(--line); border-radius: var(--round); background: var(--ground); }
.condition > legend { padding: 0 var(--space-2); margin-left: calc(-1 * var(--space-2)); }
.condition > button { justify-self: start; }
.phone { width: 100%; max-width: 22rem; display: grid; gap: var(--space-2); margin: 0 auto; }
.screen { display: grid; gap: var(--space-3); align-content: start; min-height: 22rem; padding: var(--space-8) var(--space-4); overflow-wrap: anywhere;
  background: var(--paper); border: 0.5rem solid var(--ink); border-radius: 2rem; }
.screen .line { width: 60%; height: 0.6rem; border-radius: 1rem; background: var(--line); }
.screen .line.wide { width: 100%; }
.screen .shown { display: grid; gap: var(--space-2); padding: var(--space-3); border: 1px solid var(--edge); border-radius: var(--round); background: var(--ground); }
.screen .act { justify-self: start; padding: var(--space-1) var(--space-3); font-weight: 600; color: var(--accent-ink); background: var(--accent); border-radius: var(--round); }
.screen .dismiss, .screen .from { color: var(--soft); font-size: var(--text-s); }
.screen .picture { display: grid; place-items: center; height: 6rem; color: var(--soft); font-size: var(--text-s); background: var(--tint); border-radius: var(--round); }
.screen p.picture { margin: 0; padding: var(--space-2); text-align: center; }
.screen .picture img { display: block; max-width: 100%; max-height: 6rem; object-fit: contain; }
.screen .bubble { padding: var(--space-3); background: var(--tint); border-radius: 1rem 1rem 1rem 0.25rem; }
.plot.models { display: grid; gap: var(--space-3); }
.plot.models > div { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-1); font-size: var(--text-s); }
.plot.models span { overflow-wrap: anywhere; }
.path { display: block; max-width: 100%; }
.path .way { stroke: var(--edge); }
.path text { fill: var(--soft); font-size: 14px; }
.outcome { fill: var(--good); stroke: none; }
.nothing { fill: var(--paper); stroke: var(--edge); stroke-width: 2; }
@media (min-width: 60rem) {
  .offer { grid-template-columns: minmax(0, 3fr) minmax(18rem, 2fr); }
  .plot.models > div { grid-template-columns: minmax(6rem, 12rem) minmax(0, 1fr); align-items: center; }
}
`;
