// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IVault} from "../interfaces/IVault.sol";
import {AccountId} from "../types/AccountId.sol";
import {Account, Market, MarketParams, MarketState, Position, RiskParams} from "../types/Market.sol";
import {MarketId, NO_MARKET} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";
import {DeleveragingRound, Operation} from "../types/State.sol";
import {ClearinghouseAccounts} from "./ClearinghouseAccounts.sol";
import {ClearinghouseBase} from "./ClearinghouseBase.sol";
import {ClearinghouseTrading} from "./ClearinghouseTrading.sol";
import {ListingLib} from "./ListingLib.sol";
import {ViewLib} from "./ViewLib.sol";

/// @title Clearinghouse
/// @notice The one ledger of accounts, positions and markets. Accounts and trading are inherited; here are the markets'
/// listing and limits, the pool's epoch hooks, and the views.
/// @dev `multicall` puts several calls of one caller into one transaction, all or none; each is checked as if it came alone.
contract Clearinghouse is ClearinghouseAccounts, ClearinghouseTrading, Multicall {
    constructor(
        address authority_,
        IVault vault,
        ILiquidityPool pool,
        ILossWaterfall waterfall,
        IOracleRouter oracle,
        address treasury,
        RiskParams memory risk
    ) ClearinghouseBase(authority_, vault, pool, waterfall, oracle, treasury) {
        ListingLib.setRisk(_state, abi.encode(risk));
    }

    // --------------------------------------------------------------------------------------------------- governance
    // The library decodes the parameters from the call's own bytes: twice would not fit here.

    /// @inheritdoc IClearinghouse
    function listMarket(MarketParams calldata) external restricted returns (MarketId id) {
        return ListingLib.list(_state, msg.data[4:]);
    }

    /// @inheritdoc IClearinghouse
    function setMarketParams(MarketId id, MarketParams calldata) external restricted nonReentrant {
        _requireListed(id);
        Operation memory op;
        (op.income, op.marks) = ListingLib.setParams(_state, id, msg.data[36:], _price(id, PriceUse.Value));
        _commit(op);
    }

    /// @inheritdoc IClearinghouse
    function setMarketState(MarketId id, MarketState state) external restricted {
        _requireListed(id);
        ListingLib.setState(_state, id, state);
    }

    /// @inheritdoc IClearinghouse
    function delistMarket(MarketId id) external restricted nonReentrant {
        _requireListed(id);
        Operation memory op;
        (op.income, op.marks) = ListingLib.delist(_state, id, _tryPrice(id, PriceUse.Value));
        _commit(op);
    }

    /// @inheritdoc IClearinghouse
    function restrictOpening(MarketId id, uint256 shareBps, uint256 duration) external restricted {
        _requireListed(id);
        ListingLib.restrictOpening(_state, id, shareBps, duration);
    }

    /// @inheritdoc IClearinghouse
    function setRiskParams(RiskParams calldata) external restricted {
        ListingLib.setRisk(_state, msg.data[4:]);
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
        _handOver(ViewLib.health(_state, id, _book(id, NO_MARKET, 0)));
    }

    /// @inheritdoc IClearinghouse
    function exposure() external view returns (Exposure memory) {
        _handOver(ViewLib.exposure(_state));
    }

    /// @inheritdoc IClearinghouse
    function account(AccountId id) external view returns (Account memory) {
        _handOver(ViewLib.account(_state, id));
    }

    /// @inheritdoc IClearinghouse
    function position(AccountId id, MarketId marketId) external view returns (Position memory) {
        _handOver(ViewLib.position(_state, id, marketId));
    }

    /// @inheritdoc IClearinghouse
    function market(MarketId id) external view returns (Market memory) {
        _handOver(ViewLib.market(_state, id));
    }

    /// @inheritdoc IClearinghouse
    function riskParams() external view returns (RiskParams memory) {
        _handOver(ViewLib.riskParams(_state));
    }

    /// @inheritdoc IClearinghouse
    function marketCount() external view returns (uint256) {
        return _state.marketCount;
    }

    /// @inheritdoc IClearinghouse
    function debtsTo(AccountId id) external view returns (uint256, uint256) {
        _handOver(ViewLib.debtsTo(_state, id));
    }

    /// @inheritdoc IClearinghouse
    function debts() external view returns (uint256 settledReturn, uint256 unpaidProfit) {
        return (_state.debts[0].outstanding, _state.debts[1].outstanding);
    }

    /// @inheritdoc IDeleveraging
    function replayed(AccountId id, MarketId marketId) external view returns (Replayed memory) {
        _handOver(ViewLib.replayed(_state, id, marketId));
    }

    /// @inheritdoc IDeleveraging
    function buckets(MarketId id, bool isLong, uint256 price) external view returns (BucketView[] memory) {
        _handOver(ViewLib.buckets(_state, id, isLong, price));
    }

    /// @inheritdoc IDeleveraging
    function previewHaircut(
        AccountId id,
        MarketId marketId,
        uint256 price,
        uint256 need
    ) external view returns (HaircutPreview memory) {
        _handOver(ViewLib.previewHaircut(_state, id, marketId, price, need));
    }

    /// @inheritdoc IDeleveraging
    function previewDeleverage(MarketId id) external view returns (DeleveragePreview memory) {
        _handOver(ViewLib.previewDeleverage(_state, id, _open(), POOL.equity(), POOL.backing(), POOL.floor()));
    }

    /// @inheritdoc IDeleveraging
    function claimsOf(AccountId id) external view returns (uint256, uint256) {
        _handOver(ViewLib.claimsOf(_state, id));
    }

    /// @inheritdoc IDeleveraging
    function traderClaims() external view returns (uint256, uint256, uint256) {
        _handOver(ViewLib.traderClaims(_state));
    }

    /// @inheritdoc IDeleveraging
    function round() external view returns (DeleveragingRound memory) {
        _handOver(ViewLib.round(_state));
    }

    /// @dev Ends a view with what a library has encoded: decoding a struct to encode it again would double the size of this
    /// contract's views.
    function _handOver(bytes memory encoded) private pure {
        assembly ("memory-safe") {
            return(add(encoded, 32), mload(encoded))
        }
    }
}
