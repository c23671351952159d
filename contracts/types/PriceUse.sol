// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What a price is asked for. The stricter the use, the sooner a source may refuse; a price good for `Open` or
/// `Liquidate` is good for `Value`, and is the same number.
enum PriceUse {
    Value, // marks, health, closing, withdrawals, epochs: what whoever is already in needs in order to leave
    Open, // trades that add risk: these can wait
    Liquidate // liquidation and deleveraging: only at a price its owner could have acted on
}
