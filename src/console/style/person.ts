/** A person's page: the drawing of who they are, the timeline, what keeps other actions from being next. */
export const PERSON = `
.person { display: grid; gap: var(--space-1); }
.graph { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-2); }
.drawn { display: grid; grid-template-columns: auto fit-content(10rem) minmax(2.5rem, 1fr) fit-content(13rem); }
.drawn svg { display: block; }
.drawn .ties { width: 100%; min-width: 0; }
.drawn .ends { min-width: 0; }
.drawn li { display: flex; gap: var(--space-2); align-items: center; height: 52px; margin: 0; font-size: var(--text-s); line-height: 1.25; }
.drawn .end { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; min-width: 0;
  padding-inline-end: var(--space-1); overflow-wrap: anywhere; }
.drawn .letter, .drawn .dot { flex: none; }
.drawn .letter.apart { border: 1.5px dashed var(--danger); }
.graph .merge { fill: none; stroke: var(--c3); stroke-width: 2; }
.graph .apart { stroke: var(--danger); stroke-width: 1.5; stroke-dasharray: 3 4; }
.graph .said { stroke-width: 1.5; stroke: var(--c0); }
.graph .said.verified { stroke: var(--c2); stroke-width: 2.5; }
.graph .said.hinted { stroke: var(--c1); stroke-dasharray: 6 4; }
.graph .said.inferred { stroke: var(--c5); stroke-dasharray: 2 4; }
.graph .dot { width: 0.625rem; height: 0.625rem; border-radius: 3px; background: var(--c0); print-color-adjust: exact; }
.graph .dot.verified { background: var(--c2); }
.graph .dot.hinted { background: var(--c1); }
.graph .dot.inferred { background: var(--c5); }
.graph .sample { width: 1.5rem; height: 0.25rem; }
.identifiers, .devices, .reasons { display: grid; gap: var(--space-4); }
.identifiers li { display: grid; gap: var(--space-1); }
.identifiers .value { overflow-wrap: anywhere; }
.devices li, .event { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--space-3); align-items: start; }
.devices li > div, .event > div { min-width: 0; overflow-wrap: anywhere; }
.timeline { display: grid; gap: var(--space-4); }
.stretch { color: var(--soft); font-size: var(--text-s); margin-top: var(--space-4); }
.event > div { padding-bottom: var(--space-4); border-bottom: 1px solid var(--line); }
.event:last-child > div { border-bottom: 0; padding-bottom: 0; }
.event .path { font-family: ui-monospace, Menlo, Consolas, monospace; }
.purposes { display: flex; flex-wrap: wrap; gap: var(--space-1); align-items: center; margin-top: var(--space-1); }
.others { display: grid; gap: var(--space-2); }
.others li { display: grid; gap: 0; }
`;
