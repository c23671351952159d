// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DeficitLib} from "../../contracts/loss/DeficitLib.sol";
import {MarketId} from "../../contracts/types/MarketId.sol";
import {Book, State} from "../../contracts/types/State.sol";
import {TestBase} from "../shared/TestBase.sol";

/// Bugs that a fuzzer found, frozen.
contract DeficitAnchored is TestBase {
    State private _state;

    /// I4. A deficit matched in three markets, the last by one wei, half insured: what rounding leaves over goes to the last
    /// part and makes it larger than what was matched there. Subtracting the two unsigned reverted the liquidation (found
    /// as "a liquidation reverted", panic 0x11, by 2,000 runs of the exchange invariants).
    function test_anchored_I4_coverOfAMatchedWeiDoesNotRevert() public {
        Book memory book;
        book.length = 3;
        book.markets = new MarketId[](3);
        uint256[] memory matched = new uint256[](3);
        for (uint8 i = 0; i < 3; ++i) {
            book.markets[i] = MarketId.wrap(i);
            matched[i] = i == 2 ? 1 : 10;
        }
        DeficitLib.bookCover(_state, book, matched, 10);

        int256 bases;
        int256 realised;
        for (uint8 i = 0; i < 3; ++i) {
            bases += _state.markets[MarketId.wrap(i)].base;
            realised += _state.markets[MarketId.wrap(i)].realised;
        }
        assertEq(bases, int256(10 - 21));
        assertEq(realised, int256(10));
    }
}
