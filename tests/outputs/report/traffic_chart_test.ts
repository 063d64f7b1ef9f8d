import assert from "node:assert/strict";
import { trafficChartSvg } from "../../../lib/outputs/report/traffic_chart.ts";
import { reportHtml } from "../../../lib/outputs/report/report_html.ts";
import { exampleReport } from "./example_report.ts";

const QUIET = { requests: 1, bytesReceived: 0, throttled: 0, failures: 0, lowestLimit: 4, limit: 4 };

Deno.test("trafficChartSvg() draws rates, the limit with its falls, and marks of trouble", () => {
  const svg = trafficChartSvg("irsa<1>", {
    startMs: 0,
    intervalMs: 500,
    intervals: [
      QUIET,
      { ...QUIET, bytesReceived: 1_000_000 },
      { ...QUIET, throttled: 1, failures: 1, lowestLimit: 2, limit: 8 },
      { ...QUIET, failures: 1, lowestLimit: 8, limit: 8 },
    ],
  });
  assert.match(svg, /aria-label="Traffic with irsa&lt;1&gt; over time"/);
  assert.match(svg, />2\.00 MB\/s</);
  assert.match(svg, />8<.*>2\.0 s</);
  // Four intervals of 112 each: the full height in the second, a fall to a quarter in the third.
  assert.match(svg, /class="rate" d="M62,78V78H174V18H286V78H398V78H510V78Z"/);
  assert.match(svg, /class="limit" d="M62,134V134V134H174V134V134H286V149V104H398V104V104H510"/);
  assert.match(svg, /class="throttled" d="M342,164v-6"/);
  assert.match(svg, /class="failed" d="M454,157v-6"/);
});

Deno.test("reportHtml() shows the traffic over time, and does without it for the records of earlier versions", () => {
  assert.match(reportHtml(exampleReport()), /<svg class="traffic".*slowed down by the host/s);
  const hosts = exampleReport().hosts.map(({ timeline: _timeline, ...host }) => host);
  const old = exampleReport({ hosts });
  assert.doesNotMatch(reportHtml(old), /class="traffic"|class="legend"/);
});
