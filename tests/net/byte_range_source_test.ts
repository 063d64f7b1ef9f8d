import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { httpByteSource } from "../../lib/net/byte_range_source.ts";
import { createHttpClient } from "../../lib/net/http_client.ts";
import { serveHttp } from "./test_server.ts";

const CONTENTS = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

function answerRange(request: Request, etag: string): Response {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
  if (range === null) return new Response(CONTENTS);
  const wanted = request.headers.get("if-match");
  if (wanted !== null && wanted !== etag) return new Response(null, { status: 412 });
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]), CONTENTS.length - 1)];
  const headers = { "content-range": `bytes ${start}-${end}/${CONTENTS.length}`, etag };
  return new Response(CONTENTS.slice(start, end + 1), { status: 206, headers });
}

Deno.test("httpByteSource() reads ranges and cuts them at the end of the file", async () => {
  await using server = serveHttp((request) => answerRange(request, '"v1"'));
  const client = createHttpClient();
  const source = await httpByteSource(client, server.url);
  assert.equal(source.byteLength, 1000);
  assert.deepEqual(await source.read(100, 50), CONTENTS.subarray(100, 150));
  assert.deepEqual(await source.read(990, 50), CONTENTS.subarray(990));
  assert.deepEqual(await source.read(1000, 5), new Uint8Array(0));
  assert.equal(server.requests.length, 3);
  client.close();
});

Deno.test("httpByteSource() notices a file that changes and a server without ranges", async () => {
  let version = 1;
  await using changing = serveHttp((request) => answerRange(request, `"v${version}"`));
  await using plain = serveHttp(() => new Response(CONTENTS));
  const client = createHttpClient();
  const source = await httpByteSource(client, changing.url);
  version = 2;
  await assert.rejects(async () => await source.read(0, 10), (error) => isTaggedError(error, "net/changed"));
  await assert.rejects(httpByteSource(client, plain.url), (error) => isTaggedError(error, "net/no-ranges"));
  client.close();
});
