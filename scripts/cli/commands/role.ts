import { type RoleHolder, readRoles } from "../../sdk/actions/readRoles.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { duration, type TableSection, text } from "../report.ts";
import { call, cancel, execute, operation, operations, schedule } from "../roleOperations.ts";

const list: CommandSpec = {
  verb: "list",
  summary: "Who holds which power, and how long it has to be announced before.",
  example: "",
  async run(session) {
    return [holders(await readRoles(await session.breakwater()))];
  },
};

const check: CommandSpec = {
  verb: "check",
  summary: "Which powers one address holds; one's own unless given.",
  args: [["[address]", "whose"]],
  example: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  async run(session, { address }) {
    const who = await session.whose(address, "address");
    const held = (await readRoles(await session.breakwater())).filter(({ holder }) => holder === who);
    return [{ ...holders(held), title: who, empty: "holds no role" }];
  },
};

/** A table of powers. */
export function holders(roles: RoleHolder[]): TableSection {
  return {
    key: "roles",
    title: "Roles",
    columns: [
      { key: "role", head: "role" },
      { key: "holder", head: "holder" },
      { key: "name", head: "contract" },
      { key: "delay", head: "delay" },
    ],
    rows: roles.map(({ role, holder, name, delay }) => ({
      role: text(role),
      holder: text(holder),
      name: name === undefined ? { text: "", json: null } : text(name),
      delay: duration(delay),
    })),
  };
}

export default {
  noun: "role",
  summary: "Powers of the governor, the steward and the guardian, and what the governor has announced.",
  commands: [list, check, operations, operation, schedule, execute, cancel, call],
} satisfies NounSpec;
