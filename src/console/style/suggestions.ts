/** A match weight as a waterfall: each bar begins where the one before ended. */
export const SUGGESTIONS = `
.waterfall { display: grid; gap: var(--space-3); margin: 0; padding: 0; list-style: none; }
.waterfall li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--space-1) var(--space-3); }
.waterfall svg { grid-column: 1 / -1; display: block; width: 100%; overflow: visible; }
.waterfall .zero { stroke: var(--edge); stroke-width: 1; }
.waterfall .for { fill: var(--c0); }
.waterfall .against { fill: var(--c1); }
.waterfall .total { fill: var(--soft); }
.waterfall .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: var(--space-4); }
.pair > div { display: grid; gap: var(--space-1); align-content: start; padding: var(--space-3); border: 1px solid var(--line); border-radius: var(--round); }
`;
