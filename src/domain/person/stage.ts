/** How well we know somebody (DESIGN.md 1), least first. */
export const STAGES = ["device", "activity", "identified", "person"] as const;
export type Stage = (typeof STAGES)[number];

export const reaches = (stage: Stage, least: Stage): boolean =>
  STAGES.indexOf(stage) >= STAGES.indexOf(least);
