// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tranche} from "../../../contracts/liquidity/Tranche.sol";
import {EpochVault} from "../../../contracts/shares/EpochVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {MarketParams, NO_IMPACT} from "../../../contracts/types/Market.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {SystemFixture} from "../../shared/SystemFixture.sol";

/// @title InformedFixture
/// @notice Two LPs with the same shares, a newcomer, and what any of them could know before the others: it is on the chain
/// (or in the air), and not yet booked.
abstract contract InformedFixture is SystemFixture {
    MarketId internal constant BTC = MarketId.wrap(0);
    MarketId internal constant ETH = MarketId.wrap(1);

    enum News {
        Liquidation, // an account can be liquidated; the other side is the pool
        Deficit, // an account is bankrupt, and the pool owes its loss to a winner
        Price,
        Fees,
        Funding,
        Recovery
    }

    address internal ann = makeActor("ann");
    address internal ben = makeActor("ben");
    address internal cat = makeActor("cat");
    address internal keeper = makeActor("keeper");

    AccountId internal alice;
    AccountId internal bob;

    /// @dev What the news did to the pool, insurance and claims, USD.
    uint256 internal size;

    function setUp() public virtual {
        _deployFunded();
        _seed(ann, 10_000, 10_000, 10_000);
        _seed(ben, 10_000, 10_000, 10_000);
        _fundAndApprove(cat, 20_000);
        _fundAndApprove(keeper, 1_000_000);
        alice = _fundAccount(makeActor("alice"), 50_000);
        bob = _fundAccount(makeActor("bob"), 50_000);
    }

    /// @dev Bitcoin moves by its price alone, so that what was known is all that happens.
    function _marketParams(uint8 market) internal pure override returns (MarketParams memory params) {
        params = super._marketParams(market);
        if (market == 0) (params.skewScaleBase, params.maxFundingBps, params.volFactorBps) = (NO_IMPACT, 0, 0);
    }

    // --------------------------------------------------------------------------------------------------------- news

    /// @dev Up to the point where it can be known.
    function _prepare(News news, uint256 seed) internal {
        if (news == News.Liquidation || news == News.Deficit) {
            _leaveMargin(alice, 9_000);
            _trade(alice, 0, 4e18);
            if (news == News.Deficit) _trade(bob, 0, -4e18);
            // From barely unhealthy to more than insurance, junior and senior have.
            _setPrice(0, 98_500e18 - bound(seed, 0, 40_000) * 1e18);
        } else if (news == News.Price) {
            _trade(alice, 0, seed % 2 == 0 ? int256(1e18) : -1e18);
        } else if (news == News.Funding) {
            _trade(alice, 1, seed % 2 == 0 ? int256(80e18) : -80e18);
        } else if (news == News.Recovery) {
            _prepare(News.Deficit, bound(seed, 15_000, 40_000));
            _liquidate(alice);
            _trade(bob, 0, -sys.clearinghouse.position(bob, BTC).size);
        }
    }

    /// @dev It is booked, and everybody knows.
    function _happen(News news, uint256 seed) internal {
        (int256 equity, uint256 insurance, uint256 owed) = _pool();
        if (news == News.Liquidation || news == News.Deficit) {
            _liquidate(alice);
        } else if (news == News.Price) {
            _setPrice(0, 92_000e18 + bound(seed, 0, 16_000) * 1e18);
            sys.clearinghouse.mark(BTC);
            if (seed % 3 == 0) sys.clearinghouse.settle(alice);
        } else if (news == News.Fees) {
            for (uint256 i = 0; i <= seed % 4; ++i) {
                _trade(bob, 1, 100e18);
                _trade(bob, 1, -100e18);
            }
        } else if (news == News.Funding) {
            _advance(6 hours);
            sys.clearinghouse.mark(ETH);
        } else {
            vm.prank(keeper);
            sys.clearinghouse.recover(bound(seed, 1, owed / 1e12));
        }
        (int256 equityAfter, uint256 insuranceAfter, uint256 owedAfter) = _pool();
        size = _abs(equityAfter - equity) + _abs(int256(insuranceAfter) - int256(insurance));
        size += _abs(int256(owedAfter) - int256(owed));
    }

    function _liquidate(AccountId id) private {
        vm.prank(keeper);
        sys.clearinghouse.liquidate(id);
    }

    function _leaveMargin(AccountId id, uint256 usd) private {
        uint256 margin = sys.clearinghouse.account(id).margin / 1e12;
        vm.prank(id.owner());
        sys.clearinghouse.withdraw(id, margin - usd * 1e6);
    }

    function _pool() private view returns (int256 equity, uint256 insurance, uint256 owed) {
        (uint256 traders, , ) = sys.clearinghouse.traderClaims();
        (uint256 senior, uint256 junior) = sys.pool.claims();
        return (sys.pool.equity(), sys.vault.balanceOf(Ledger.Insurance), traders + senior + junior);
    }

    // ------------------------------------------------------------------------------------------------------- epochs

    function _role(uint256 role) internal view returns (EpochVault) {
        if (role % 3 == 0) return sys.senior;
        return role % 3 == 1 ? EpochVault(address(sys.junior)) : EpochVault(address(sys.insurance));
    }

    /// @dev To the end of the epoch after `epoch`, and records.
    function _record(EpochVault shares, uint256 epoch) internal {
        vm.warp(shares.GENESIS() + (epoch + 2) * shares.EPOCH_LENGTH());
        if (shares == sys.insurance) sys.insurance.recordEpoch();
        else sys.pool.recordEpoch();
        _advance(30 minutes);
    }

    function _settle(EpochVault shares) internal {
        if (shares == sys.insurance) sys.insurance.settleEpoch();
        else sys.pool.settleEpoch();
    }

    function _leave(EpochVault shares, address who, uint256 part) internal {
        uint256 held = shares.balanceOf(who);
        vm.prank(who);
        shares.requestRedeem(bound(part, held / 10, held), who, who);
    }

    function _enter(EpochVault shares, address who, uint256 part) internal {
        vm.prank(who);
        shares.requestDeposit(bound(part, 1_000e6, 20_000e6), who, who);
    }

    // ------------------------------------------------------------------------------------------------------- wealth

    /// @dev All that somebody has here: tokens, shares at their net asset value, what waits, what is settled, what is owed.
    function _wealth(address who) internal view returns (int256) {
        uint256 native = sys.token.balanceOf(who);
        native += _worth(sys.senior, who) + _worth(sys.junior, who) + _worth(sys.insurance, who);
        return int256(native * 1e12 + _claims(sys.senior, who) + _claims(sys.junior, who));
    }

    /// @dev The same without claims that are not repaid: a loss owed back is not yet a loss undone.
    function _wealthInHand(address who) internal view returns (int256) {
        (, uint256 senior) = sys.senior.claimsOf(who);
        (, uint256 junior) = sys.junior.claimsOf(who);
        return _wealth(who) - int256(senior + junior);
    }

    function _worth(EpochVault shares, address who) private view returns (uint256) {
        uint256 held = shares.balanceOf(who) + shares.maxMint(who) + shares.pendingRedeemRequest(0, who);
        return
            shares.convertToAssets(held) +
            shares.maxWithdraw(who) +
            shares.pendingDepositRequest(0, who) +
            shares.returnedDeposit(who);
    }

    function _claims(Tranche shares, address who) private view returns (uint256) {
        (uint256 claimable, uint256 outstanding) = shares.claimsOf(who);
        return claimable + outstanding;
    }

    /// @dev A millionth of the news, and a few units of the token.
    function _tolerance() internal view returns (int256) {
        return int256(size / 1e6 + 5e12);
    }

    function _abs(int256 x) internal pure returns (uint256) {
        return x < 0 ? uint256(-x) : uint256(x);
    }
}
