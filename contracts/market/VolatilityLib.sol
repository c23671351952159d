// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MathLib} from "../math/MathLib.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title VolatilityLib
/// @notice Remembers the lowest and highest price of the last twelve keeper windows and tells the largest move a keeper
/// could have missed.
/// @dev A window is 64 bits: low price (24), high price (24), window number mod 2^16 (16). A price is a 17-bit mantissa
/// and a 7-bit exponent; lows round down, highs up, so the range is never understated (by more than 1.6e-5 overstated).
/// Windows sit in a ring by `number % 12`; the stored number tells a live window from a leftover.
library VolatilityLib {
    uint256 private constant WINDOWS = 12;
    uint256 private constant PER_WORD = 4;
    uint256 private constant WINDOW_BITS = 64;
    uint256 private constant MANTISSA_BITS = 17;
    uint256 private constant PRICE_MASK = (1 << 24) - 1;
    uint256 private constant LOOKBACK = 1 hours;
    uint256 private constant MEAN_OVER = 30 minutes;

    /// @notice Adds a price to the window running now: at most one word written.
    function record(uint256[3] storage self, uint256 price, uint256 nowAt, uint256 windowLength) internal {
        uint256 number = nowAt / windowLength;
        uint256 index = number % WINDOWS;
        uint256 word = self[index / PER_WORD];
        uint256 shift = (index % PER_WORD) * WINDOW_BITS;
        uint256 window = (word >> shift) & type(uint64).max;

        uint256 low = _pack(price, false);
        uint256 high = _pack(price, true);
        if (_isLive(window, number)) {
            // Packed prices order as the prices do: exponent above mantissa, mantissa normalised.
            low = MathLib.min(low, window & PRICE_MASK);
            high = MathLib.max(high, (window >> 24) & PRICE_MASK);
        }
        uint256 updated = low | (high << 24) | (uint256(uint16(number)) << 48);
        if (updated != window) {
            self[index / PER_WORD] = (word & ~(uint256(type(uint64).max) << shift)) | (updated << shift);
        }
    }

    /// @notice Largest `(max - min) / min` over two adjacent windows of the last hour, times `factorBps`.
    /// @dev Units: basis points. Rounding: up. Ranges are compared as fractions; only the largest is divided out.
    function scaledRangeBps(
        uint256[3] storage self,
        uint256 nowAt,
        uint256 windowLength,
        uint256 factorBps
    ) internal pure returns (uint256) {
        if (factorBps == 0) return 0;
        uint256[3] memory words = self;
        uint256 newest = nowAt / windowLength;
        uint256 oldestBack = MathLib.min(newest, MathLib.min(WINDOWS - 1, LOOKBACK / windowLength));
        // The largest range so far is `range / base`; prices are below 2^128, so cross products fit.
        uint256 range;
        uint256 base = 1;
        uint256 nextLow = type(uint256).max;
        uint256 nextHigh;
        unchecked {
            for (uint256 back = 0; back <= oldestBack; ++back) {
                (uint256 low, uint256 high) = _at(words, newest - back);
                if (high == 0) {
                    (nextLow, nextHigh) = (type(uint256).max, 0);
                    continue;
                }
                uint256 floorPrice = low < nextLow ? low : nextLow;
                uint256 width = (high > nextHigh ? high : nextHigh) - floorPrice;
                if (width * base > range * floorPrice) (range, base) = (width, floorPrice);
                (nextLow, nextHigh) = (low, high);
            }
        }
        return MathLib.mulDivUp(range, factorBps, base);
    }

    /// @notice Mean of the middles of the windows of the last half hour before `lastAt`, as far as twelve windows reach.
    /// @dev Units: USD WAD. Rounding: down. Zero if none of them was written.
    function meanPrice(uint256[3] storage self, uint256 lastAt, uint256 windowLength) internal pure returns (uint256) {
        uint256[3] memory words = self;
        uint256 newest = lastAt / windowLength;
        uint256 oldestBack = MathLib.min(newest, MathLib.min(WINDOWS - 1, MEAN_OVER / windowLength));
        uint256 sum;
        uint256 n;
        for (uint256 back = 0; back <= oldestBack; ++back) {
            (uint256 low, uint256 high) = _at(words, newest - back);
            if (high == 0) continue;
            sum += low + high;
            ++n;
        }
        return n == 0 ? 0 : sum / (2 * n);
    }

    function _at(uint256[3] memory words, uint256 number) private pure returns (uint256 low, uint256 high) {
        uint256 index = number % WINDOWS;
        uint256 window = (words[index / PER_WORD] >> ((index % PER_WORD) * WINDOW_BITS)) & type(uint64).max;
        if (!_isLive(window, number)) return (0, 0);
        return (_unpack(window & PRICE_MASK), _unpack((window >> 24) & PRICE_MASK));
    }

    function _isLive(uint256 window, uint256 number) private pure returns (bool) {
        return window != 0 && window >> 48 == uint16(number);
    }

    function _pack(uint256 price, bool roundUp) private pure returns (uint256) {
        uint256 bits = Math.log2(price) + 1;
        if (bits <= MANTISSA_BITS) return price;
        uint256 exponent = bits - MANTISSA_BITS;
        uint256 mantissa = price >> exponent;
        if (roundUp && mantissa << exponent != price) {
            ++mantissa;
            if (mantissa == 1 << MANTISSA_BITS) (mantissa, exponent) = (mantissa >> 1, exponent + 1);
        }
        return (exponent << MANTISSA_BITS) | mantissa;
    }

    function _unpack(uint256 packed) private pure returns (uint256) {
        return (packed & ((1 << MANTISSA_BITS) - 1)) << (packed >> MANTISSA_BITS);
    }
}
