/** Compiles what is not compiled yet. Imports Hardhat only now, so that wrong input is refused at once. */
export async function compile(): Promise<void> {
  const { default: hre } = await import("hardhat");
  for (let attempt = 1; ; attempt++) {
    try {
      await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
      return;
    } catch (error) {
      // Two runs at once write the same compile cache; whoever loses the race starts over.
      if (attempt === 5 || !(error as Error).message.includes("compile-cache")) throw error;
    }
  }
}
