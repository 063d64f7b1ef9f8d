import assert from "node:assert/strict";
import fc from "fast-check";
import { Mailbox } from "../../lib/workflow/mailbox.ts";

/** Whether a promise is settled once all that is due now has been done. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => settled = true);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return settled;
}

Deno.test("Mailbox gives messages in the order in which they were put in", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.integer()), async (messages) => {
    const mailbox = new Mailbox<number>(4);
    const taken = Array.fromAsync(messages, () => mailbox.take());
    for (const message of messages) mailbox.post(message);
    assert.deepEqual(await taken, messages);
  }));
});

Deno.test("Mailbox.take() waits for a message", async () => {
  const mailbox = new Mailbox<string>(1);
  const taken = mailbox.take();
  assert.equal(await isSettled(taken), false);
  mailbox.post("here");
  assert.equal(await taken, "here");
});

Deno.test("Mailbox.hasRoom() holds senders back while the box is full", async () => {
  const mailbox = new Mailbox<number>(2);
  await mailbox.hasRoom();
  mailbox.post(1);
  await mailbox.hasRoom();
  mailbox.post(2);
  const waiting = mailbox.hasRoom();
  assert.equal(await isSettled(waiting), false);
  assert.equal(await mailbox.take(), 1);
  assert.equal(await isSettled(waiting), true);
});

Deno.test("Mailbox.close() lets waiting senders go, and drops what comes after", async () => {
  const mailbox = new Mailbox<number>(1);
  mailbox.post(1);
  const waiting = [mailbox.hasRoom(), mailbox.hasRoom()];
  mailbox.close();
  await Promise.all(waiting);
  mailbox.post(2);
  await mailbox.hasRoom();
  assert.equal(await isSettled(mailbox.take()), false, "nothing is left to take");
});
