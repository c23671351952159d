// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Clearinghouse} from "../../contracts/core/Clearinghouse.sol";
import {Vault} from "../../contracts/core/Vault.sol";
import {InsuranceFund} from "../../contracts/insurance/InsuranceFund.sol";
import {IClearinghouse} from "../../contracts/interfaces/IClearinghouse.sol";
import {IPriceSource} from "../../contracts/interfaces/IPriceSource.sol";
import {ISequencerGate} from "../../contracts/interfaces/ISequencerGate.sol";
import {LiquidityPool} from "../../contracts/liquidity/LiquidityPool.sol";
import {Tranche} from "../../contracts/liquidity/Tranche.sol";
import {LossWaterfall} from "../../contracts/loss/LossWaterfall.sol";
import {DirectExecutor} from "../../contracts/mocks/DirectExecutor.sol";
import {MockPriceSource} from "../../contracts/mocks/MockPriceSource.sol";
import {MockUSD} from "../../contracts/mocks/MockUSD.sol";
import {Orders} from "../../contracts/orders/Orders.sol";
import {OracleRouter} from "../../contracts/oracle/OracleRouter.sol";
import {EpochVault} from "../../contracts/shares/EpochVault.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {Ledger} from "../../contracts/types/Ledger.sol";
import {MarketParams, MarketState, NO_IMPACT, RiskParams} from "../../contracts/types/Market.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {TestBase} from "./TestBase.sol";

/// @dev The contracts of one deployment, to hand from a fixture to a handler.
struct System {
    MockUSD token;
    MockPriceSource prices;
    Vault vault;
    LiquidityPool pool;
    Tranche senior;
    Tranche junior;
    InsuranceFund insurance;
    LossWaterfall waterfall;
    Clearinghouse clearinghouse;
    DirectExecutor executor;
    Orders orders;
    OracleRouter oracle;
}

