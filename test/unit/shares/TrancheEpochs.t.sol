// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITranche} from "../../../contracts/interfaces/ITranche.sol";
import {Tranche} from "../../../contracts/liquidity/Tranche.sol";
import {Ledger} from "../../../contracts/types/Ledger.sol";
import {TrancheFixture} from "./TrancheFixture.sol";

/// @notice Redemptions, epochs that were skipped, and what holds over many of them.
contract TrancheEpochsTest is TrancheFixture {
    // ------------------------------------------------------------------------------------------------- redemptions

    function test_settle_paysRedemptionsOnceTheyAreClaimed() public {
        _invest(ann, 100 * NATIVE);
        _earn(Ledger.Cash, 50 * NATIVE);
        uint256 id = _requestRedeem(ann, 40e24);
        assertEq(tranche.totalSupply(), 100e24, "locked shares stay at risk");
        _goTo(id + 1);
        assertEq(tranche.redemptionsAsked(id, _nav()), 60 * USD - 1);
        ITranche.Outcome memory outcome = _settle(id);
        assertEq(outcome.sharesBurned, 40e24);
        assertEq(outcome.assetsOut, 60 * USD - 1);
        assertEq(vault.balanceOf(Ledger.Queue), 60 * USD - 1);
        assertEq(tranche.claimableRedeemRequest(id, ann), 40e24);

        vm.prank(ann);
        assertApproxEqAbs(tranche.withdraw(15 * NATIVE, cat, ann), 10e24, 1e6);
        uint256 before = token.balanceOf(ann);
        assertEq(_claimAssets(ann), 45 * NATIVE - 1);
        assertEq(token.balanceOf(ann), before + 45 * NATIVE - 1);
    }

    /// @custom:checklist 26
    function test_settle_sharesTheLimitProRataAndPassesTheRestOn() public {
        _invest(ann, 300 * NATIVE);
        _invest(ben, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 300e24);
        _requestRedeem(ben, 100e24);
        for (uint256 i = 0; i < 4; ++i) {
            _goTo(id + i + 1);
            tranche.settle(id + i, _nav(), _nav(), 100 * USD, true);
            assertApproxEqAbs(tranche.maxWithdraw(ann), 75 * NATIVE * (i + 1), 1);
            assertApproxEqAbs(tranche.maxWithdraw(ben), 25 * NATIVE * (i + 1), 1);
            assertApproxEqAbs(tranche.pendingRedeemRequest(id + i + 1, ben), 25e24 * (3 - i), 1e18);
            assertEq(tranche.pendingRedeemRequest(id + i, ben), 0);
        }
        uint256 paid = _claimAssets(ann) + _claimAssets(ben);
        assertApproxEqAbs(paid, 400 * NATIVE, 2);
        assertLe(paid, 400 * NATIVE);
    }

    function test_settle_passesRedemptionsOnThatWouldBePaidNothing() public {
        _invest(ann, 100 * NATIVE);
        uint256 id = _requestRedeem(ann, 100e24);
        _lose(Ledger.Cash, 100 * USD);
        _goTo(id + 1);
        assertEq(_settle(id).sharesBurned, 0);
        _earn(Ledger.Cash, 80 * NATIVE);
        _goTo(id + 2);
        _settle(id + 1);
        assertApproxEqAbs(_claimAssets(ann), 80 * NATIVE, 1);
    }

    // ------------------------------------------------------------------------------------------------------ folding

    function test_settle_foldsSkippedEpochsIntoOnePrice() public {
        uint256 first = _requestDeposit(ann, 100 * NATIVE);
        _goTo(3);
        uint256 second = _requestDeposit(ann, 50 * NATIVE);
        _goTo(5);
        _requestDeposit(ben, 50 * NATIVE);
        _goTo(8);
        uint256 waiting = _requestDeposit(ann, 7 * NATIVE);
        assertEq(first + 3, second);
        assertEq(tranche.pendingDepositRequest(0, ann), 157 * NATIVE);
        assertEq(_settle(7).assetsIn, 200 * USD);
        assertEq(tranche.maxDeposit(ann), 150 * NATIVE);
        assertEq(tranche.pendingDepositRequest(waiting, ann), 7 * NATIVE);
        assertEq(_claimShares(ann), 150e24);
        assertEq(_claimShares(ben), 50e24);
        assertEq(_settle(7).assetsIn, 0, "settled twice");
        assertEq(_settle(3).assetsIn, 0, "settled backwards");
    }

    /// @custom:checklist 35
    function test_settle_foldsAtMost64IdsACallAndResumes() public {
        _requestDeposit(ann, 100 * NATIVE);
        _goTo(101);
        assertEq(_settle(100).assetsIn, 0);
        assertEq(_settle(100).assetsIn, 100 * USD);
        assertEq(tranche.maxDeposit(ann), 0, "99 ids are two walks");
        vm.prank(ann);
        tranche.deposit(0, ann);
        assertEq(_claimShares(ann), 100e24);
    }

    /// Years without requests cost nothing: the book starts again at the next request.
    function test_settle_skipsStretchesWithoutRequests() public {
        _invest(ann, 100 * NATIVE);
        _goTo(5_000);
        uint256 id = _requestDeposit(ann, 10 * NATIVE);
        _goTo(id + 1);
        assertEq(_settle(id).assetsIn, 10 * USD);
        assertEq(_claimShares(ann), 10e24);
    }

    function test_deposit_claimsSeveralIdsAtOnce() public {
        uint256 id = _requestDeposit(ann, 10 * NATIVE);
        _goTo(id);
        _requestDeposit(ann, 20 * NATIVE);
        _goTo(id + 1);
        _settle(id);
        _earn(Ledger.Cash, 10 * NATIVE);
        _goTo(id + 2);
        _settle(id + 1);
        assertEq(tranche.claimableDepositRequest(id, ann), 10 * NATIVE);
        assertEq(tranche.claimableDepositRequest(id + 1, ann), 20 * NATIVE);
        assertEq(tranche.claimableDepositRequest(0, ann), 30 * NATIVE);
        assertApproxEqAbs(_claimShares(ann), 20e24, 1e7);
    }

    // -------------------------------------------------------------------------------------------------- net value

    /// @custom:checklist 24
    function test_totalAssets_ignoresDonations() public {
        _invest(ann, 100 * NATIVE);
        token.mint(address(vault), 1_000 * NATIVE);
        token.mint(address(tranche), 1_000 * NATIVE);
        assertEq(tranche.totalAssets(), 100 * NATIVE);
        assertEq(tranche.convertToShares(1 * NATIVE), 1e24);
    }

    function test_totalAssets_ofSeniorIsTheOtherNav() public {
        Tranche senior = new Tranche(vault, "Senior", "SR", genesis, LENGTH, true);
        assertEq(senior.totalAssets(), 0, "not wired yet");
        senior.wire(address(this));
        assertEq(senior.totalAssets(), 7 * NATIVE);
    }

    // -------------------------------------------------------------------------------------------------------- fuzz

    /// @custom:checklist 1, 25, 31
    function testFuzz_settle_roundTripNeverProfits(uint64 seed, uint64 amount, uint64 profit) public {
        _invest(cat, bound(uint256(seed), 1, 1e15));
        _earn(Ledger.Cash, profit);
        uint256 before = token.balanceOf(ann);
        _requestDeposit(ann, bound(uint256(amount), 1, 1e15));
        uint256 id = tranche.currentEpoch() + 1;
        _goTo(id + 1);
        _settle(id);
        uint256 shares = _claimShares(ann);
        if (shares == 0) return;
        id = _requestRedeem(ann, shares);
        _goTo(id + 1);
        _settle(id);
        _claimAssets(ann);
        assertLe(token.balanceOf(ann), before, "a round trip made money");
    }

    /// Claims of many ids, fills and people never exceed what was settled, and everyone's units add up to the batch's.
    function testFuzz_settle_claimsNeverExceedWhatWasSettled(uint256 seed) public {
        address[3] memory people = [ann, ben, cat];
        uint256 settledOut;
        uint256 dearest; // sum over settlements of what one wei of shares was worth
        uint256 settledShares;
        uint256 claimedOut;
        uint256 claimedShares;
        for (uint256 epoch = 0; epoch < 12; ++epoch) {
            _goTo(epoch);
            for (uint256 i = 0; i < 3; ++i) {
                uint256 dice = uint256(keccak256(abi.encode(seed, epoch, i)));
                if (dice % 3 == 0) _requestDeposit(people[i], 1 + ((dice >> 8) % 1e10));
                uint256 held = tranche.balanceOf(people[i]);
                if (dice % 2 == 0 && held != 0) _requestRedeem(people[i], 1 + ((dice >> 8) % held));
                if (dice % 5 == 0) claimedShares += _claimShares(people[i]);
                if (dice % 7 == 0) claimedOut += _claimAssets(people[i]);
            }
            uint256 coin = uint256(keccak256(abi.encode(seed, epoch)));
            if (coin % 4 == 0) _earn(Ledger.Cash, (coin >> 8) % 1e9);
            if (coin % 5 == 0) _lose(Ledger.Cash, (coin >> 8) % (_nav() + 1));
            if (epoch == 0 || coin % 3 == 0) continue;
            ITranche.Outcome memory outcome = tranche.settle(
                epoch - 1,
                _nav(),
                _nav(),
                (coin >> 16) % (_nav() + 1),
                coin % 11 != 0
            );
            settledOut += outcome.assetsOut;
            dearest += (_nav() + outcome.assetsOut) / (outcome.supplyBefore + 1e6) + 1;
            settledShares += outcome.sharesMinted;
        }
        for (uint256 i = 0; i < 3; ++i) {
            claimedShares += _claimShares(people[i]);
            claimedOut += _claimAssets(people[i]);
        }
        assertLe(claimedOut * 1e12, settledOut, "assets");
        assertLe(claimedShares, settledShares, "shares");
        // What is left: a token unit for each claimer, and a wei of shares and of proceeds for each claimer and id.
        assertLe(settledOut - claimedOut * 1e12, 3 * (1e12 + 12 * dearest), "assets lost");
        assertLe(settledShares - claimedShares, 3 * 12, "shares lost");
        uint256 waiting;
        for (uint256 i = 0; i < 3; ++i) waiting += tranche.pendingDepositRequest(0, people[i]);
        assertLe(waiting * 1e12, vault.balanceOf(Ledger.Queue), "queue");
    }
}
