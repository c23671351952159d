// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {RiskConfig} from "../../../contracts/governance/RiskConfig.sol";
import {GUARDIAN_ROLE} from "../../../contracts/governance/Roles.sol";
import {IClearinghouse} from "../../../contracts/interfaces/IClearinghouse.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Market, MarketParams, MarketState} from "../../../contracts/types/Market.sol";
import {MarketId} from "../../../contracts/types/MarketId.sol";
import {SystemFixture} from "../../shared/SystemFixture.sol";

/// @notice What a guardian can do, over all its calls in any order: restrict opening, half of the time, and nothing else.
contract GuardianTest is SystemFixture {
    uint256 private constant MAX = RiskConfig.MAX_RESTRICTION;
    MarketId private constant BTC = MarketId.wrap(0);

    address private guardian = makeActor("guardian");
    AccountId private long;
    AccountId private short;
    AccountId private weak;

    function setUp() public {
        _deployFunded();
        AccessManager access = AccessManager(sys.clearinghouse.authority());
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = IClearinghouse.restrictOpening.selector;
        access.setTargetFunctionRole(address(sys.clearinghouse), selectors, GUARDIAN_ROLE);
        access.grantRole(GUARDIAN_ROLE, guardian, 0);

        long = _fundAccount(makeActor("long"), 30_000);
        short = _fundAccount(makeActor("short"), 30_000);
        weak = _fundAccount(makeActor("weak"), 2_500);
        _trade(long, 0, 3e18);
        _trade(short, 0, -3e18);
        _trade(weak, 0, 0.4e18);
    }

    // ------------------------------------------------------------------------------------------------ while it runs

    function test_restrictOpening_stopsOpeningAtZero() public {
        _restrict(0, 1 hours);
        vm.expectRevert(
            abi.encodeWithSelector(IClearinghouse.Clearinghouse_MarketNotOpen.selector, BTC, MarketState.Halted)
        );
        this.trade(long, 0.1e18);
        _trade(long, 0, -3e18); // closing does not ask
    }

    function test_restrictOpening_leavesAShareOfBothCaps() public {
        uint256 size = sys.clearinghouse.market(BTC).long.sizeBase + 0.01e18;
        uint256 equity = uint256(sys.pool.equity());
        uint256 interest = (size * 100_000e18) / 1e18;
        // Open interest is capped at 100 times the equity: this share leaves a little less than what is open already.
        uint256 shareBps = (interest * 10_000) / (equity * 100) - 1;
        _restrict(shareBps, 1 hours);
        vm.expectPartialRevert(IClearinghouse.Clearinghouse_OpenInterestCap.selector);
        this.trade(long, 0.01e18);

        // The skew cap is 50 times the equity, 80% of it for opening; both sides are open, so skew is what little differs.
        vm.prank(guardian);
        sys.clearinghouse.restrictOpening(BTC, shareBps + 50, 1 hours);
        _trade(long, 0, 0.01e18);
    }

    function test_restrictOpening_scalesTheSkewCap() public {
        MarketParams memory params = _marketParams(0);
        params.poolShareBps = 20_000; // less than open interest may have, so that it binds
        sys.clearinghouse.setMarketParams(BTC, params);
        uint256 cap = (uint256(sys.pool.equity()) * 2 * 8) / 10;
        uint256 shareBps = ((0.4e18 + 0.1e18) * 100_000 * 10_000) / cap;
        _restrict(shareBps - 20, 1 hours);
        vm.expectPartialRevert(IClearinghouse.Clearinghouse_SkewCap.selector);
        this.trade(long, 0.1e18);
        vm.prank(guardian);
        sys.clearinghouse.restrictOpening(BTC, shareBps + 20, 1 hours);
        _trade(long, 0, 0.1e18);
    }

    function test_restrictOpening_endsWithoutACall() public {
        _restrict(0, 1 hours);
        uint256 until = vm.getBlockTimestamp() + 1 hours;
        vm.warp(until - 1);
        vm.expectPartialRevert(IClearinghouse.Clearinghouse_MarketNotOpen.selector);
        this.trade(long, 0.1e18);
        vm.warp(until);
        _trade(long, 0, 0.1e18);
    }

    function test_restrictOpening_touchesItsMarketOnly() public {
        _restrict(0, MAX);
        _trade(long, 1, 1e18);
    }

    // ------------------------------------------------------------------------------------------------------ its length

    function test_RevertWhen_RestrictionIsLongerThanTheBound() public {
        vm.expectRevert(_outOfBounds("restriction", MAX + 1, MAX));
        this.restrict(0, MAX + 1);
    }

    function test_RevertWhen_ChangingARestrictionRenewsIt() public {
        _restrict(5_000, MAX);
        _advance(1 days);
        vm.expectRevert(_outOfBounds("restriction", 2 days + 1, 2 days));
        this.restrict(0, 2 days + 1);
        _restrict(0, 2 days);
    }

    function test_RevertWhen_EverythingIsLeft() public {
        vm.expectRevert(_outOfBounds("openingShareBps", 10_000, 9_999));
        this.restrict(10_000, 1 hours);
    }

    function test_RevertWhen_RestingShorterThanItRan() public {
        uint256 start = vm.getBlockTimestamp();
        _restrict(0, MAX);
        vm.warp(start + 2 * MAX - 1);
        vm.expectRevert(_mustRest(start + 2 * MAX));
        this.restrict(0, 1);
        vm.warp(start + 2 * MAX);
        _restrict(0, MAX);
    }

    /// @dev A restriction of one second holds a whole block. Without a least rest every block could have one.
    function test_RevertWhen_RestrictingBlockByBlock() public {
        uint256 start = vm.getBlockTimestamp();
        _restrict(0, 1);
        vm.warp(start + 12);
        vm.expectRevert(_mustRest(start + 1 + 1 hours));
        this.restrict(0, 1);
        vm.warp(start + 1 + 1 hours);
        _restrict(0, 0); // ended in the block it began in, and still a rest is due
        vm.warp(start + 13 + 1 hours);
        vm.expectRevert(_mustRest(start + 1 + 2 hours));
        this.restrict(0, 1);
    }

    function test_restrictOpening_canBeEndedEarlyAndRestsAsLongAsItRan() public {
        uint256 start = vm.getBlockTimestamp();
        _restrict(0, MAX);
        vm.warp(start + 1 days);
        _restrict(0, 0);
        _trade(long, 0, 0.1e18);
        vm.expectRevert(_mustRest(start + 2 days));
        this.restrict(0, 1);
    }

    function test_setMarketState_clearsTheRestrictionAndItsRest() public {
        _restrict(0, MAX);
        sys.clearinghouse.setMarketState(BTC, MarketState.Open);
        _trade(long, 0, 0.1e18);
        _restrict(0, MAX);
    }

    /// @dev However a guardian calls, opening is whole at least half of the time but for one bound.
    function testFuzz_restrictOpening_holdsAtMostHalfOfTheTime(uint256 seed) public {
        uint256 start = vm.getBlockTimestamp();
        uint256 restricted;
        for (uint256 i = 0; i < 24; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            _tryRestrict(draw % 10_000, bound(draw >> 16, 0, MAX + 1));
            uint256 from = vm.getBlockTimestamp();
            uint256 to = from + (((draw >> 64) & 1) == 0 ? 12 : bound(draw >> 80, 1, 4 days));
            uint256 until = sys.clearinghouse.market(BTC).restrictedUntil;
            if (until > from) restricted += (until < to ? until : to) - from;
            vm.warp(to);
        }
        uint256 elapsed = vm.getBlockTimestamp() - start;
        assertLe(restricted, elapsed / 2 + MAX, "time restricted");
    }

    // ------------------------------------------------------------------------------------------------- nothing else

    /// @dev Two futures of one state, with guardian calls and without: closing, settling, liquidating, deleveraging,
    /// withdrawing and leaving the pool do the same in both, to the wei.
    /// @custom:checklist 38
    function testFuzz_restrictOpening_changesNothingButOpening(uint256 seed) public {
        uint256 later = vm.getBlockTimestamp() + 4 days;
        uint256 before = vm.snapshotState();
        bytes32 without = _leave(later);
        vm.revertToState(before);

        for (uint256 i = 0; i < 6; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            _tryRestrict(draw % 10_000, bound(draw >> 16, 0, MAX));
            _advance(bound(draw >> 80, 0, 15 hours));
        }
        // Whatever it did before: now opening is stopped, and the books agree all the same.
        sys.clearinghouse.setMarketState(BTC, MarketState.Open);
        vm.warp(later);
        _restrict(0, MAX);
        assertEq(_leave(later), without, "the books");
    }

    function _leave(uint256 leftAt) private returns (bytes32) {
        vm.warp(leftAt);
        _setPrice(0, 94_500e18);
        sys.clearinghouse.markAll();
        sys.clearinghouse.liquidate(weak);
        sys.clearinghouse.settle(long);
        _trade(long, 0, -1e18);
        bool isDeleveraged = _tryDeleverage();
        _trade(short, 0, 3e18);
        _withdraw(short);
        _trade(long, 0, -2e18);
        _withdraw(long);
        uint256 shares = sys.senior.balanceOf(lp);
        vm.prank(lp);
        sys.senior.requestRedeem(shares, lp, lp);
        vm.warp(leftAt + LP_EPOCH);
        sys.pool.recordEpoch();
        _advance(31 minutes);
        sys.pool.settleEpoch();
        uint256 claimable = sys.senior.maxRedeem(lp);
        vm.prank(lp);
        sys.senior.redeem(claimable, lp, lp);
        return keccak256(abi.encode(isDeleveraged, claimable, sys.vault.balances(), sys.vault.held(), _books()));
    }

    function _books() private view returns (bytes memory) {
        Market memory market = sys.clearinghouse.market(BTC);
        (market.restrictedUntil, market.restrictedFor, market.openingShareBps) = (0, 0, 0);
        return
            abi.encode(
                sys.pool.equity(),
                market,
                sys.clearinghouse.account(long),
                sys.clearinghouse.account(short),
                sys.clearinghouse.account(weak)
            );
    }

    function _withdraw(AccountId id) private {
        uint256 free = sys.clearinghouse.account(id).margin / 1e12;
        vm.prank(id.owner());
        sys.clearinghouse.withdraw(id, free);
    }

    function _tryDeleverage() private returns (bool) {
        try sys.clearinghouse.deleverage(BTC) {
            return true;
        } catch {
            return false;
        }
    }

    // ------------------------------------------------------------------------------------------------------- gestures

    /// @dev From outside, so that `vm.expectRevert` waits for the trade and not for a prank.
    function trade(AccountId id, int256 delta) external {
        _trade(id, 0, delta);
    }

    function restrict(uint256 shareBps, uint256 duration) external {
        _restrict(shareBps, duration);
    }

    function _restrict(uint256 shareBps, uint256 duration) private {
        vm.prank(guardian);
        sys.clearinghouse.restrictOpening(BTC, shareBps, duration);
    }

    function _tryRestrict(uint256 shareBps, uint256 duration) private {
        vm.prank(guardian);
        try sys.clearinghouse.restrictOpening(BTC, shareBps, duration) {} catch {}
    }

    function _outOfBounds(bytes32 name, uint256 has, uint256 max) private pure returns (bytes memory) {
        return abi.encodeWithSelector(RiskConfig.RiskConfig_OutOfBounds.selector, name, has, 0, max);
    }

    function _mustRest(uint256 until) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IClearinghouse.Clearinghouse_GuardianMustRest.selector,
                BTC,
                vm.getBlockTimestamp(),
                until
            );
    }
}
