import { AbiCoder, keccak256 } from "ethers";
import { wad } from "../../../scripts/shared/world.ts";
import { type CliStage, emptyStage, governedStage, seededStage, WEEK } from "../cliStage.ts";
import type { Row } from "../row.ts";

const GUARDIAN = ["--account-index", "7"];
const STRANGER = ["--account-index", "6"];

/** A call that the tests announce. */
const feeOf = ({ breakwater }: CliStage) => breakwater.orders.interface.encodeFunctionData("setKeeperFee", [wad(2)]);

async function announce(stage: CliStage): Promise<void> {
  const { breakwater, governor } = stage;
  await breakwater.access.connect(governor).schedule(breakwater.orders, feeOf(stage), 0);
}

async function announceAndWait(stage: CliStage): Promise<void> {
  await announce(stage);
  await stage.advance(Number(WEEK));
}

/** As `hashOperation`. */
function idOf(stage: CliStage): string {
  const { address, breakwater } = stage;
  const of = [address[0], breakwater.book.addresses.orders, feeOf(stage)];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "address", "bytes"], of));
}

const shortId = (stage: CliStage) => [idOf(stage).slice(0, 10)];

/** Of whoever holds a power. */
export const GOVERNING: Row[] = [
  {
    command: "role list",
    stage: emptyStage,
    table: [/guardian +0xf39F/, /parameters +0x\w+ +steward/],
    json: { "roles.0.role": "admin", "roles.length": 6 },
    error: { argv: () => ["extra"], line: /too many arguments/ },
  },
  {
    command: "role check",
    stage: seededStage,
    argv: ({ address }) => [address[7]!],
    table: ["holds no role"],
    json: { roles: [] },
    error: { argv: () => ["me"], line: 'address: "me" is not an address' },
  },
  {
    command: "role operations",
    stage: governedStage,
    before: announce,
    table: [
      /^0x[0-9a-f]{8} +waiting +20\d\d-.*UTC +20\d\d-.*UTC +orders\.setKeeperFee\(fee 2000000000000000000 \(2 if a WAD\)\)$/m,
    ],
    json: { "operations.length": 1, "operations.0.state": "waiting" },
    error: { argv: () => ["--deployments", "nowhere"], line: /^nothing is deployed/ },
  },
  {
    command: "role operation",
    stage: governedStage,
    before: announceAndWait,
    argv: shortId,
    table: [/state +ready/, /takes the role +governor/, /fee +2000000000000000000 \(2 if a WAD\)$/m],
    json: { state: "ready", role: "governor", "cancellers.length": 2, "values.0.value": "2000000000000000000" },
    error: { argv: () => ["0x12345678"], line: "operation 0x12345678: there is none; `role operations` shows them" },
  },
  {
    command: "role schedule",
    stage: governedStage,
    argv: () => ["orders", "setKeeperFee", "2e18"],
    table: [
      /done +schedule orders\.setKeeperFee\(fee 2000000000000000000 \(2 if a WAD\)\), ready from 20\d\d-/,
      /operation +0x[0-9a-f]{64}/,
      /rehearsed +yes/,
    ],
    json: { isDryRun: false, isRehearsed: true, "values.0.name": "fee" },
    error: {
      argv: () => ["orders", "setKeeperFee", "2e18", ...STRANGER],
      line: /^0x976E\w+ may not schedule orders\.setKeeperFee\(.*\): it takes the role governor, held by 0xf39F\w+$/,
    },
  },
  {
    command: "role execute",
    stage: governedStage,
    before: announceAndWait,
    argv: shortId,
    table: [/done +execute 0x[0-9a-f]{8}: orders\.setKeeperFee\(fee 2/, /state +ready +executed/],
    json: { "changes.state.after": "executed" },
    error: {
      before: announce,
      line: /^operation 0x[0-9a-f]{8} is not ready yet: it will be at 20\d\d-.* UTC, in (7 d|6 d 23 h)$/,
    },
  },
  {
    command: "role cancel",
    stage: governedStage,
    before: announce,
    argv: (stage) => [...shortId(stage), ...GUARDIAN],
    table: [/done +cancel 0x[0-9a-f]{8}: orders\.setKeeperFee\(fee 2/, /state +waiting +cancelled/],
    json: { "changes.state.after": "cancelled" },
    error: {
      before: announce,
      argv: (stage) => [...shortId(stage), ...STRANGER],
      line: /^0x976E\w+ may not cancel operation 0x[0-9a-f]{8}: those who may are 0xf39F\w+ \(admin\), 0x14dC\w+ \(guardian\)$/,
    },
  },
  {
    command: "role call",
    stage: emptyStage,
    argv: () => ["orders", "setKeeperFee", "2e18"],
    table: [/done +call orders\.setKeeperFee\(fee 2000000000000000000 \(2 if a WAD\)\)/],
    json: { isDryRun: false, "values.0.value": "2000000000000000000" },
    error: {
      argv: () => ["orders", "setKeeperFee", "2e18", ...STRANGER],
      line: /^0x976E\w+ may not call orders\.setKeeperFee\(.*\): it takes the role governor, held by 0xf39F\w+$/,
    },
  },
];
