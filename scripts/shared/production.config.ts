import config from "../../hardhat.config.ts";

/** The production build in folders of its own, so that it neither overwrites nor waits for the artifacts of tests. */
export default {
  ...config,
  paths: { ...config.paths, artifacts: "artifacts-production", cache: "cache-production" },
};
