/** The parts: cards, badges, lists, the timeline. */
export const PARTS = `
.card { display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; gap: var(--space-3); padding: var(--space-4); background: var(--paper);
  border: 1px solid var(--line); border-radius: var(--round); }
.card > * { min-width: 0; }
.card > header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: var(--space-2) var(--space-4); }
.narrow { width: 100%; max-width: 26rem; margin: var(--space-8) auto; }
.bullets, :is(.card, .notice, .note, .warning) ul:not([class]) { padding-left: 1.2em; list-style: disc; }
.notice { padding: var(--space-3) var(--space-4); color: var(--good); background: var(--good-ground); border-radius: var(--round); }
.warning { padding: var(--space-3) var(--space-4); color: var(--danger); background: var(--danger-ground); border-radius: var(--round); }
.note { padding: var(--space-3) var(--space-4); color: var(--note); background: var(--note-ground); border-radius: var(--round); }
:is(.notice, .note, .warning) a { color: inherit; }
:is(.notice, .note, .warning) > * + * { margin-top: var(--space-2); }
:is(.notice, .note, .warning) li + li { margin-top: var(--space-1); }
.empty { display: grid; gap: var(--space-2); color: var(--soft); }
main > .empty { padding: var(--space-8) var(--space-4); justify-items: center; text-align: center; background: var(--paper);
  border: 1px dashed var(--edge); border-radius: var(--round); }
.more { padding-top: var(--space-3); }
summary { cursor: pointer; color: var(--soft); font-size: var(--text-s); }
details > ol, details > ul, details > form { margin-top: var(--space-3); }

.badge { display: inline-block; padding: 0 var(--space-2); border-radius: 1rem; font-size: var(--text-s); line-height: 1.6;
  color: var(--ink); background: var(--tint); white-space: nowrap; }
.badge.good, .badge.verified, .badge.stage-person { color: var(--good); background: var(--good-ground); }
.badge.asserted, .badge.stage-identified { color: var(--accent); background: var(--tint); }
.badge.hinted, .badge.inferred, .badge.stage-activity { color: var(--note); background: var(--note-ground); }
.badge.danger { color: var(--danger); background: var(--danger-ground); }
.ids { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-2); }
.badge.stage-device, .badge.purpose { color: var(--soft); background: var(--ground); }
.letter { display: inline-grid; place-items: center; min-width: 1.5rem; height: 1.5rem; padding: 0 var(--space-1);
  font-size: var(--text-s); font-weight: 700; border: 1px solid var(--edge); border-radius: 1rem; background: var(--paper); }

.ranges, .subnav ul { display: flex; flex-wrap: wrap; gap: var(--space-1); }
.ranges { align-items: start; }
.ranges summary { padding: var(--space-1) var(--space-3); font-size: var(--text-m); color: var(--ink); border-radius: var(--round); }
.ranges summary[aria-current] { background: var(--tint); font-weight: 600; }
.ranges a, .subnav a { display: block; padding: var(--space-1) var(--space-3); border-radius: var(--round); color: var(--ink); text-decoration: none; }
:is(.ranges, .subnav) a:hover, .ranges a[aria-current] { background: var(--tint); }
:is(.ranges, .subnav) a[aria-current] { font-weight: 600; }
.subnav { border-bottom: 1px solid var(--line); }
.subnav a { padding: var(--space-2) var(--space-3); border-radius: var(--round) var(--round) 0 0; border-bottom: 3px solid transparent; }
.subnav a[aria-current] { color: var(--accent); border-bottom-color: var(--accent); }
.pages { display: flex; flex-wrap: wrap; gap: var(--space-4); padding-top: var(--space-2); }
.progress { display: grid; gap: var(--space-1); max-width: 44rem; }
.diff { margin: 0; padding: 0; overflow-x: auto; font: var(--text-s)/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; border: 1px solid var(--line); border-radius: var(--round); }
.diff li { display: flex; gap: var(--space-2); padding: 0 var(--space-3); white-space: pre-wrap; overflow-wrap: anywhere; }
.diff li > span:first-child { flex: none; width: 1ch; user-select: none; }
.diff ins, .diff del { text-decoration: none; }
.diff .added { color: var(--good); background: var(--good-ground); }
.diff .removed { color: var(--danger); background: var(--danger-ground); }
.diff .gap { color: var(--soft); background: var(--ground); }
.empty h1 { color: var(--ink); }

`;
