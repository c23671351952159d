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
import {OperationLib} from "../margin/OperationLib.sol";
import {SettlementLib} from "../margin/SettlementLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {LEDGER_COUNT, Ledger} from "../types/Ledger.sol";
import {MarketState} from "../types/Market.sol";
import {MarketId, NO_MARKET} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {Book, Operation, State} from "../types/State.sol";
import {RiskLib} from "./RiskLib.sol";

/// @title ClearinghouseBase
/// @notice What every entry point of the clearinghouse needs: the state, prices, and one way to carry an operation out.
abstract contract ClearinghouseBase is IClearinghouse, AccessManaged, ReentrancyGuardTransient, Wired {
    using OperationLib for Operation;
    using OperationLib for bytes;

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
        _state.executor = executor_;
    }

    /// @notice The contract that turns orders into trades; fixed when wired.
    function executor() public view returns (address) {
        return _state.executor;
    }

    function _requireListed(MarketId id) internal view {
        if (!_state.markets[id].isListed) revert Clearinghouse_MarketNotListed(id);
    }

    function _price(MarketId id, PriceUse use) internal view returns (uint256 price) {
        if (_isSettled(id)) return _state.markets[id].lastPrice;
        (price, ) = ORACLE.priceFor(id, use);
    }

    /// @dev Zero if the market is dead.
    function _tryPrice(MarketId id, PriceUse use) internal view returns (uint256) {
        return _isSettled(id) ? _state.markets[id].lastPrice : ORACLE.livePrice(id, use);
    }

    /// @dev Then its price is the one it was settled at, for every use and for good.
    function _isSettled(MarketId id) private view returns (bool) {
        return _state.markets[id].state == MarketState.Settled;
    }

    /// @dev The open positions of an account with their prices. One price, of the market `known`, may be there already.
    function _book(AccountId id, MarketId known, uint256 knownPrice) internal view returns (Book memory book) {
        book = _positions(id);
        for (uint256 i = 0; i < book.length; ++i) {
            MarketId market = book.markets[i];
            book.prices[i] = market == known ? knownPrice : _price(market, PriceUse.Value);
        }
    }

    /// @dev The same where a market may be dead: then its price is zero.
    function _liveBook(AccountId id, PriceUse use) internal view returns (Book memory book) {
        book = _positions(id);
        for (uint256 i = 0; i < book.length; ++i) book.prices[i] = _tryPrice(book.markets[i], use);
    }

    /// @dev In ascending order, without prices; bounded by MAX_POSITIONS.
    function _positions(AccountId id) private view returns (Book memory book) {
        uint256 open = _state.accounts[id].openMarkets;
        uint256 n;
        for (uint256 bits = open; bits != 0; bits &= bits - 1) ++n;
        book.length = n;
        book.markets = new MarketId[](n);
        book.prices = new uint256[](n);
        uint256 i;
        for (uint8 m = 0; i < n; ++m) {
            if (open & (1 << m) == 0) continue;
            book.markets[i++] = MarketId.wrap(m);
        }
    }

    /// @dev Starts an operation with what the pool has before it.
    function _open() internal view returns (Operation memory op) {
        (op.cash, op.insurance, op.debtsBefore, op.openNotionalBefore, op.claimsBefore) = POOL.snapshot();
    }

    /// @dev Moves the money, brings the pool's equity up to date, and repays debts from what cash there is. An account
    /// that is short of margin has its profits turned into margin first.
    function _commit(Operation memory op) internal returns (ILiquidityPool.Standing memory standing) {
        if (op.isShort)
            op = SettlementLib.finishShort(_state, op.pack(), _liveBook(op.account, PriceUse.Value)).unpack();
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
        return RiskLib.withdrawable(_state, id, _book(id, NO_MARKET, 0));
    }
}
