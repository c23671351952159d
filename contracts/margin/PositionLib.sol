// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FundingLib} from "../market/FundingLib.sol";
import {MathLib, WAD} from "../math/MathLib.sol";
import {Position} from "../types/Market.sol";

/// @title PositionLib
/// @notice What happens to one position in memory: profit, funding, crystallising, opening, closing.
/// @dev Units: USD WAD. Every function returns money from the trader's side: positive is owed to the trader.
library PositionLib {
    using MathLib for uint256;
    using MathLib for int256;
    using SafeCast for uint256;
    using SafeCast for int256;

    /// @notice Profit (+) or loss (-) against the entry cost at the oracle price; no funding, nothing settled.
    /// @dev Rounding: down, against the trader.
    function pricePnl(Position memory self, uint256 price) internal pure returns (int256) {
        uint256 size = int256(self.size).abs();
        return
            self.size > 0
                ? int256(size.mulDivDown(price, WAD)) - int256(uint256(self.cost))
                : int256(uint256(self.cost)) - int256(size.mulDivUp(price, WAD));
    }

    /// @notice Value at the oracle price. Rounding: up.
    function notional(Position memory self, uint256 price) internal pure returns (uint256) {
        return int256(self.size).abs().mulDivUp(price, WAD);
    }

    /// @notice Pays funding up to `index`.
    function settleFunding(Position memory self, int256 index) internal pure returns (int256 toTrader) {
        toTrader = -FundingLib.owed(self.size, index, self.fundingEntry);
        self.fundingEntry = _toInt96(index);
    }

    /// @notice Turns profit into margin and a loss into a paid one, as far as `lossCap` (what may be settled in all).
    /// @dev A winner's cost becomes its value, so that its entry is the present price; a loser keeps its cost and
    /// remembers what it has paid.
    /// @return toTrader Money owed to the trader.
    /// @return returned How much of it is variation margin paid earlier.
    function crystallise(
        Position memory self,
        uint256 price,
        uint256 lossCap
    ) internal pure returns (int256 toTrader, uint256 returned) {
        int256 pnl = pricePnl(self, price);
        if (pnl >= 0) {
            returned = self.settled;
            self.settled = 0;
            toTrader = pnl + int256(returned);
            uint256 size = int256(self.size).abs();
            self.cost = _toUint104(self.size > 0 ? size.mulDivDown(price, WAD) : size.mulDivUp(price, WAD));
            return (toTrader, returned);
        }
        return settleLoss(self, uint256(-pnl), lossCap);
    }

    /// @notice Sets what is settled to `min(loss, cap)`, both ways. The cost stays.
    function settleLoss(
        Position memory self,
        uint256 loss,
        uint256 cap
    ) internal pure returns (int256 toTrader, uint256 returned) {
        uint256 target = MathLib.min(loss, cap);
        toTrader = int256(uint256(self.settled)) - int256(target);
        returned = toTrader.pos();
        self.settled = _toUint104(target);
    }

    /// @notice Takes `closed` of the size out at `value` (what the sell brings or the buy costs).
    /// @dev Rounding: cost part up for longs, down for shorts; settled part down. A full close takes all of both.
    function close(
        Position memory self,
        uint256 closed,
        uint256 value
    ) internal pure returns (int256 toTrader, uint256 returned) {
        uint256 size = int256(self.size).abs();
        uint256 costPart;
        if (closed == size) {
            (costPart, returned) = (self.cost, self.settled);
        } else {
            costPart =
                self.size > 0 ? uint256(self.cost).mulDivUp(closed, size) : uint256(self.cost).mulDivDown(closed, size);
            returned = uint256(self.settled).mulDivDown(closed, size);
        }
        int256 pnl = self.size > 0 ? int256(value) - int256(costPart) : int256(costPart) - int256(value);
        toTrader = pnl + int256(returned);
        self.cost -= uint104(costPart);
        self.settled -= uint104(returned);
        int256 left = int256(size - closed);
        self.size = int104(self.size > 0 ? left : -left);
    }

    /// @notice Adds `delta` to the size at `value`, keeping the higher maintenance rate.
    function open(Position memory self, int256 delta, uint256 value, uint256 mmBps, int256 index) internal pure {
        if (self.size == 0) {
            self.fundingEntry = _toInt96(index);
            self.mmBps = uint16(mmBps);
        } else if (mmBps > self.mmBps) {
            self.mmBps = uint16(mmBps);
        }
        self.size = _toInt104(self.size + delta);
        self.cost = _toUint104(self.cost + value);
    }

    function _toUint104(uint256 value) private pure returns (uint104) {
        return value.toUint104();
    }

    function _toInt104(int256 value) private pure returns (int104) {
        return value.toInt104();
    }

    function _toInt96(int256 value) private pure returns (int96) {
        return value.toInt96();
    }
}
