/** Why a match weighs what it weighs: a bar for each reason, from where the one before ended. */
import type { SuggestionAnswer } from "../../http/api/suggestions.ts";

const HEIGHT = 10;

const bits = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;

interface Bar {
  because: string;
  bits: number;
  from: number;
  kind: "for" | "against" | "total";
}

export function barsOf({ reasons, score }: Pick<SuggestionAnswer, "reasons" | "score">): Bar[] {
  let at = 0;
  const bars = reasons.map((reason): Bar => {
    const from = at;
    at += reason.bits;
    return { ...reason, from, kind: reason.bits < 0 ? "against" : "for" };
  });
  return [...bars, { because: "All together", bits: score, from: 0, kind: "total" }];
}

const percent = (part: number): string => `${Math.round(part * 10_000) / 100}%`;

const upper = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

export const Waterfall = (suggestion: Pick<SuggestionAnswer, "reasons" | "score">) => {
  const bars = barsOf(suggestion);
  const ends = bars.flatMap(({ from, bits: size }) => [from, from + size]);
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const at = (value: number): number => (value - least) / (most - least || 1);
  return (
    <ol class="waterfall">
      {bars.map(({ because, bits: size, from, kind }) => (
        <li>
          {kind === "total" ? <strong>{because}</strong> : <span>{upper(because)}</span>}
          <span class="number">
            {bits(size)}
            <span class="hidden"> bits</span>
          </span>
          <svg height={HEIGHT} aria-hidden="true">
            <rect
              class={kind}
              x={percent(at(Math.min(from, from + size)))}
              width={percent(Math.max(0.003, Math.abs(size) / (most - least || 1)))}
              height={HEIGHT}
              rx="2"
            />
            <line class="zero" x1={percent(at(0))} x2={percent(at(0))} y1="-2" y2={HEIGHT + 2} />
          </svg>
        </li>
      ))}
    </ol>
  );
};
