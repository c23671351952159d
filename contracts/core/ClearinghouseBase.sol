// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Wired} from "../governance/Wired.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IVault} from "../interfaces/IVault.sol";
import {SettlementLib} from "../margin/SettlementLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {Book, Operation, State} from "../types/State.sol";
import {RiskLib} from "./RiskLib.sol";

/// @title ClearinghouseBase
/// @notice What every entry point of the clearinghouse needs: the state, prices, and one way to carry an operation out.
abstract contract ClearinghouseBase is IClearinghouse, AccessManaged, ReentrancyGuardTransient, Wired {
    /// @notice Where the money is.
    IVault public immutable VAULT;

    /// @notice The counterparty of every trade.
    ILiquidityPool public immutable POOL;

    /// @notice Who pays for deficits.
    ILossWaterfall public immutable WATERFALL;

    /// @notice Where prices come from.
    IOracleRouter public immutable ORACLE;

    /// @notice Whom the treasury's share of fees belongs to.
    address public immutable TREASURY;

    /// @notice The contract that turns orders into trades; fixed when wired.
    address public executor;

    State internal _state;

    constructor(
        address authority_,
        IVault vault,
        ILiquidityPool pool,
        ILossWaterfall waterfall,
        IOracleRouter oracle,
        address treasury
    ) AccessManaged(authority_) {
        VAULT = vault;
        POOL = pool;
        WATERFALL = waterfall;
        ORACLE = oracle;
        TREASURY = treasury;
    }

    /// @notice Fixes for good which contract turns orders into trades.
    /// @dev Requirements: the deployer, once, else the errors of {Wired}.
    function wire(address executor_) external onlyOnce {
        executor = executor_;
    }

    function _requireListed(MarketId id) internal view {
        if (!_state.markets[id].isListed) revert Clearinghouse_MarketNotListed(id);
    }

    function _price(MarketId id, PriceUse use) internal view returns (uint256 price) {
        (price, ) = ORACLE.priceFor(id, use);
    }

    /// @dev Zero if the market is dead.
    function _tryPrice(MarketId id, PriceUse use) internal view returns (uint256) {
        return ORACLE.livePrice(id, use);
    }

    /// @dev The open positions of an account with their prices, ascending; bounded by MAX_POSITIONS.
    function _book(AccountId id, bool mayBeDead, PriceUse use) internal view returns (Book memory book) {
        uint256 open = _state.accounts[id].openMarkets;
        uint256 n;
        for (uint256 bits = open; bits != 0; bits &= bits - 1) ++n;
        book.length = n;
        book.markets = new MarketId[](n);
        book.prices = new uint256[](n);
        uint256 i;
        for (uint8 m = 0; i < n; ++m) {
            if (open & (1 << m) == 0) continue;
            book.markets[i] = MarketId.wrap(m);
            book.prices[i] = mayBeDead ? _tryPrice(MarketId.wrap(m), use) : _price(MarketId.wrap(m), use);
            ++i;
        }
    }

    /// @dev Starts an operation with what the pool has before it.
    function _open() internal view returns (Operation memory op) {
        (op.cash, op.insurance, op.debtsBefore, op.openNotionalBefore, op.claimsBefore) = POOL.snapshot();
    }

    /// @dev Moves the money, brings the pool's equity up to date, and repays debts from what cash there is. An account
    /// that is short of margin has its profits turned into margin first.
    function _commit(Operation memory op) internal returns (ILiquidityPool.Standing memory standing) {
        if (op.isShort) op = SettlementLib.finishShort(_state, op, _book(op.account, true, PriceUse.Value));
        _post(op.flows);
        standing = POOL.record(ILiquidityPool.Change(op.marks, op.unpaid, op.openNotional, op.income, op.recovery));
        if (standing.unpaid != 0 && standing.cash != 0) standing = _payDebts(standing.cash);
    }

    function _payDebts(uint256 cash) internal returns (ILiquidityPool.Standing memory) {
        (uint256 paid, uint256 cancelled) = SettlementLib.payDebts(_state, cash);
        int256[LEDGER_COUNT] memory flows;
        flows[uint256(Ledger.Cash)] = -int256(paid);
        flows[uint256(Ledger.Recovery)] = int256(paid);
        _post(flows);
        return POOL.record(ILiquidityPool.Change(0, -int256(cancelled), 0, 0, 0));
    }

    function _post(int256[LEDGER_COUNT] memory flows) private {
        for (uint256 i = 0; i < LEDGER_COUNT; ++i) {
            if (flows[i] == 0) continue;
            VAULT.post(flows);
            return;
        }
    }

    function _withdrawable(AccountId id) internal view returns (uint256) {
        return RiskLib.withdrawable(_state, id, _book(id, false, PriceUse.Value));
    }
}
