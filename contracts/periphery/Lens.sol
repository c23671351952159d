// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IGapPreview} from "../interfaces/IGapPreview.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILens} from "../interfaces/ILens.sol";
import {ILiquidityPool} from "../interfaces/ILiquidityPool.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IOracleRouter} from "../interfaces/IOracleRouter.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {ITranche} from "../interfaces/ITranche.sol";
import {IVault} from "../interfaces/IVault.sol";
import {AccountId} from "../types/AccountId.sol";
import {MarketId} from "../types/MarketId.sol";
import {AccountLens} from "./AccountLens.sol";
import {GapLens} from "./GapLens.sol";
import {MarketLens} from "./MarketLens.sol";
import {PoolLens} from "./PoolLens.sol";

/// @title Lens
/// @notice One reader over one deployment. Stores nothing, owns nothing, asks nobody's leave; a new one can take its place
/// at any time. What it reads is in linked libraries: together they would not fit one contract.
contract Lens is ILens, IGapPreview {
    IClearinghouse private immutable CLEARINGHOUSE;
    ILiquidityPool private immutable POOL;
    IInsuranceFund private immutable INSURANCE;
    ILossWaterfall private immutable WATERFALL;
    IOrders private immutable ORDERS;
    IOracleRouter private immutable ORACLE;
    IVault private immutable VAULT;
    ITranche private immutable SENIOR;
    ITranche private immutable JUNIOR;

    constructor(Addresses memory system) {
        CLEARINGHOUSE = system.clearinghouse;
        POOL = system.pool;
        INSURANCE = system.insurance;
        WATERFALL = system.waterfall;
        ORDERS = system.orders;
        ORACLE = system.oracle;
        VAULT = system.vault;
        SENIOR = system.senior;
        JUNIOR = system.junior;
    }

    /// @inheritdoc ILens
    function addresses() external view returns (Addresses memory) {
        return _system();
    }

    /// @inheritdoc ILens
    function accounts(AccountId[] calldata ids) external view returns (AccountView[] memory) {
        _handOver(AccountLens.accounts(_system(), ids));
    }

    /// @inheritdoc ILens
    function healths(AccountId[] calldata ids) external view returns (HealthView[] memory) {
        _handOver(AccountLens.healths(_system(), ids));
    }

    /// @inheritdoc ILens
    function markets(uint256 from, uint256 count) external view returns (MarketView[] memory) {
        _handOver(MarketLens.markets(_system(), from, count));
    }

    /// @inheritdoc ILens
    function pool() external view returns (PoolView memory) {
        _handOver(PoolLens.pool(_system()));
    }

    /// @inheritdoc ILens
    function insurance() external view returns (InsuranceView memory) {
        _handOver(PoolLens.insurance(_system()));
    }

    /// @inheritdoc ILens
    function incidents(uint256 from, uint256 count) external view returns (IncidentView[] memory) {
        _handOver(PoolLens.incidents(_system(), from, count));
    }

    /// @inheritdoc ILens
    function traderClaims(AccountId[] calldata ids) external view returns (TraderClaimView[] memory) {
        _handOver(PoolLens.traderClaims(_system(), ids));
    }

    /// @inheritdoc ILens
    function holderClaims(address[] calldata holders) external view returns (HolderClaimView[] memory) {
        _handOver(PoolLens.holderClaims(_system(), holders));
    }

    /// @inheritdoc ILens
    function orders(uint256[] calldata ids) external view returns (OrderView[] memory) {
        _handOver(MarketLens.orders(_system(), ids));
    }

    /// @inheritdoc ILens
    function openOrders(uint256 from, uint256 count) external view returns (OrderView[] memory) {
        _handOver(MarketLens.openOrders(_system(), from, count));
    }

    /// @inheritdoc IGapPreview
    function gapPreview(
        MarketId market,
        uint256 price,
        AccountId[] calldata ids
    ) external view returns (GapTotals memory, GapAccount[] memory) {
        _handOver(GapLens.gapPreview(_system(), market, price, ids));
    }

    function _system() private view returns (Addresses memory) {
        return Addresses(CLEARINGHOUSE, POOL, INSURANCE, WATERFALL, ORDERS, ORACLE, VAULT, SENIOR, JUNIOR);
    }

    /// @dev Ends a view with what a library has encoded, as the clearinghouse does.
    function _handOver(bytes memory encoded) private pure {
        assembly ("memory-safe") {
            return(add(encoded, 32), mload(encoded))
        }
    }
}