/// @title SystemFixture
/// @notice The whole exchange on a chain of one's own, wired as `deploy/modules/Core.ts` wires it. The fixture governs.
abstract contract SystemFixture is TestBase {
    uint256 internal constant WAD = 1e18;
    uint256 internal constant LP_EPOCH = 1 days;
    uint256 internal constant INSURANCE_EPOCH = 7 days;
    uint256 internal constant ORDER_DELAY = 2;
    uint256 internal constant KEEPER_FEE = 0.5e18;
    uint256 internal constant MAX_DRAW_PER_DAY_BPS = 5_000;

    System internal sys;

    address internal treasury = makeActor("treasury");
    address internal lp = makeActor("lp");

    /// @dev 60,000 of LP money and 8,000 of insurance, small against what traders can lose, and three open markets.
    function _deployFunded() internal {
        _deploySystem(_risk());
        _seed(lp, 40_000, 20_000, 8_000);
        _listMarkets();
    }

    function _deploySystem(RiskParams memory risk) internal {
        vm.warp(1_700_000_000);
        uint256 genesis = vm.getBlockTimestamp();
        AccessManager access = new AccessManager(address(this));
        sys.token = new MockUSD(6);
        sys.prices = new MockPriceSource();
        sys.vault = new Vault(address(sys.token));
        sys.oracle = new OracleRouter(address(access), _gate());
        sys.pool = new LiquidityPool(address(access), sys.vault, genesis, LP_EPOCH, 500, 5_000, 10_000, 1_000e18);
        sys.senior = new Tranche(sys.vault, "Senior", "SENIOR", genesis, LP_EPOCH, true);
        sys.junior = new Tranche(sys.vault, "Junior", "JUNIOR", genesis, LP_EPOCH, false);
        sys.insurance = new InsuranceFund(
            sys.vault,
            address(access),
            "Insurance",
            "INSURANCE",
            genesis,
            INSURANCE_EPOCH,
            uint16(MAX_DRAW_PER_DAY_BPS)
        );
        sys.waterfall = new LossWaterfall(sys.pool, sys.insurance);
        sys.clearinghouse = new Clearinghouse(
            address(access),
            sys.vault,
            sys.pool,
            sys.waterfall,
            sys.oracle,
            treasury,
            risk
        );
        sys.executor = new DirectExecutor(IClearinghouse(address(sys.clearinghouse)));
        sys.orders = new Orders(
            address(access),
            IClearinghouse(address(sys.clearinghouse)),
            sys.vault,
            sys.oracle,
            ORDER_DELAY,
            KEEPER_FEE
        );
        _wire();
        for (uint8 i = 0; i < 3; ++i) {
            sys.prices.setPrice(MarketId.wrap(i), uint128(_startPrice(i)));
            sys.oracle.setSource(MarketId.wrap(i), IPriceSource(address(sys.prices)));
        }
    }

    function _wire() private {
        address[] memory modules = new address[](6);
        uint256[] memory masks = new uint256[](6);
        modules[0] = address(sys.clearinghouse);
        masks[0] =
            _bit(Ledger.Margin) |
            _bit(Ledger.Cash) |
            _bit(Ledger.Insurance) |
            _bit(Ledger.PendingPnl) |
            _bit(Ledger.Recovery) |
            _bit(Ledger.Orders) |
            _bit(Ledger.Fees);
        modules[1] = address(sys.pool);
        masks[1] = _bit(Ledger.Cash) | _bit(Ledger.Insurance) | _bit(Ledger.Recovery);
        (modules[2], modules[3]) = (address(sys.senior), address(sys.junior));
        masks[2] = masks[3] = _bit(Ledger.Queue) | _bit(Ledger.Cash) | _bit(Ledger.Recovery);
        modules[4] = address(sys.insurance);
        masks[4] = _bit(Ledger.Queue) | _bit(Ledger.Insurance) | _bit(Ledger.Cash);
        (modules[5], masks[5]) = (address(sys.orders), _bit(Ledger.Orders));
        sys.vault.wire(modules, masks);
        sys.pool.wire(IClearinghouse(address(sys.clearinghouse)), address(sys.waterfall), sys.senior, sys.junior);
        sys.senior.wire(address(sys.pool));
        sys.junior.wire(address(sys.pool));
        sys.insurance.wire(address(sys.waterfall));
        sys.waterfall.wire(address(sys.clearinghouse));
        sys.clearinghouse.wire(_executor());
    }

    /// @dev Trades need no order, unless a test is about orders.
    function _executor() internal view virtual returns (address) {
        return address(sys.executor);
    }

    function _bit(Ledger ledger) private pure returns (uint256) {
        return 1 << uint256(ledger);
    }

    // --------------------------------------------------------------------------------------------------- parameters

    /// @dev None: as on a chain without a sequencer.
    function _gate() internal virtual returns (ISequencerGate) {}

    /// @dev Fees, penalties and bonds as in `deploy/parameters/local.json5`.
    function _risk() internal pure virtual returns (RiskParams memory risk) {
        risk.penaltyBps = 50;
        risk.targetHealthBps = 15_000;
        risk.keeperShareBps = 4_000;
        risk.insuranceShareBps = 3_000;
        risk.keeperFloorCents = 200;
        risk.keeperFloorCapCents = 500;
        risk.maxMarkAge = 300;
        risk.insuranceFeeMinBps = 500;
        risk.insuranceFeeMaxBps = 3_000;
        risk.treasuryFeeBps = 1_000;
        risk.insuranceTargetBps = 200;
        risk.recoveryFeeBps = 2_000;
        risk.deleverageRewardBps = 10;
        risk.deleverageRewardCapUsd = 100;
    }

    function _startPrice(uint8 market) internal pure returns (uint256) {
        return
            market == 0
                ? 100_000e18
                : market == 1
                    ? 3_000e18
                    : 0.2e18;
    }

    /// @dev A large coin; one with dearer margin, impact and funding; a small one with slope and without impact.
    function _marketParams(uint8 market) internal pure virtual returns (MarketParams memory params) {
        params = MarketParams({
            skewScaleBase: 2_000e18,
            maxPositionBase: 4e18,
            imrBps: 200,
            volFactorBps: 5_000,
            slopeBpsPerMillion: 10,
            feeBps: 5,
            maxFundingBps: 300,
            keeperWindow: 60,
            reserveFactorBps: 1_000_000,
            poolShareBps: 500_000,
            riskWeightBps: 10_000,
            minNotionalCents: 100_000
        });
        if (market == 1) {
            (params.skewScaleBase, params.maxPositionBase, params.imrBps) = (20_000e18, 120e18, 400);
            (params.volFactorBps, params.slopeBpsPerMillion, params.feeBps) = (0, 0, 7);
            params.maxFundingBps = 1_000;
        } else if (market == 2) {
            (params.skewScaleBase, params.maxPositionBase, params.imrBps) = (NO_IMPACT, 1_500_000e18, 1_000);
            (params.volFactorBps, params.slopeBpsPerMillion, params.feeBps) = (10_000, 300, 10);
        }
    }

    function _listMarkets() internal {
        for (uint8 i = 0; i < 3; ++i) {
            sys.clearinghouse.listMarket(_marketParams(i));
            sys.clearinghouse.setMarketState(MarketId.wrap(i), MarketState.Open);
        }
    }

    // ----------------------------------------------------------------------------------------------------- gestures

    /// @dev Puts liquidity in through the epochs, as anybody would. Whole USD.
    function _seed(address who, uint256 seniorUsd, uint256 juniorUsd, uint256 insuranceUsd) internal {
        _fundAndApprove(who, seniorUsd + juniorUsd + insuranceUsd);
        vm.startPrank(who);
        sys.insurance.requestDeposit(insuranceUsd * 1e6, who, who);
        sys.senior.requestDeposit(seniorUsd * 1e6, who, who);
        sys.junior.requestDeposit(juniorUsd * 1e6, who, who);
        vm.stopPrank();

        _advance(2 * INSURANCE_EPOCH);
        sys.insurance.recordEpoch();
        sys.pool.recordEpoch();
        _advance(31 minutes);
        sys.insurance.settleEpoch();
        sys.pool.settleEpoch();
        _claimShares(sys.senior, who);
        _claimShares(sys.junior, who);
        _claimShares(sys.insurance, who);
    }

    function _claimShares(EpochVault shares, address who) internal {
        uint256 claimable = shares.maxDeposit(who);
        vm.prank(who);
        if (claimable != 0) shares.deposit(claimable, who, who);
    }

    function _fundAndApprove(address who, uint256 usd) internal {
        sys.token.mint(who, usd * 1e6);
        vm.prank(who);
        sys.token.approve(address(sys.vault), type(uint256).max);
    }

    /// @dev Mints and deposits whole USD of margin; returns the account.
    function _fundAccount(address who, uint256 usd) internal returns (AccountId id) {
        id = toAccountId(who, 0);
        _fundAndApprove(who, usd);
        vm.prank(who);
        sys.clearinghouse.deposit(id, usd * 1e6);
    }

    function _trade(AccountId id, uint8 market, int256 delta) internal {
        vm.prank(id.owner());
        sys.executor.trade(id, MarketId.wrap(market), delta, delta > 0 ? type(uint256).max : 0);
    }

    function _setPrice(uint8 market, uint256 price) internal {
        sys.prices.setPrice(MarketId.wrap(market), uint128(price));
    }

    function _advance(uint256 time) internal {
        vm.warp(vm.getBlockTimestamp() + time);
    }
}
