import type { NounSpec } from "../command.ts";
import account from "./account.ts";
import chain from "./chain.ts";
import claim from "./claim.ts";
import deploy from "./deploy.ts";
import faucet from "./faucet.ts";
import incident from "./incident.ts";
import insurance from "./insurance.ts";
import market from "./market.ts";
import oracle from "./oracle.ts";
import order from "./order.ts";
import pool from "./pool.ts";
import position from "./position.ts";
import role from "./role.ts";

/** Every noun, in the order a newcomer meets them. */
export const NOUNS: NounSpec[] = [
  deploy,
  chain,
  faucet,
  account,
  market,
  position,
  order,
  pool,
  insurance,
  oracle,
  incident,
  claim,
  role,
];
