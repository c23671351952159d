/** Tests run in processes of their own, and a failure travels between them as JSON, which knows no BigInt. */
Object.defineProperty(BigInt.prototype, "toJSON", {
  value(this: bigint) {
    return this.toString();
  },
});
