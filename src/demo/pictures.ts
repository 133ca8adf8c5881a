import { html, type Markup } from "./html.ts";

/**
 * The site's pictures: simple shapes whose colours come from the style sheet (`a` to `e`), so that they change with
 * light and dark. All are decoration: what they show stands in the text beside them.
 */
const SCENES = {
  handshake: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M0 180V96q80-52 160-18t160-30v132z" />
    <circle class="d" cx="118" cy="92" r="34" />
    <circle class="e" cx="202" cy="92" r="34" />
    <rect class="c" x="118" y="84" width="84" height="16" rx="8" />`,
  tactics: html`<rect class="b" width="320" height="180" />
    <path class="line" d="M20 20h280v140H20zM160 20v140M160 62a28 28 0 1 1 0 56 28 28 0 0 1 0-56" />
    <path class="dash" d="M70 130q30-90 104-58t86-22" />
    <circle class="d" cx="70" cy="130" r="11" />
    <circle class="d" cx="98" cy="56" r="11" />
    <circle class="d" cx="130" cy="112" r="11" />
    <path
      class="strong light"
      d="m220 92 18 18m0-18-18 18M252 40l18 18m0-18-18 18M196 132l18 18m0-18-18 18"
    />`,
  armband: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M112 0h96l18 180H94z" />
    <path class="d" d="M103 70q57 26 114 0l5 46q-62 26-124 0z" />
    <path class="strong thick" d="M174 86q-26-6-26 12t26 12" />`,
  cones: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M0 112h320v68H0z" />
    <path class="dash" d="M40 150c40-40 60-40 80 0s50 40 80 0 50-40 80 0" />
    <path class="d" d="m56 150 16-40h8l16 40zM136 150l16-40h8l16 40zM216 150l16-40h8l16 40z" />
    <circle class="c" cx="284" cy="138" r="14" />
    <circle class="e" cx="262" cy="44" r="22" />`,
  pitch: html`<rect class="b" width="320" height="180" />
    <path
      class="a stripe"
      d="M40 0h40v180H40zM120 0h40v180h-40zM200 0h40v180h-40zM280 0h40v180h-40z"
    />
    <path
      class="line"
      d="M160 0v180M160 52a38 38 0 1 1 0 76 38 38 0 0 1 0-76M0 46h52v88H0M320 46h-52v88h52"
    />
    <circle class="c" cx="160" cy="90" r="7" />`,
  ball: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M0 134q160-36 320 0v46H0z" />
    <path class="dash" d="M24 140Q96 10 188 84" />
    <circle class="c" cx="214" cy="98" r="46" />
    <path class="e" d="m214 80 17 12-6 20h-22l-6-20z" />
    <path class="strong" d="M214 80V54m17 38 26-8m-32 28 15 22m-37-22-15 22m9-42-26-8" />`,
  stands: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M0 180V70l320-38v148z" />
    <path class="c" d="M0 70 320 32v16L0 86z" />
    <g class="d">${rows([104, 128, 152], 20)}</g>
    <g class="e">${rows([116, 140, 164], 34)}</g>`,
  floodlights: html`<rect class="e" width="320" height="180" />
    <path class="beam" d="M84 44 16 180h136zM236 44l-68 136h136z" />
    <path class="strong pale" d="M84 60v120M236 60v120" />
    <rect class="c" x="60" y="30" width="48" height="28" rx="4" />
    <rect class="c" x="212" y="30" width="48" height="28" rx="4" />
    <path class="b" d="M0 152q160-16 320 0v28H0z" />`,
  shirt: html`<rect class="a" width="320" height="180" />
    <path class="b" d="m118 34-42 24 16 34 20-8v66h96V84l20 8 16-34-42-24q-42 28-84 0z" />
    <path class="c" d="M112 100h96v14h-96z" />
    <circle class="d" cx="184" cy="78" r="8" />`,
  scarf: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M124 24h32v132h-32zM164 24h32v104h-32z" />
    <path
      class="d"
      d="M124 44h32v14h-32zM124 76h32v14h-32zM124 108h32v14h-32zM164 44h32v14h-32zM164 76h32v14h-32z"
    />
    <path
      class="strong"
      d="M128 156v12m8-12v12m8-12v12m8-12v12m16-40v12m8-12v12m8-12v12m8-12v12"
    />`,
  mug: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M112 62h84v74q0 16-16 16h-52q-16 0-16-16z" />
    <path class="strong thick ring" d="M196 80h16q14 0 14 18t-14 18h-16" />
    <path class="strong" d="M136 48q-8-10 0-20t0-18M164 48q-8-10 0-20t0-18" />
    <circle class="d" cx="154" cy="104" r="15" />`,
  hat: html`<rect class="a" width="320" height="180" />
    <path class="b" d="M100 122q0-74 60-74t60 74z" />
    <rect class="d" x="92" y="116" width="136" height="30" rx="12" />
    <circle class="c" cx="160" cy="42" r="17" />`,
  print: html`<rect class="a" width="320" height="180" />
    <rect class="c" x="84" y="24" width="152" height="132" rx="3" />
    <rect class="e" x="96" y="36" width="128" height="108" />
    <circle class="d" cx="182" cy="76" r="17" />
    <path class="b" d="M96 112q32-14 64 0t64 0v32H96z" />`,
} as const satisfies Record<string, Markup>;

export type Picture = keyof typeof SCENES;

/** A row of heads for each height. */
function rows(heights: readonly number[], from: number): readonly Markup[] {
  return heights.flatMap((y) =>
    Array.from(
      { length: 11 },
      (_, at) => html`<circle cx="${from + at * 28}" cy="${y - at}" r="7" />`,
    ),
  );
}

export const picture = (name: Picture): Markup =>
  html`<svg class="picture" viewBox="0 0 320 180" aria-hidden="true" focusable="false">
    ${SCENES[name]}
  </svg>`;

/** The ground between the town and the sea at dusk. */
export const PANORAMA: Markup = html`<svg
  class="panorama"
  viewBox="0 0 1200 420"
  preserveAspectRatio="xMaxYMax slice"
  aria-hidden="true"
  focusable="false"
>
  <rect class="sky" width="1200" height="420" />
  <circle class="sun" cx="1085" cy="190" r="66" />
  <path class="far" d="M0 300q150-50 300-28t330-44 330 24 240-30v216H0z" />
  <path class="beam" d="m690 118-130 190h260zM1010 118 880 308h260z" />
  <path class="mast" d="M690 118v200M1010 118v200" />
  <rect class="lamp" x="666" y="100" width="48" height="26" rx="4" />
  <rect class="lamp" x="986" y="100" width="48" height="26" rx="4" />
  <path class="stand" d="M640 316 740 240h220l100 76z" />
  <path class="roof" d="M728 244h244l26-20H702z" />
  <path class="near" d="M0 330q260-30 620-18h450q70-4 130 6v102H0z" />
  <path class="sea" d="M0 366q75-16 150 0t150 0 150 0 150 0 150 0 150 0 150 0 150 0v54H0z" />
  <path class="foam" d="M40 392h90M230 402h130M520 390h110M760 404h150M1010 394h100" />
</svg>`;

export const CREST: Markup = html`<svg
  class="crest"
  viewBox="0 0 40 46"
  aria-hidden="true"
  focusable="false"
>
  <path class="shield" d="M3 3h34v22q0 13-17 19Q3 38 3 25z" />
  <path class="wave" d="M3 22q8.5-6 17 0t17 0v6q-8.5 6-17 0t-17 0z" />
  <circle class="star" cx="20" cy="12" r="4.5" />
</svg>`;

/** The crest as a file of its own, for the browser's tab. */
export const CREST_FILE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 46">' +
  '<path fill="#0e5a55" d="M3 3h34v22q0 13-17 19Q3 38 3 25z"/>' +
  '<path fill="#f4efe4" d="M3 22q8.5-6 17 0t17 0v6q-8.5 6-17 0t-17 0z"/>' +
  '<circle cx="20" cy="12" r="4.5" fill="#f0a35c"/></svg>';
