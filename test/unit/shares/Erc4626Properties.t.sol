// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEpochVault} from "../../../contracts/interfaces/IEpochVault.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {FundWorld, TrancheWorld, VaultWorld} from "./VaultWorld.sol";

/// @title Erc4626Properties
/// @notice What anybody may count on who knows ERC-4626 and no more: of every past, for every amount.
abstract contract Erc4626Properties is VaultWorld {
    // -------------------------------------------------------------------------------------------- views that answer

    function testFuzz_views_answerInEveryState(uint256 seed, uint128 amount, address who) public {
        _live(seed);
        assertEq(shares.asset(), address(token));
        assertEq(shares.share(), address(shares));
        assertEq(shares.totalAssets(), (_nav() * unit) / USD);
        shares.maxDeposit(who);
        shares.maxMint(who);
        shares.maxWithdraw(who);
        shares.maxRedeem(who);
        shares.convertToAssets(amount);
        shares.convertToShares(amount);
    }

    function testFuzz_convert_isFreeOfTheCaller(uint256 seed, uint128 amount, address who) public {
        _live(seed);
        uint256 toShares = shares.convertToShares(amount);
        uint256 toAssets = shares.convertToAssets(amount);
        vm.startPrank(who);
        assertEq(shares.convertToShares(amount), toShares);
        assertEq(shares.convertToAssets(amount), toAssets);
        vm.stopPrank();
    }

    function testFuzz_convert_isMonotone(uint256 seed, uint128 less, uint128 more) public {
        _live(seed);
        if (less > more) (less, more) = (more, less);
        assertLe(shares.convertToShares(less), shares.convertToShares(more));
        assertLe(shares.convertToAssets(less), shares.convertToAssets(more));
    }

    function testFuzz_convert_thereAndBackNeverGains(uint256 seed, uint128 amount) public {
        _live(seed);
        assertLe(shares.convertToAssets(shares.convertToShares(amount)), amount, "assets");
        assertLe(shares.convertToShares(shares.convertToAssets(amount)), amount, "shares");
        assertEq(shares.convertToAssets(0) + shares.convertToShares(0), 0, "from nothing");
    }

    /// All shares together are worth no more than all assets.
    function testFuzz_convert_promisesNoMoreThanThereIs(uint256 seed) public {
        _live(seed);
        assertLe(shares.convertToAssets(shares.totalSupply()), shares.totalAssets());
    }

    function testFuzz_preview_reverts(uint128 amount) public {
        bytes4 notSupported = IEpochVault.EpochVault_PreviewNotSupported.selector;
        vm.expectRevert(notSupported);
        shares.previewDeposit(amount);
        vm.expectRevert(notSupported);
        shares.previewMint(amount);
        vm.expectRevert(notSupported);
        shares.previewWithdraw(amount);
        vm.expectRevert(notSupported);
        shares.previewRedeem(amount);
    }

    // ------------------------------------------------------------------------------------------------------- limits

    function testFuzz_maxDeposit_isExact(uint256 seed, uint256 who) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256 max = shares.maxDeposit(claimer);
        uint256 maxMint = shares.maxMint(claimer);
        uint256 before = shares.balanceOf(ben);
        vm.startPrank(claimer);
        vm.expectRevert(_exceeds(claimer, max));
        shares.deposit(max + 1, ben);
        uint256 minted = shares.deposit(max, ben);
        vm.stopPrank();
        assertEq(minted, max == 0 ? 0 : maxMint, "the last claim takes all");
        assertEq(shares.balanceOf(ben), before + minted);
        assertEq(shares.maxDeposit(claimer), 0);
    }

    function testFuzz_maxMint_isExact(uint256 seed, uint256 who) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256 max = shares.maxMint(claimer);
        uint256 maxDeposit = shares.maxDeposit(claimer);
        uint256 before = shares.balanceOf(ben);
        vm.startPrank(claimer);
        vm.expectRevert(_exceeds(claimer, max));
        shares.mint(max + 1, ben);
        uint256 used = shares.mint(max, ben);
        vm.stopPrank();
        assertEq(used, max == 0 ? 0 : maxDeposit, "the last claim uses up all");
        assertEq(shares.balanceOf(ben), before + max);
        assertEq(shares.maxMint(claimer), 0);
    }

    function testFuzz_maxRedeem_isExact(uint256 seed, uint256 who) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256 max = shares.maxRedeem(claimer);
        uint256 maxWithdraw = shares.maxWithdraw(claimer);
        uint256 before = token.balanceOf(ben);
        vm.startPrank(claimer);
        vm.expectRevert(_exceeds(claimer, max));
        shares.redeem(max + 1, ben, claimer);
        uint256 paid = shares.redeem(max, ben, claimer);
        vm.stopPrank();
        assertEq(paid, max == 0 ? 0 : maxWithdraw, "the last claim takes all");
        assertEq(token.balanceOf(ben), before + paid);
        assertEq(shares.maxRedeem(claimer), 0);
    }

    function testFuzz_maxWithdraw_isExact(uint256 seed, uint256 who) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256 max = shares.maxWithdraw(claimer);
        uint256 maxRedeem = shares.maxRedeem(claimer);
        uint256 before = token.balanceOf(ben);
        vm.startPrank(claimer);
        vm.expectRevert(_exceeds(claimer, max));
        shares.withdraw(max + 1, ben, claimer);
        uint256 used = shares.withdraw(max, ben, claimer);
        vm.stopPrank();
        assertLe(used, maxRedeem);
        assertEq(token.balanceOf(ben), before + max);
        assertEq(shares.maxWithdraw(claimer), 0);
    }

    function _exceeds(address who, uint256 has) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEpochVault.EpochVault_ExceedsClaimable.selector, who, has, has + 1);
    }

    // ----------------------------------------------------------------------------------------------------- rounding

    /// Shares named cost at least what buys them; assets named buy at most what costs them.
    function testFuzz_mint_neverCostsLessThanDeposit(uint256 seed, uint256 who, uint256 part) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256 wanted = bound(part, 0, shares.maxMint(claimer));
        uint256 snapshot = vm.snapshotState();
        vm.prank(claimer);
        uint256 cost = shares.mint(wanted, claimer);
        vm.revertToState(snapshot);

        vm.prank(claimer);
        uint256 bought = shares.deposit(cost, claimer);
        assertGe(bought, wanted, "minting was cheaper");
        vm.revertToState(snapshot);

        vm.prank(claimer);
        assertLe(shares.mint(bought, claimer), cost, "depositing was dearer");
    }

    function testFuzz_withdraw_neverUsesFewerSharesThanRedeem(uint256 seed, uint256 who, uint256 part) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256 wanted = bound(part, 0, shares.maxWithdraw(claimer));
        uint256 snapshot = vm.snapshotState();
        vm.prank(claimer);
        uint256 used = shares.withdraw(wanted, claimer, claimer);
        vm.revertToState(snapshot);

        vm.prank(claimer);
        uint256 paid = shares.redeem(used, claimer, claimer);
        assertGe(paid, wanted, "withdrawing used fewer shares");
        vm.revertToState(snapshot);

        vm.prank(claimer);
        assertLe(shares.withdraw(paid, claimer, claimer), used, "redeeming used fewer shares");
    }

    /// However a claim is cut up, it never comes to more than taken at once.
    function testFuzz_claim_inPartsNeverGains(uint256 seed, uint256 who, uint256[4] memory parts) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256 allShares = shares.maxMint(claimer);
        uint256 allAssets = shares.maxWithdraw(claimer);
        uint256 minted;
        uint256 paid;
        vm.startPrank(claimer);
        for (uint256 i = 0; i < parts.length; ++i) {
            if (parts[i] % 2 == 0) {
                minted += shares.deposit(bound(parts[i], 0, shares.maxDeposit(claimer)), claimer);
                paid += shares.redeem(bound(parts[i], 0, shares.maxRedeem(claimer)), claimer, claimer);
            } else {
                uint256 exact = bound(parts[i], 0, shares.maxMint(claimer));
                shares.mint(exact, claimer);
                minted += exact;
                exact = bound(parts[i], 0, shares.maxWithdraw(claimer));
                shares.withdraw(exact, claimer, claimer);
                paid += exact;
            }
        }
        vm.stopPrank();
        assertEq(minted + shares.maxMint(claimer), allShares, "shares");
        // Each cut leaves less than one unit behind, which the last one takes.
        assertLe(paid + shares.maxWithdraw(claimer), allAssets, "assets");
        assertLe(allAssets, paid + shares.maxWithdraw(claimer) + parts.length, "assets lost");
    }

    function testFuzz_claim_ofNothingMovesNothing(uint256 seed, uint256 who) public {
        _live(seed);
        address claimer = people[who % 3];
        uint256[4] memory before = _limits(claimer);
        vm.startPrank(claimer);
        assertEq(shares.deposit(0, claimer) + shares.mint(0, claimer), 0);
        assertEq(shares.redeem(0, claimer, claimer) + shares.withdraw(0, claimer, claimer), 0);
        vm.stopPrank();
        uint256[4] memory afterwards = _limits(claimer);
        for (uint256 i = 0; i < 4; ++i) assertEq(afterwards[i], before[i], vm.toString(i));
    }

    function _limits(address who) private view returns (uint256[4] memory) {
        return [shares.maxDeposit(who), shares.maxMint(who), shares.maxWithdraw(who), shares.maxRedeem(who)];
    }

    // -------------------------------------------------------------------------------------------------- round trips

    /// In and out with everything, alone or with others, once or again: never a unit more than was brought.
    function testFuzz_roundTrip_neverProfits(uint256 seed, uint256 amount, uint256 trips) public {
        _live(seed);
        address dan = _newcomer();
        uint256 before = token.balanceOf(dan);
        for (uint256 i = 0; i <= trips % 3; ++i) {
            _invest(dan, bound(amount, 1, 1e6 * unit));
            uint256 held = shares.balanceOf(dan);
            if (held == 0) break;
            _finish(_requestRedeem(dan, held));
            _claimAssets(dan);
        }
        vm.prank(dan);
        shares.reclaimDeposit(dan, dan);
        assertLe(token.balanceOf(dan), before, "a round trip made money");
    }

    /// Shares bought with the proceeds of shares are never more shares.
    function testFuzz_roundTrip_neverMultipliesShares(uint256 seed, uint256 part) public {
        _live(seed);
        address dan = _newcomer();
        uint256 held = _invest(dan, 1e4 * unit);
        if (held == 0) return;
        uint256 sold = bound(part, 1, held);
        _finish(_requestRedeem(dan, sold));
        uint256 paid = _claimAssets(dan);
        if (paid == 0) return;
        assertLe(_invest(dan, paid), sold, "more shares than before");
    }

    /// A newcomer takes nothing from those who are there.
    function testFuzz_deposit_neverDilutes(uint256 seed, uint256 amount) public {
        _live(seed);
        _finish(shares.currentEpoch() + 1); // everything that waits is in
        uint256 before = shares.convertToAssets(1e30);
        _invest(_newcomer(), bound(amount, 1, 1e6 * unit));
        uint256 afterwards = shares.convertToAssets(1e30);
        // A vault wiped out leaves a basis point to those who were there: never less than before either.
        assertGe(afterwards, before, "price of a share");
    }

    function _newcomer() private returns (address dan) {
        dan = makeActor("dan");
        token.mint(dan, 1e8 * unit);
        vm.prank(dan);
        token.approve(address(vault), type(uint256).max);
    }

    // ---------------------------------------------------------------------------------------- donations, first ones

    function testFuzz_donation_changesNoNumber(uint256 seed, uint64 gift) public {
        _live(seed);
        uint256 assets = shares.totalAssets();
        uint256 price = shares.convertToAssets(1e30);
        uint256 supply = shares.totalSupply();
        token.mint(address(vault), gift);
        token.mint(address(shares), gift);
        uint256 held = shares.balanceOf(ann);
        vm.prank(ann);
        shares.transfer(address(shares), held / 2);
        assertEq(shares.totalAssets(), assets);
        assertEq(shares.convertToAssets(1e30), price);
        assertEq(shares.totalSupply(), supply);
    }

    /// The first depositor cannot make the next one's shares round away, whatever it gives and however little it holds.
    function testFuzz_firstDepositor_cannotInflate(uint256 first, uint64 gift, uint256 next) public {
        _invest(ann, bound(first, 1, 1_000 * unit));
        uint256 left = bound(first, 0, 1_000);
        uint256 held = shares.balanceOf(ann);
        if (held > left) _finish(_requestRedeem(ann, held - left));
        token.mint(address(vault), gift);
        token.mint(address(shares), gift);
        next = bound(next, unit, 1e6 * unit);
        uint256 bought = _invest(ben, next);
        assertGe(shares.convertToAssets(bought) + shares.returnedDeposit(ben) + 1, next - next / 1_000, "taken from");
    }

    function testFuzz_supply_isWhatIsHeld(uint256 seed, uint256 a, uint256 b) public {
        _live(seed);
        uint256 amount = bound(a, 0, shares.balanceOf(ann));
        vm.prank(ann);
        shares.transfer(people[b % 3], amount);
        uint256 sum = shares.balanceOf(address(shares));
        for (uint256 i = 0; i < 3; ++i) sum += shares.balanceOf(people[i]);
        assertEq(sum, shares.totalSupply());
    }

    /// Money and shares that are promised are there.
    function testFuzz_claims_areCovered(uint256 seed) public {
        _live(seed);
        uint256 inShares;
        uint256 inAssets;
        for (uint256 i = 0; i < 3; ++i) {
            inShares += shares.maxMint(people[i]) + shares.pendingRedeemRequest(0, people[i]);
            inAssets += shares.maxWithdraw(people[i]) + shares.pendingDepositRequest(0, people[i]);
            inAssets += shares.returnedDeposit(people[i]);
        }
        assertLe(inShares, shares.balanceOf(address(shares)), "shares");
        assertLe((inAssets * USD) / unit, vault.balanceOf(Ledger.Queue), "assets");
    }
}

contract Erc4626TrancheTest is TrancheWorld, Erc4626Properties {}

contract Erc4626FundTest is FundWorld, Erc4626Properties {}

contract Erc4626TrancheOf8DecimalsTest is TrancheWorld, Erc4626Properties {
    function _decimals() internal pure override returns (uint8) {
        return 8;
    }
}

contract Erc4626FundOf18DecimalsTest is FundWorld, Erc4626Properties {
    function _decimals() internal pure override returns (uint8) {
        return 18;
    }
}
