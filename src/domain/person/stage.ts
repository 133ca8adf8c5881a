/** How well we know somebody (DESIGN.md 1), least first. */
export const STAGES = ["device", "activity", "identified", "person"] as const;
export type Stage = (typeof STAGES)[number];

export const reaches = (stage: Stage, least: Stage): boolean =>
  STAGES.indexOf(stage) >= STAGES.indexOf(least);

/** Short, wherever a stage is named: `identified` is for machines. */
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  device: "Device only",
  activity: "Interests known",
  identified: "Gave an identifier",
  person: "Signed in or confirmed",
};
