/** The parts: cards, badges, lists, the timeline. */
export const PARTS = `
.card { display: grid; align-content: start; gap: var(--space-3); padding: var(--space-4); background: var(--paper);
  border: 1px solid var(--line); border-radius: var(--round); }
.stack { display: grid; justify-items: start; gap: var(--space-2); max-width: 44rem; }
.stack > select, .stack > input { width: 100%; }
.card table { width: 100%; border-collapse: collapse; }
.card th { text-align: left; font-size: .875rem; color: var(--soft); }
.card :is(th, td) { padding: var(--space-2) var(--space-3) var(--space-2) 0; }
.card tbody tr { border-top: 1px solid var(--line); }
.card > * { min-width: 0; }
.narrow { width: 100%; max-width: 26rem; margin: var(--space-8) auto; }
.card ul:not([class]) { padding-left: 1.2em; list-style: disc; }
.lead { font-size: var(--text-l); }
.person { display: grid; gap: var(--space-1); }
.alert { color: var(--danger); font-size: var(--text-s); font-weight: 600; }
.notice { padding: var(--space-3) var(--space-4); color: var(--good); background: var(--good-ground); border-radius: var(--round); }
.warning { padding: var(--space-3) var(--space-4); color: var(--danger); background: var(--danger-ground); border-radius: var(--round); }
.notice a { color: inherit; }
.empty { display: grid; gap: var(--space-2); color: var(--soft); }
main > .empty { padding: var(--space-8) var(--space-4); justify-items: center; text-align: center; background: var(--paper);
  border: 1px dashed var(--edge); border-radius: var(--round); }
.more { padding-top: var(--space-3); }
summary { cursor: pointer; color: var(--soft); font-size: var(--text-s); }
details > ol, details > ul, details > form { margin-top: var(--space-3); }

.badge { display: inline-block; padding: 0 var(--space-2); border-radius: 1rem; font-size: var(--text-s); line-height: 1.6;
  color: var(--ink); background: var(--tint); white-space: nowrap; }
.badge.verified, .badge.stage-person { color: var(--good); background: var(--good-ground); }
.badge.asserted, .badge.stage-identified { color: var(--accent); background: var(--tint); }
.badge.hinted, .badge.inferred, .badge.stage-activity { color: var(--note); background: var(--note-ground); }
.badge.stage-device, .badge.purpose { color: var(--soft); background: var(--ground); }
.letter { display: inline-grid; place-items: center; min-width: 1.5rem; height: 1.5rem; padding: 0 var(--space-1);
  font-size: var(--text-s); font-weight: 700; border: 1px solid var(--edge); border-radius: 1rem; background: var(--paper); }

.list { width: 100%; border-collapse: collapse; background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); }
.list th, .list td { padding: var(--space-2) var(--space-4); text-align: left; border-top: 1px solid var(--line); font-weight: 400; }
.list thead th { border-top: 0; color: var(--soft); font-size: var(--text-s); font-weight: 600; }
.list .number { text-align: right; font-variant-numeric: tabular-nums; }
.list tbody tr:hover { background: var(--tint); }
@media (max-width: 40rem) {
  .list thead { display: none; }
  .list tr { display: grid; gap: var(--space-1); padding: var(--space-3) var(--space-4); border-top: 1px solid var(--line); }
  .list th, .list td, .list .number { padding: 0; border: 0; text-align: left; }
  .list td::before { content: attr(data-label) ": "; color: var(--soft); font-size: var(--text-s); }
}

.title { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: var(--space-3); }
.ranges { display: flex; gap: var(--space-1); }
.ranges a { padding: var(--space-1) var(--space-3); border-radius: var(--round); color: var(--ink); text-decoration: none; }
.ranges a:hover, .ranges a[aria-current] { background: var(--tint); }
.ranges a[aria-current] { font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1px; margin: 0; overflow: hidden;
  background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); }
.figures div { padding: var(--space-3) var(--space-4); box-shadow: 0 0 0 1px var(--line); }
.figures dt { color: var(--soft); font-size: var(--text-s); }
.figures dd { margin: 0; font-size: var(--text-xl); font-weight: 600; font-variant-numeric: tabular-nums; }
.chart { margin: 0; }
.chart svg { display: block; width: 100%; height: 9rem; fill: var(--accent); border-bottom: 1px solid var(--edge); }
.chart rect:hover { fill: var(--ink); }
.chart figcaption { display: flex; justify-content: space-between; gap: var(--space-2); padding-top: var(--space-1); }
.shares { width: 100%; border-collapse: collapse; }
.shares th { padding: var(--space-1) 0; text-align: left; font-weight: 400; overflow-wrap: anywhere; }
.shares td { width: 1%; white-space: nowrap; padding: var(--space-1) 0 var(--space-1) var(--space-4); vertical-align: top; text-align: right; font-variant-numeric: tabular-nums; }
.shares meter { display: block; width: 100%; height: 0.5rem; appearance: none; background: var(--ground); border-radius: 1rem; }
.shares meter::-webkit-meter-bar { height: 100%; background: var(--ground); border: 0; border-radius: 1rem; }
.shares meter::-webkit-meter-optimum-value { background: var(--accent); border-radius: 1rem; }
.shares meter::-moz-meter-bar { background: var(--accent); border-radius: 1rem; }
.empty h1 { color: var(--ink); }

.identifiers, .devices, .reasons { display: grid; gap: var(--space-4); }
.identifiers li { display: grid; gap: var(--space-1); }
.identifiers .value { overflow-wrap: anywhere; }
.devices li, .event { display: grid; grid-template-columns: auto 1fr; gap: var(--space-3); align-items: start; }
.devices li > div, .event > div { min-width: 0; overflow-wrap: anywhere; }
.reasons { counter-reset: reason; }
.timeline { display: grid; gap: var(--space-4); }
.event > div { padding-bottom: var(--space-4); border-bottom: 1px solid var(--line); }
.event:last-child > div { border-bottom: 0; padding-bottom: 0; }
.event .path { font-family: ui-monospace, Menlo, Consolas, monospace; }
.purposes { display: flex; flex-wrap: wrap; gap: var(--space-1); align-items: center; margin-top: var(--space-1); }
`;
