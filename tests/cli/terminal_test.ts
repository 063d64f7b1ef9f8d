import assert from "node:assert/strict";
import { Terminal, wantsColor } from "../../lib/cli/terminal.ts";
import { RecordedSink } from "./recorded_sink.ts";

Deno.test("wantsColor() colours terminals, unless NO_COLOR or the user says otherwise", () => {
  const [terminal, file] = [new RecordedSink(true), new RecordedSink(false)];
  assert.deepEqual([
    wantsColor("auto", terminal, false),
    wantsColor("auto", terminal, true),
    wantsColor("auto", file, false),
  ], [true, false, false]);
  assert.deepEqual([wantsColor("always", file, true), wantsColor("never", terminal, false)], [true, false]);
});

Deno.test("Terminal sends data to stdout and everything else to stderr", () => {
  const [stdout, stderr] = [new RecordedSink(false), new RecordedSink(false)];
  const terminal = new Terminal({ stdout, stderr });
  terminal.data("a,b");
  terminal.data("line\n");
  terminal.json({ b: 1, a: [2] });
  terminal.message("working");
  terminal.warning("careful");
  terminal.error("error[x/y]: no\n");
  assert.equal(stdout.text, 'a,b\nline\n{"b":1,"a":[2]}\n');
  assert.equal(stderr.text, "working\nwarning: careful\nerror[x/y]: no\n");
});

Deno.test("Terminal falls silent step by step, but never about errors or data", () => {
  const said = [0, 1, 2].map((quietness) => {
    const [stdout, stderr] = [new RecordedSink(false), new RecordedSink(false)];
    const terminal = new Terminal({ stdout, stderr, quietness });
    terminal.message("m");
    terminal.warning("w");
    terminal.error("e");
    terminal.data("d");
    return stdout.text + stderr.text;
  });
  assert.deepEqual(said, ["d\nm\nwarning: w\ne\n", "d\nwarning: w\ne\n", "d\ne\n"]);
});

Deno.test("Terminal indents JSON and colours warnings for people", () => {
  const [stdout, stderr] = [new RecordedSink(true), new RecordedSink(true)];
  const terminal = new Terminal({ stdout, stderr });
  terminal.json({ a: 1 });
  terminal.warning("w");
  assert.equal(stdout.text, '{\n  "a": 1\n}\n');
  assert.equal(stderr.text, "\x1b[1m\x1b[33mwarning\x1b[39m\x1b[22m: w\n");
});

Deno.test("Terminal lets a progress line step aside before each text", () => {
  const [stdout, stderr] = [new RecordedSink(false), new RecordedSink(true)];
  const terminal = new Terminal({ stdout, stderr });
  const stop = terminal.interceptMessages(() => stderr.write("<clear>"));
  terminal.message("a");
  stop();
  terminal.message("b");
  assert.equal(stderr.text, "<clear>a\nb\n");
});
