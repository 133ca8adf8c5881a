/** On paper: the content alone, black on white, nothing cut in two. */
export const PRINT = `
@media print {
  :root { color-scheme: light; --ground: #fff; --paper: #fff; --ink: #000; --soft: #333; --line: #bbb; --edge: #777; --tint: #fff; }
  html { font-size: 11pt; }
  .top, .menu, .skip, .actions, .search, .who, .pages, .subnav, .ranges, .no-print, form button { display: none !important; }
  .inside { display: block; }
  main { max-width: none; padding: 0; }
  .card, .figures, .list tr, .chart, li { break-inside: avoid; }
  .card { border-color: #bbb; }
  h1, h2, h3 { break-after: avoid; }
  .columns, .sides { display: block; }
  .columns > *, .sides > * { margin-bottom: 1rem; }
  details:not([open])::details-content { content-visibility: visible; }
}
`;
