/** Colour, type and space. Text has at least 4.5:1 against its ground, light and dark; borders of controls 3:1. */
export const TOKENS = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9;
  --paper: #ffffff;
  --ink: #18212b;
  --soft: #55606d;
  --line: #dde2e8;
  --edge: #7d8894;
  --accent: #0b5c8f;
  --accent-ink: #ffffff;
  --danger: #a3231f;
  --danger-ground: #fdeceb;
  --good: #1d6b3a;
  --good-ground: #e5f4ea;
  --note: #7a4d00;
  --note-ground: #fdf2dc;
  --tint: #e6f0f7;

  --c0: #0b6fae;
  --c1: #b45309;
  --c2: #2f7d4f;
  --c3: #8a4fa8;
  --c4: #b83a5e;
  --c5: #5b6875;

  --text-s: 0.8125rem;
  --text-m: 0.9375rem;
  --text-l: 1.125rem;
  --text-xl: 1.5rem;
  --text-xxl: 2rem;

  --space-1: 0.25rem;
  --space-2: 0.5rem;
  --space-3: 0.75rem;
  --space-4: 1rem;
  --space-6: 1.5rem;
  --space-8: 2.5rem;
  --round: 0.5rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161b;
    --paper: #1a2027;
    --ink: #e8ecf0;
    --soft: #a3aeba;
    --line: #2e3741;
    --edge: #7f8b98;
    --accent: #7cc0ee;
    --accent-ink: #0b1b27;
    --danger: #ff9a94;
    --danger-ground: #3b1b1a;
    --good: #84d6a1;
    --good-ground: #15301f;
    --note: #f0c06a;
    --note-ground: #35280f;
    --tint: #18303f;
    --c0: #5fb2ea;
    --c1: #f0a04b;
    --c2: #6cc48f;
    --c3: #c597e0;
    --c4: #f08aa6;
    --c5: #9aa7b4;
  }
}
`;
