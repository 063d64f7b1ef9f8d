/**
 * Calls the program many times in one process, which is quicker than a process for each: the arguments come as JSON
 * lines on stdin. What the program prints goes to stdout; the exit code of the last call that failed is returned.
 */
import { main } from "../../lib/cli/main.ts";

let exitCode = 0;
for (const line of (await new Response(Deno.stdin.readable).text()).trim().split("\n")) {
  const code = await main(JSON.parse(line) as string[]);
  if (code !== 0) exitCode = code;
}
Deno.exit(exitCode);
