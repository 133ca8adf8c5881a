/** What purposes are called on a page: by the policy in force, whose officer may rename them. */
import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Policy } from "../../domain/consent/policy.ts";
import { labelOf } from "../../domain/consent/notice.ts";

const InForce = createContext<Policy | null>(null);

export const CalledBy = ({ policy, children }: { policy: Policy; children: ComponentChildren }) => (
  <InForce.Provider value={policy}>{children}</InForce.Provider>
);

/** `measurement` → `Measurement`; one that the policy no longer has keeps its id. */
export function PurposeName({ id }: { id: string }) {
  const policy = useContext(InForce);
  return <>{policy === null ? id : labelOf(policy, id)}</>;
}

export const PurposeNames = ({ ids }: { ids: readonly string[] }) => (
  <>
    {ids.map((id, at) => (
      <>
        {at > 0 && ", "}
        <PurposeName id={id} />
      </>
    ))}
  </>
);
