import { runCommand } from "../shared/command.ts";
import { compile } from "./compile.ts";
import { reportProblems } from "./output.ts";
import { runDemo } from "./runDemo.ts";

await runCommand(async () => {
  reportProblems(await runDemo(process.argv.slice(2), (text) => process.stdout.write(text), compile));
});
