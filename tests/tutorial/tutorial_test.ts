import assert from "node:assert/strict";
import { DISCOVERY_STEPS } from "./discovery_steps.ts";
import { RECOVERY_STEPS, SUMMARY_STEPS } from "./later_steps.ts";
import { PROJECT_STEPS } from "./project_steps.ts";
import { RUN_STEPS } from "./run_steps.ts";
import { takeStep, TutorialWalk } from "./tutorial_walk.ts";

/** The catalog of section 1. */
const CATALOG = `Name,RA_deg,DEC_deg
TDE_2025aarm,68.0516625,-5.3776417
TDE_2026dmt,127.2151458,39.0817528
`;

Deno.test("The commands of the tutorial do, one after the other, what it says of them", async (t) => {
  await using walk = await TutorialWalk.start(CATALOG);
  const steps = [...PROJECT_STEPS, ...DISCOVERY_STEPS, ...RUN_STEPS, ...SUMMARY_STEPS, ...RECOVERY_STEPS];
  let hasPassed = true;
  for (const step of steps) {
    // A step stands on those before it: the first failure is the one to look at.
    hasPassed &&= await t.step(step.about, () => takeStep(walk, step));
  }
});

Deno.test("The one command for a fresh project goes from a catalog to spectra", async () => {
  await using walk = await TutorialWalk.start(CATALOG.split("\n").slice(0, 2).join("\n"));
  assert.equal((await walk.run("spxcutdb init --project ./project --catalog input_catalog.csv")).code, 0);
  await walk.pointAtArchive();
  await takeStep(walk, {
    about: "6 fresh project",
    command: `spxcutdb run \\
  --project ./project \\
  --catalog input_catalog.csv \\
  --discover \\
  --sync-calibration \\
  --download-missing \\
  --resume \\
  --cleanup-cutouts success-after-source \\
  --qa-level standard`,
    prints: [/\nMeasured +2, 0 were current\n/, /\nOutputs +1 written, /],
    cutoutRequests: 2,
  });
  const events = (await walk.events()).map(({ type }) => type);
  const order = ["discovery_answered", "calibration_ready", "workflow_plan", "download_completed"];
  const places = order.map((type) => events.indexOf(type));
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
  assert(places[0]! > 0);
});

Deno.test("The smoke-test catalog of the package is the one of the tutorial", async () => {
  assert.equal(
    await Deno.readTextFile(new URL("../../examples/input_catalog.csv", import.meta.url)),
    CATALOG,
  );
});
