import type { Breakwater } from "../contracts.ts";
import { readEvents } from "../readEvents.ts";

/** Roles of contracts/governance/Roles.sol, and the manager's own. */
export const ROLES = { admin: 0n, governor: 1n, steward: 2n, guardian: 3n, parameters: 4n } as const;
export type RoleName = keyof typeof ROLES;

export type RoleHolder = {
  role: RoleName;
  holder: string;
  /** Its name in the address book, if it is a contract of the deployment. */
  name: string | undefined;
  /** Seconds between announcing and doing. */
  delay: bigint;
};

export type ReadRolesReturnType = RoleHolder[];

/**
 * Who holds which power. The manager keeps no list: whoever was ever granted a role is asked about.
 *
 * @example
 * const governors = (await readRoles(breakwater)).filter(({ role }) => role === "governor");
 */
export async function readRoles(breakwater: Breakwater): Promise<ReadRolesReturnType> {
  const { access, book } = breakwater;
  const granted = new Set<string>();
  for await (const { args } of readEvents(breakwater, access, access.filters.RoleGranted())) {
    granted.add(`${args.roleId}:${args.account}`);
  }
  const holders: RoleHolder[] = [];
  for (const [role, id] of Object.entries(ROLES) as [RoleName, bigint][]) {
    for (const grant of [...granted].filter((text) => text.startsWith(`${id}:`)).sort()) {
      const holder = grant.split(":")[1]!;
      const { isMember, executionDelay } = await access.hasRole(id, holder);
      const name = Object.entries(book.addresses).find(([, address]) => address === holder)?.[0];
      if (isMember) holders.push({ role, holder, name, delay: executionDelay });
    }
  }
  return holders;
}
