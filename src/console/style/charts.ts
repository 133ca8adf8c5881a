/** Charts: drawn on the server, coloured here. Six colours that keep 3:1 against the paper, light and dark. */
export const CHARTS = `
.chart { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-2); min-width: 0; }
.plot { display: flex; }
.plot svg { display: block; flex: 1 1 0; min-width: 0; overflow: visible; }
.plot svg.scale { flex: none; }
.plot text { fill: var(--soft); font-size: 12px; }
.plot rect:hover { opacity: 0.8; }
.grid { stroke: var(--line); stroke-width: 1; }
.axis { stroke: var(--edge); stroke-width: 1; }
.plot path { stroke-width: 2; vector-effect: non-scaling-stroke; }
.plot path:not(.area) { fill: none; }
.plot path.area { fill-opacity: 0.12; stroke: none; }
.c0 { fill: var(--c0); stroke: var(--c0); } .c1 { fill: var(--c1); stroke: var(--c1); } .c2 { fill: var(--c2); stroke: var(--c2); }
.c3 { fill: var(--c3); stroke: var(--c3); } .c4 { fill: var(--c4); stroke: var(--c4); } .c5 { fill: var(--c5); stroke: var(--c5); }
.plot rect, .legend rect { stroke: none; }
.legend { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); font-size: var(--text-s); color: var(--soft); }
.legend li { display: flex; gap: var(--space-2); align-items: center; min-width: 0; overflow-wrap: anywhere; }
.legend svg { width: 0.75rem; height: 0.75rem; flex: none; }
.intervals { table-layout: fixed; }
.intervals td { width: 8.5rem; }
.intervals td p { white-space: normal; }
.intervals svg { display: block; width: 100%; overflow: visible; }
.intervals .span { stroke-width: 3; stroke-linecap: round; }
`;
