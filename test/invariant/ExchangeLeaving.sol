// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountId} from "../../contracts/types/AccountId.sol";
import {EpochVault} from "../../contracts/shares/EpochVault.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {System} from "../shared/SystemFixture.sol";
import {ExchangeHandler} from "./ExchangeHandler.sol";

/// @title ExchangeLeaving
/// @notice I12: everybody goes home, in an order the seed decides.
abstract contract ExchangeLeaving is ExchangeHandler {
    /// @dev Epochs in which whoever wants to leave a pool without positions has left it: one to ask, one to be settled,
    /// one for what a junior tranche waits on.
    uint256 private constant EPOCHS = 4;

    /// @notice Positions closed by their owners, by keepers, and claims paid on the way out.
    uint256[3] public exits;

    constructor(
        System memory system,
        AccountId[] memory traders_,
        AccountId[] memory idlers_,
        address lp
    ) ExchangeHandler(system, traders_, idlers_, lp) {}

    function _watchesShares() internal pure override returns (bool) {
        return true;
    }

    function leave(uint256 seed) external {
        // Some leave in a crash.
        uint8 m = uint8((seed >> 24) % MARKETS);
        if (seed % 4 < 2) _setPrice(m, (_price(m) * (seed % 4 == 0 ? 6 : 14)) / 10);
        if (seed % 2 == 0) _askForShares();
        if (seed % 3 == 0) _endEpochs();
        for (uint256 i = 0; i < traders.length * MARKETS; ++i) {
            // Every pair once: 5 and 12 are coprime.
            uint256 pair = addmod(i * 5, seed >> 8, traders.length * MARKETS);
            _close(traders[pair / MARKETS], uint8(pair % MARKETS));
        }
        _expect(12, sys.pool.openNotional() == 0, "positions nobody could close");
        _payDebts();
        _expect(12, sys.pool.unpaid() == 0, "debts nobody pays");
        if (seed % 5 != 0) _repayEverything();
        for (uint256 i = 0; i < traders.length; ++i) _goHome(traders[addmod(i, seed >> 16, traders.length)]);
        for (uint256 i = 0; i < idlers.length; ++i) _takeMargin(idlers[i]);
        _askForShares();
        for (uint256 i = 0; i < EPOCHS; ++i) _endEpochs();
        _checkShares(sys.senior);
        _checkShares(sys.junior);
        _checkShares(sys.insurance);
    }

    // ----------------------------------------------------------------------------------------------------------- traders

    /// @dev The owner closes. Whose losses are above his margin can only be liquidated, and then is liquidatable.
    function _close(AccountId id, uint8 m) private {
        if ((sys.clearinghouse.account(id).openMarkets >> m) & 1 == 0) return;
        int256 held = _position(id, m).size;
        vm.prank(id.owner());
        if (held == 0) {
            // Deleveraging has closed it; its bond waits.
            try sys.clearinghouse.replay(id, MarketId.wrap(m), type(uint256).max) {
                return;
            } catch {}
        } else {
            try sys.executor.trade(id, MarketId.wrap(m), -held, held < 0 ? type(uint256).max : 0) {
                ++exits[0];
                return;
            } catch {}
        }
        Held[] memory all = _watch();
        try sys.clearinghouse.liquidate(id) {
            _compare(all, id);
            ++exits[1];
        } catch {
            _expect(12, false, "a position that can neither be closed nor liquidated");
        }
        if ((sys.clearinghouse.account(id).openMarkets >> m) & 1 == 0) return;
        // Partly liquidated: the rest is healthy.
        held = _position(id, m).size;
        vm.prank(id.owner());
        try sys.executor.trade(id, MarketId.wrap(m), -held, held < 0 ? type(uint256).max : 0) {
            ++exits[0];
        } catch {
            _expect(12, false, "a healthy position cannot be closed");
        }
    }

    function _repayEverything() private {
        (uint256 outstanding, , ) = sys.clearinghouse.traderClaims();
        if (outstanding == 0) return;
        vm.prank(LP);
        sys.clearinghouse.recover(outstanding / 1e12 + 1);
        (outstanding, , ) = sys.clearinghouse.traderClaims();
        _expect(11, outstanding == 0, "repaid in full, and still owed");
    }

    /// @dev Margin, debts that were repaid to it, and its claim.
    function _goHome(AccountId id) private {
        _takeMargin(id);
        if (_claimable(id) != 0) {
            try this.claimFor(id) {
                ++exits[2];
            } catch {
                _expect(12, false, "a claim that was repaid cannot be collected");
            }
        }
        (uint256 due, uint256 outstanding) = sys.clearinghouse.claimsOf(id);
        _expect(12, due < 1e12, "a claim was paid in part");
        (uint256 owedToAll, , ) = sys.clearinghouse.traderClaims();
        if (owedToAll == 0) _expect(12, outstanding == 0, "nobody is owed anything, but somebody is");
    }

    function claimFor(AccountId id) external {
        if (msg.sender == address(this)) _claimFor(id);
    }

    function _takeMargin(AccountId id) private {
        (uint256 collectable, uint256 owed) = sys.clearinghouse.debtsTo(id);
        _expect(12, owed < uint256(DUST), "owed what was written off");
        uint256 amount = (sys.clearinghouse.account(id).margin + collectable) / 1e12;
        if (amount != 0) {
            vm.prank(id.owner());
            try sys.clearinghouse.withdraw(id, amount) {} catch {
                _expect(12, false, "an account without positions cannot withdraw");
            }
        }
        _expect(12, sys.clearinghouse.account(id).margin < 1e12, "margin that cannot leave");
        _expect(12, sys.clearinghouse.account(id).openMarkets == 0, "an account that cannot end");
        _remember(id);
    }

    // --------------------------------------------------------------------------------------------------------------- LPs

    function _askForShares() private {
        _claimAll();
        _ask(sys.senior);
        _ask(sys.junior);
        _ask(sys.insurance);
    }

    function _ask(EpochVault shares) private {
        uint256 balance = shares.balanceOf(LP);
        if (balance == 0) return;
        vm.prank(LP);
        shares.requestRedeem(balance, LP, LP);
    }

    /// @dev One epoch of the insurance fund is seven of the pool: both end.
    function _endEpochs() private {
        vm.warp(vm.getBlockTimestamp() + sys.insurance.EPOCH_LENGTH());
        // Without positions a senior tranche that is not whole is written down at once.
        try sys.pool.reset() {} catch {}
        sys.pool.recordEpoch();
        sys.insurance.recordEpoch();
        vm.warp(vm.getBlockTimestamp() + 31 minutes);
        _payDebts();
        sys.pool.settleEpoch();
        sys.insurance.settleEpoch();
        // Deposits that were still on their way become shares, and ask to leave as well.
        _claimAll();
        if (sys.pool.openNotional() != 0) return;
        _ask(sys.senior);
        _ask(sys.junior);
        _ask(sys.insurance);
    }

    function _claimAll() private {
        _claim(sys.senior);
        _claim(sys.junior);
        _claim(sys.insurance);
    }

    /// @dev Shares of a tranche that is worth nothing wait for better times; all others have left.
    function _checkShares(EpochVault shares) private {
        _expect(12, shares.totalSupply() == 0 || shares.totalAssets() == 0, "shares that cannot be redeemed");
    }
}
