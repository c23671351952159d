// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IVault} from "../interfaces/IVault.sol";
import {OperationLib} from "../margin/OperationLib.sol";
import {AccountId} from "../types/AccountId.sol";
import {Account, Market, MarketParams, MarketState, Position, RiskParams} from "../types/Market.sol";
import {MarketId} from "../types/MarketId.sol";
import {Operation} from "../types/State.sol";
import {ClearinghouseAccounts} from "./ClearinghouseAccounts.sol";
import {ClearinghouseBase} from "./ClearinghouseBase.sol";
import {ClearinghouseTrading} from "./ClearinghouseTrading.sol";
import {ListingLib} from "./ListingLib.sol";

/// @title Clearinghouse
/// @notice The one ledger of accounts, positions and markets. Accounts and trading are inherited; here are the markets'
/// listing and limits, the pool's epoch hooks, and the views.
contract Clearinghouse is ClearinghouseAccounts, ClearinghouseTrading {
    constructor(
        address authority_,
        IVault vault,
        ILiquidityPool pool,
        ILossWaterfall waterfall,
        IOracleRouter oracle,
        address treasury,
        RiskParams memory risk
    ) ClearinghouseBase(authority_, vault, pool, waterfall, oracle, treasury) {
        ListingLib.setRisk(_state, risk);
    }

    // --------------------------------------------------------------------------------------------------- governance

    /// @inheritdoc IClearinghouse
    function listMarket(MarketParams calldata params) external restricted returns (MarketId id) {
        return ListingLib.list(_state, params);
    }

    /// @inheritdoc IClearinghouse
    function setMarketParams(MarketId id, MarketParams calldata params) external restricted nonReentrant {
        _requireListed(id);
        Operation memory op;
        _commit(ListingLib.setParams(_state, op, id, params, _price(id)));
    }

    /// @inheritdoc IClearinghouse
    function setMarketState(MarketId id, MarketState state) external restricted {
        _requireListed(id);
        if (state == MarketState.Settled) revert Clearinghouse_StateNotSettable(id, state);
        _setState(id, state);
    }

    /// @inheritdoc IClearinghouse
    function haltMarket(MarketId id) external restricted {
        _requireListed(id);
        MarketState state = _state.markets[id].state;
        if (state != MarketState.Open) revert Clearinghouse_MarketNotOpen(id, state);
        _setState(id, MarketState.Halted);
    }

    /// @inheritdoc IClearinghouse
    function setRiskParams(RiskParams calldata params) external restricted {
        ListingLib.setRisk(_state, params);
    }

    function _setState(MarketId id, MarketState state) private {
        _state.markets[id].state = state;
        emit MarketStateSet(id, state);
    }

    // -------------------------------------------------------------------------------------------------- for the pool

    /// @inheritdoc IClearinghouse
    function recordBases() external onlyPool {
        ListingLib.recordBases(_state);
    }

    /// @inheritdoc IClearinghouse
    function applyBases() external onlyPool {
        ListingLib.applyBases(_state);
    }

    modifier onlyPool() {
        if (msg.sender != address(POOL)) revert Clearinghouse_NotPool(msg.sender);
        _;
    }

    // -------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IClearinghouse
    function health(AccountId id) external view returns (Health memory) {
        return _health(id);
    }

    /// @inheritdoc IClearinghouse
    function exposure() external view returns (Exposure memory) {
        return ListingLib.exposure(_state);
    }

    /// @inheritdoc IClearinghouse
    function account(AccountId id) external view returns (Account memory) {
        return _state.accounts[id];
    }

    /// @inheritdoc IClearinghouse
    function position(AccountId id, MarketId marketId) external view returns (Position memory) {
        return _state.positions[id][marketId];
    }

    /// @inheritdoc IClearinghouse
    function market(MarketId id) external view returns (Market memory) {
        return _state.markets[id];
    }

    /// @inheritdoc IClearinghouse
    function riskParams() external view returns (RiskParams memory) {
        return _state.risk;
    }

    /// @inheritdoc IClearinghouse
    function marketCount() external view returns (uint256) {
        return _state.marketCount;
    }

    /// @inheritdoc IClearinghouse
    function debtsTo(AccountId id) external view returns (uint256 collectable, uint256 outstanding) {
        return (OperationLib.collectableBy(_state, id), OperationLib.owedTo(_state, id));
    }

    /// @inheritdoc IClearinghouse
    function debts() external view returns (uint256 settledReturn, uint256 unpaidProfit) {
        return (_state.debts[0].outstanding, _state.debts[1].outstanding);
    }
}
