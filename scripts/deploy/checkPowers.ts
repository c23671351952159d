import { getAddress, type LogDescription, type Provider } from "ethers";
import type { ModuleParameters } from "../shared/parameters.ts";
import { iso } from "./checkParameters.ts";
import type { Contracts } from "./contracts.ts";
import { logsOf } from "./logs.ts";
import { MANAGED, ROLES, type Role, restrictedFunctions } from "./powersTable.ts";
import type { Report } from "./report.ts";

export type People = Record<"governor" | "steward" | "guardian" | "treasury", string>;

export type CheckPowersParameters = {
  report: Report;
  provider: Provider;
  contracts: Contracts;
  addresses: Record<string, string>;
  parameters: ModuleParameters;
  people: People;
  deployer: string;
  fromBlock: number;
};

/** Roles whose grants, and whose holder's acts, wait for the governor's delay. */
const SLOW: Role[] = ["admin", "governor", "parameters"];

/**
 * Who may do what: every restricted function's role, every role's holders (from all grants there ever were) with their
 * delays, who may cancel, how slow a change of powers is, and that the deployer is left with nothing.
 */
export function checkPowers(given: CheckPowersParameters): void {
  const { report, contracts, addresses, parameters, people, deployer } = given;
  const { access } = contracts;
  const delay = BigInt(parameters.governorDelay as number);
  let history: Promise<LogDescription[]> | undefined;
  const events = () => (history ??= eventsOf(given));

  const restricted = restrictedFunctions(addresses);
  for (const { contract, function: name, selector, role } of restricted) {
    report.expect(`${contract}.${name} › role`, role, async () =>
      roleName(await access.getTargetFunctionRole(addresses[contract]!, selector)),
    );
  }
  const known = new Set(
    restricted.map(({ contract, selector }) => `${addresses[contract]!.toLowerCase()} ${selector}`),
  );
  report.expect("functions with a role besides", [], async () => {
    const updated = (await events()).filter(({ name }) => name === "TargetFunctionRoleUpdated");
    const others = new Map(updated.map(({ args }) => [`${args.target.toLowerCase()} ${args.selector}`, args.roleId]));
    return [...others].filter(([which, role]) => !known.has(which) && role !== ROLES.admin).map(([which]) => which);
  });

  const governor: Holder = [people.governor, delay];
  const holders: Record<Role, Holder[]> = {
    admin: [governor],
    governor: [governor],
    steward: [[people.steward, 0n]],
    guardian: [[people.guardian, 0n]],
    parameters: [governor, [addresses.RiskSteward!, 0n]],
  };
  const shown = (list: Holder[]) => list.map(([who, wait]) => `${report.show(who)} after ${wait} s`).sort();
  for (const [role, expected] of Object.entries(holders) as [Role, Holder[]][]) {
    report.expect(`role ${role} › holders`, shown(expected), async () => {
      const granted = (await events()).filter(
        ({ name, args }) => name === "RoleGranted" && args.roleId === ROLES[role],
      );
      const ever = [...new Set(granted.map(({ args }) => getAddress(args.account)))];
      const found = await Promise.all(ever.map((who) => accessOf(given, role, who)));
      return found.filter((line) => line !== undefined).sort();
    });
  }
  report.expect("roles besides", [], async () => {
    const granted = (await events()).filter(({ name }) => name === "RoleGranted").map(({ args }) => args.roleId);
    return [...new Set(granted)].filter((id) => !Object.values(ROLES).includes(id)).map((id) => `role ${id}`);
  });
  if (parameters.governor !== undefined) {
    report.expect("the deployer is not the governor", true, () => getAddress(people.governor) !== getAddress(deployer));
    report.expect("deployer › roles", [], async () => {
      const held = await Promise.all(
        Object.entries(ROLES).map(async ([role, id]) => ((await access.getAccess(id, deployer))[0] === 0n ? "" : role)),
      );
      return held.filter((role) => role !== "");
    });
  }

  for (const [role, id] of Object.entries(ROLES)) {
    report.expect(`role ${role} › admin`, "admin", async () => roleName(await access.getRoleAdmin(id)));
    const cancels = role === "governor" || role === "parameters" ? "guardian" : "admin";
    report.expect(`role ${role} › guardian`, cancels, async () => roleName(await access.getRoleGuardian(id)));
    const waits = SLOW.includes(role as Role) ? delay : 0n;
    report.expect(`role ${role} › grant delay`, `${waits} s`, async () => {
      const last = (await events()).findLast((e) => e.name === "RoleGrantDelayChanged" && e.args.roleId === id);
      return inForce(waits, await access.getRoleGrantDelay(id), last);
    });
  }
  for (const contract of MANAGED.filter((name) => name in addresses)) {
    const target = addresses[contract]!;
    report.expect(`${contract} › admin delay`, `${delay} s`, async () => {
      const last = (await events()).findLast((e) => e.name === "TargetAdminDelayUpdated" && e.args.target === target);
      return inForce(delay, await access.getTargetAdminDelay(target), last);
    });
    report.expect(`${contract} › closed`, false, () => access.isTargetClosed(target));
  }
}

type Holder = [who: string, delaySeconds: bigint];

async function eventsOf({ provider, contracts: { access }, addresses, fromBlock }: CheckPowersParameters) {
  const logs = await logsOf(provider, addresses.AccessManager!, fromBlock);
  return logs.map((log) => access.interface.parseLog(log)).filter((event) => event !== null);
}

/** Undefined: not a holder, now or later. Anything unusual about the holding is said, so that it shows as a difference. */
async function accessOf({ report, provider, contracts: { access } }: CheckPowersParameters, role: Role, who: string) {
  const [since, delay, pendingDelay, effect] = await access.getAccess(ROLES[role], who);
  if (since === 0n) return undefined;
  const { timestamp } = (await provider.getBlock("latest"))!;
  const later = since > BigInt(timestamp) ? `, from ${iso(since)}` : "";
  const change = effect === 0n ? "" : `, after ${pendingDelay} s from ${iso(effect)}`;
  return `${report.show(who)} after ${delay} s${later}${change}`;
}

/** Changes of delays are in force five days after they were made: until then, what was set counts, if nothing came after. */
function inForce(expected: bigint, now: bigint, last: LogDescription | undefined): string {
  const set: bigint | undefined = last?.args.delay;
  if (now !== expected && set === expected) return `${set} s`;
  if (set !== undefined && set !== now) return `${now} s, ${set} s from ${iso(last!.args.since)}`;
  return `${now} s`;
}

const roleName = (id: bigint): string => Object.entries(ROLES).find(([, role]) => role === id)?.[0] ?? `role ${id}`;
