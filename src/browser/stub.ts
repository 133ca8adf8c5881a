/**
 * What a page may put before the snippet's tag, so that `usher.track()` and the rest can be called before the snippet
 * has loaded. Sites with a Content-Security-Policy allow it by its hash (`integrity.stub` of the build) or leave it out
 * and call after the snippet.
 */
export const STUB: string =
  'window.usher||(u=>{for(const m of["page","track","identify","reset","consent","next"])' +
  "u[m]=(...a)=>new Promise(d=>u.q.length<200?u.q.push([m,a,d]):d())})(window.usher={q:[]})";

/** The two lines for a site's `<head>`. `host` is the collector's origin, empty for the page's own. */
export const installation = (host: string, writeKey: string): string =>
  `<script>${STUB}</script>\n` +
  `<script async src="${host}/_u/usher.js" data-write-key="${writeKey}"></script>`;
