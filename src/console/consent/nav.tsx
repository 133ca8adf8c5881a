/** The pages of the policy, beside each other. */
import { Subnav } from "../parts.tsx";

export const POLICY = "/_u/console/policy";
export const DRAFT = `${POLICY}/draft`;
export const VERSIONS = `${POLICY}/versions`;
export const SIMULATOR = "/_u/console/simulator";
export const RECEIPTS = "/_u/console/receipts";
export const RECORD = "/_u/console/record";

export const PolicyNav = ({ path }: { path: string }) => (
  <Subnav
    label="Policy"
    path={path}
    items={[
      { name: "In force", href: POLICY },
      { name: "Draft", href: DRAFT },
      { name: "Versions", href: VERSIONS },
    ]}
  />
);
