/** Writes docs/states.md from the tables that the program itself follows: `deno task docs:states`. */
import type { StateMachine } from "../lib/core/state_machine.ts";
import { SOURCE_MACHINE } from "../lib/store/source_states.ts";
import { ACTIVE_WORK_ITEM_STATES, WORK_ITEM_MACHINE } from "../lib/store/work_item_states.ts";

const INTRODUCTION = `# States

Work goes on where it stopped because each state is stored, and changes by the events below alone. What no rule
allows is an error, \`store/illegal-transition\`. This page is drawn from the tables that the program follows
(\`lib/store/work_item_states.ts\`, \`lib/store/source_states.ts\`) by \`deno task docs:states\`.

An arrow from the dot can start at any state in which no run is busy with the subject: every run plans anew, and
what it finds holds, whatever an earlier run has left.
`;

const MANY = 5;

/** The machine as a Mermaid state diagram. */
function diagram<State extends string, Event extends string>({ table }: StateMachine<State, Event>): string {
  const arrows = table.transitions.flatMap(({ from, event, to }) =>
    from.length > MANY ? [`  [*] --> ${to}: ${event}`] : from.map((state) => `  ${state} --> ${to}: ${event}`)
  );
  return ["```mermaid", "stateDiagram-v2", ...arrows, "```"].join("\n");
}

function tableOf(heading: string, meanings: Readonly<Record<string, string>>): string {
  const rows = Object.entries(meanings).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return [`| ${heading} | meaning |`, "| --- | --- |", ...rows].join("\n");
}

function section<State extends string, Event extends string>(
  heading: string,
  text: string,
  machine: StateMachine<State, Event>,
): string {
  const { states, events } = machine.table;
  return [`## ${heading}`, text, diagram(machine), tableOf("state", states), tableOf("event", events)].join(
    "\n\n",
  );
}

/** The page as it should be. */
export function statesPage(): string {
  const active = ACTIVE_WORK_ITEM_STATES.map((state) => `\`${state}\``).join(" and ");
  return [
    INTRODUCTION.trimEnd(),
    section(
      "Work items",
      `A work item is one source on one image. ${active} are the states of items that a run is busy with; when a run ` +
        "ends they are taken back, and when one crashed the next run does it first.",
      WORK_ITEM_MACHINE,
    ),
    section(
      "Sources",
      "A source that leaves the catalog is retired, which is no state: its row, its measurements and its files are " +
        "kept, and it goes on from its state when it comes back.",
      SOURCE_MACHINE,
    ),
  ].join("\n\n") + "\n";
}

if (import.meta.main) Deno.writeTextFileSync(new URL("states.md", import.meta.url), statesPage());
