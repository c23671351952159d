/** What anybody may look at. */
import { isOpenable } from "./checks.ts";
import { claimsOf } from "./claims.ts";
import { debtsTo, healthOf } from "./health.ts";
import { freeCapital } from "./lp.ts";
import { type Options, State } from "./state.ts";
import type { Health, Incident, Ledgers, Market, Position } from "./types.ts";

export class Views {
  readonly state: State;

  constructor(options: Options) {
    this.state = new State(options);
  }

  ledgers = (): Ledgers => ({ ...this.state.ledgers });
  equity = (): bigint => this.state.equity;
  exitValue = (): bigint => this.state.exitValue;
  navs = (): { senior: bigint; junior: bigint } => this.state.navs;
  principal = (): bigint => this.state.pool.principal;
  floor = (): bigint => this.state.floor;
  freeCapital = (): bigint => freeCapital(this.state);
  isOpenable = (): boolean => isOpenable(this.state);
  incidents = (): readonly Incident[] => this.state.incidents;
  market = (id: number): Readonly<Market> => this.state.market(id);
  margin = (account: bigint): bigint => this.state.accounts.get(account)?.margin ?? 0n;
  position = (account: bigint, id: number): Position | undefined => this.state.accounts.get(account)?.positions.get(id);
  health = (account: bigint): Health => healthOf(this.state, this.state.account(account));
  debtsTo = (account: bigint): { collectable: bigint; outstanding: bigint } =>
    debtsTo(this.state, this.state.account(account));
  claimsOf = (account: bigint): { claimable: bigint; outstanding: bigint } =>
    claimsOf(this.state, this.state.account(account));
  residual = (): bigint => this.state.waterfall.residual;
  feesOf = (beneficiary: string): bigint => this.state.feesDue[beneficiary] ?? 0n;
}
