import type { Breakwater } from "../contracts.ts";
import { ADMIN_FUNCTIONS } from "../governedAbis.ts";
import { decodeGovernedCall, type GovernedCall } from "../governedCalls.ts";
import { ROLES, type RoleHolder, type RoleName, readRoles } from "./readRoles.ts";

export type HoldersForReturnType = {
  /** Its name, or its number if it has none. */
  role: string;
  holders: RoleHolder[];
  /** Who may take it off the schedule besides the one who put it there. */
  cancellers: RoleHolder[];
};

/** Which role a governed call takes, who holds it, and who can cancel the call. */
export async function holdersFor(breakwater: Breakwater, call: GovernedCall): Promise<HoldersForReturnType> {
  const { access, book } = breakwater;
  const selector = call.data.slice(0, 10);
  const { contract, fn } = decodeGovernedCall(book, call);
  const [assigned, roles] = await Promise.all([
    access.getTargetFunctionRole(call.target, selector),
    readRoles(breakwater),
  ]);
  const isAdmins = contract === "access" && ADMIN_FUNCTIONS.includes(fn ?? "");
  const isOfRole = fn === "grantRole" || fn === "revokeRole";
  // The first argument of a grant is the role, whose admins decide.
  const admin = isAdmins && isOfRole ? await access.getRoleAdmin(BigInt(`0x${call.data.slice(10, 74)}`)) : ROLES.admin;
  const role = isAdmins ? admin : assigned;
  const guardian = await access.getRoleGuardian(assigned);
  const cancelling = new Set([ROLES.admin, guardian, ...(isAdmins ? [admin] : [])]);
  return {
    role: nameOf(role) ?? String(role),
    holders: roles.filter((holder) => ROLES[holder.role] === role),
    cancellers: roles.filter((holder) => cancelling.has(ROLES[holder.role])),
  };
}

function nameOf(role: bigint): RoleName | undefined {
  return (Object.keys(ROLES) as RoleName[]).find((name) => ROLES[name] === role);
}
