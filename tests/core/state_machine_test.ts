import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { StateMachine } from "../../lib/core/state_machine.ts";
import { SOURCE_MACHINE } from "../../lib/store/source_states.ts";
import { ACTIVE_WORK_ITEM_STATES, WORK_ITEM_MACHINE } from "../../lib/store/work_item_states.ts";

const LAMP = new StateMachine<"off" | "on", "switched" | "smashed">({
  subject: "lamp",
  initial: "off",
  states: { off: "It is dark", on: "It shines" },
  events: { switched: "someone presses the switch", smashed: "someone throws a stone" },
  transitions: [
    { from: ["off"], event: "switched", to: "on" },
    { from: ["on"], event: "switched", to: "off" },
    { from: ["on"], event: "smashed", to: "off" },
  ],
});

Deno.test("StateMachine follows its table, and what no rule allows is an error that says what is allowed", () => {
  assert.equal(LAMP.next("off", "switched", "hall"), "on");
  assert.equal(LAMP.target("off", "smashed"), undefined);
  assert.throws(() => LAMP.next("off", "smashed", "hall"), (error) => {
    assert(isTaggedError(error, "store/illegal-transition"));
    assert.equal(
      error.message,
      "The lamp hall is off and cannot take the event smashed, expected switched",
    );
    assert.deepEqual(error.context, { subject: "lamp", name: "hall", state: "off", event: "smashed" });
    assert.match(error.hint!, /Run the same command again/);
    return true;
  });
});

Deno.test("StateMachine refuses a state that it does not know, as an older or damaged database may hold it", () => {
  assert.throws(() => LAMP.next("flickering" as "on", "switched", "hall"), {
    code: "store/illegal-transition",
  });
});

Deno.test("The machines have one rule at most for a state and an event, use all events and reach all states", () => {
  for (const machine of [WORK_ITEM_MACHINE, SOURCE_MACHINE] as unknown as StateMachine<string, string>[]) {
    const { transitions } = machine.table;
    const pairs = transitions.flatMap(({ from, event }) => from.map((state) => `${state} ${event}`));
    assert.equal(new Set(pairs).size, pairs.length);
    assert.deepEqual(new Set(transitions.map(({ event }) => event)), new Set(machine.events));
    const reached = new Set([machine.initial]);
    for (let size = 0; size < reached.size;) {
      size = reached.size;
      for (const state of [...reached]) {
        for (const event of machine.events) {
          const target = machine.target(state, event);
          if (target !== undefined) reached.add(target);
        }
      }
    }
    assert.deepEqual(reached, new Set(machine.states));
  }
});

Deno.test("WORK_ITEM_MACHINE lets a plan start from every state but those that a run is busy with", () => {
  for (const state of WORK_ITEM_MACHINE.states) {
    const isActive = ACTIVE_WORK_ITEM_STATES.includes(state);
    for (
      const event of ["found_current", "found_cutout", "found_no_cutout", "found_no_calibration"] as const
    ) {
      assert.equal(WORK_ITEM_MACHINE.target(state, event) === undefined, isActive, `${state} ${event}`);
    }
    assert.equal(WORK_ITEM_MACHINE.target(state, "interrupted") !== undefined, isActive, state);
    assert.equal(WORK_ITEM_MACHINE.target(state, "measured") !== undefined, state === "fitting", state);
  }
});
