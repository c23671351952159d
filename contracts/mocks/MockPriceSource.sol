// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarketId} from "../types/MarketId.sol";
import {PriceUse} from "../types/PriceUse.sol";

/// @title MockPriceSource
/// @notice Prices by decree.
contract MockPriceSource is IPriceSource {
    /// @notice The market was told to have no price.
    error MockPriceSource_Dead(MarketId market);

    /// @notice What the proof shows was published before the time asked for.
    error MockPriceSource_TooEarly(MarketId market, uint256 publishedAt, uint256 earliest);

    /// @notice The proof costs more than was sent.
    error MockPriceSource_FeeTooLow(uint256 has, uint256 needs);

    struct Quote {
        uint128 price; // USD per base unit, WAD
        uint40 publishedAt; // 0: always now
        bool isDead;
    }

    mapping(MarketId market => Quote) private _quotes;

    /// @notice What a proof costs, wei.
    uint256 public proofFee;

    /// @notice Makes proofs burn all gas they are given.
    bool public isBurningGas;

    /// @notice Sets a price that is always fresh.
    function setPrice(MarketId market, uint128 price) external {
        _quotes[market].price = price;
        _quotes[market].publishedAt = 0;
    }

    /// @notice Sets a price with a publish time, unix seconds.
    function setPriceAt(MarketId market, uint128 price, uint40 publishedAt) external {
        _quotes[market].price = price;
        _quotes[market].publishedAt = publishedAt;
    }

    /// @notice Makes reads of a market revert, or answer again.
    function setDead(MarketId market, bool dead) external {
        _quotes[market].isDead = dead;
    }

    /// @notice Sets what a proof costs, wei.
    function setProofFee(uint256 fee) external {
        proofFee = fee;
    }

    /// @notice Makes proofs burn all gas they are given, or work again.
    function setBurningGas(bool burning) external {
        isBurningGas = burning;
    }

    /// @inheritdoc IPriceSource
    /// @dev Believes any proof `abi.encode(price, publishedAt)`; an empty one stands for the present price.
    function firstPriceAfter(
        MarketId market,
        uint256 earliest,
        bytes calldata proof
    ) external payable returns (uint256 price, uint256 publishedAt) {
        if (isBurningGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (msg.value < proofFee) revert MockPriceSource_FeeTooLow(msg.value, proofFee);
        (price, publishedAt) = proof.length == 0
            ? priceFor(market, PriceUse.Value)
            : abi.decode(proof, (uint256, uint256));
        if (publishedAt < earliest) revert MockPriceSource_TooEarly(market, publishedAt, earliest);
        if (msg.value > proofFee) Address.sendValue(payable(msg.sender), msg.value - proofFee);
    }

    /// @inheritdoc IPriceSource
    function isDead(MarketId) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IPriceSource
    /// @dev The same for every use.
    function priceFor(MarketId market, PriceUse) public view returns (uint256 price, uint256 publishedAt) {
        Quote memory quote = _quotes[market];
        if (quote.isDead) revert MockPriceSource_Dead(market);
        return (quote.price, quote.publishedAt == 0 ? block.timestamp : quote.publishedAt);
    }
}
