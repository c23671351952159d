// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Owner address (160 bits) followed by a sub-account number (96 bits). One owner, many isolated margins.
type AccountId is uint256;

using {owner, sub, equals as ==} for AccountId global;

function toAccountId(address owner_, uint96 sub_) pure returns (AccountId) {
    return AccountId.wrap((uint256(uint160(owner_)) << 96) | sub_);
}

function owner(AccountId id) pure returns (address) {
    return address(uint160(AccountId.unwrap(id) >> 96));
}

function sub(AccountId id) pure returns (uint96) {
    return uint96(AccountId.unwrap(id));
}

function equals(AccountId a, AccountId b) pure returns (bool) {
    return AccountId.unwrap(a) == AccountId.unwrap(b);
}
