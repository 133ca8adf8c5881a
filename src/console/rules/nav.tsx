/** The pages of the identity rules, beside each other. */
import { Subnav } from "../parts.tsx";

export const RULES = "/_u/console/rules";
export const RULES_EDIT = `${RULES}/edit`;
export const RULES_TRY = `${RULES}/try`;
export const RULES_VERSIONS = `${RULES}/versions`;

export const RulesNav = ({ path }: { path: string }) => (
  <Subnav
    label="Identity rules"
    path={path}
    items={[
      { name: "In force", href: RULES },
      { name: "Change", href: RULES_EDIT },
      { name: "Try", href: RULES_TRY },
      { name: "Versions", href: RULES_VERSIONS },
    ]}
  />
);
