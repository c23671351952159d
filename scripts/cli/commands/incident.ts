import { type IncidentState, readIncidents } from "../../sdk/actions/readIncidents.ts";
import { InputError } from "../../shared/inputError.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { LAYERS } from "../layers.ts";
import { parseCount, parseId } from "../options.ts";
import * as figures from "../report.ts";
import { fact, usd } from "../report.ts";

const list: CommandSpec = {
  verb: "list",
  summary: "Deficits and who paid for them, newest first.",
  options: [
    ["--before <id>", "older than this one"],
    ["--limit <n>", "at most so many", "20"],
  ],
  example: "--limit 5",
  async run(session, _args, options) {
    const limit = parseCount(String(options.limit), "--limit");
    const from = options.before === undefined ? undefined : parseId(String(options.before), "--before") - 1n;
    const incidents = await readIncidents(await session.breakwater(), { limit, ...(from !== undefined && { from }) });
    const sum = (key: keyof IncidentState) => usd(incidents.reduce((total, one) => total + (one[key] as bigint), 0n));
    return [
      {
        key: "incidents",
        columns: [
          { key: "incidentId", head: "incident" },
          { key: "account", head: "account" },
          { key: "deficit", head: "deficit, USD" },
          ...LAYERS.map(([key]) => ({ key, head: `${key}, USD` })),
          { key: "block", head: "block" },
          { key: "transaction" },
        ],
        rows: incidents.map((incident) => ({
          incidentId: figures.count(incident.incidentId),
          account: figures.account(incident.account),
          deficit: usd(incident.deficit),
          ...Object.fromEntries(LAYERS.map(([key]) => [key, usd(incident[key])])),
          block: figures.count(incident.block),
          transaction: figures.text(incident.transaction),
        })),
        foot: {
          incidentId: figures.text("sum"),
          deficit: sum("deficit"),
          ...Object.fromEntries(LAYERS.map(([key]) => [key, sum(key)])),
        },
        empty: "no deficit so far",
      },
    ];
  },
};

const show: CommandSpec = {
  verb: "show",
  summary: "One deficit, added up layer by layer.",
  args: [["<id>", "number of the incident"]],
  example: "1",
  async run(session, { id }) {
    const incidentId = parseId(id!, "id");
    const breakwater = await session.breakwater();
    const count = await breakwater.waterfall.incidentCount();
    const [incident] = await readIncidents(breakwater, { from: incidentId, limit: 1 });
    if (incident?.incidentId !== incidentId) {
      throw new InputError(`incident ${incidentId}: there are ${count} so far`);
    }
    return [
      {
        facts: [
          fact("incidentId", "incident", figures.count(incidentId)),
          fact("account", "account", figures.account(incident.account)),
          fact("block", "block", figures.count(incident.block)),
          fact("transaction", "transaction", figures.text(incident.transaction)),
          fact("deficit", "deficit, USD", usd(incident.deficit)),
        ],
      },
      {
        key: "layers",
        columns: [
          { key: "layer" },
          { key: "who", head: "paid by" },
          { key: "amount", head: "USD" },
          { key: "share", head: "share" },
          { key: "left", head: "left, USD" },
        ],
        rows: LAYERS.map(([key, who], i) => ({
          layer: figures.text(key),
          who: figures.text(who),
          amount: usd(incident[key]),
          share: figures.ratio(incident[key], incident.deficit),
          left: usd(LAYERS.slice(0, i + 1).reduce((left, [layer]) => left - incident[layer], incident.deficit)),
        })),
        foot: {
          who: figures.text("deficit"),
          amount: usd(LAYERS.reduce((sum, [layer]) => sum + incident[layer], 0n)),
        },
      },
    ];
  },
};

export default { noun: "incident", summary: "Deficits, and who paid.", commands: [list, show] } satisfies NounSpec;
