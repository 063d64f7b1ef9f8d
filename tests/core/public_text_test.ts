import assert from "node:assert/strict";
import { withoutSecrets } from "../../lib/core/public_text.ts";

Deno.test("withoutSecrets() takes credentials, queries and fragments out of addresses, wherever they are", () => {
  const text =
    'Asked http://me:p@ss@host:80/a/{release}?t=1#x, then "https://host/b?t=2"; (ftp://u@h/c?d) is http://h.';
  assert.equal(
    withoutSecrets(text),
    'Asked http://host:80/a/{release} then "https://host/b"; (ftp://h/c is http://h.',
  );
  assert.deepEqual(
    withoutSecrets({ list: ["http://u:p@h", 1, null, true], inner: { "a@b?": "x@y?z" } }),
    { list: ["http://h", 1, null, true], inner: { "a@b?": "x@y?z" } },
  );
  assert.deepEqual(withoutSecrets({ access_token: "abc", tokens: "abc", password: null }), {
    access_token: "(not told)",
    tokens: "abc",
    password: null,
  });
  assert.equal(withoutSecrets('{"url":"http://h","mail":"a@b"}'), '{"url":"http://h","mail":"a@b"}');
});
