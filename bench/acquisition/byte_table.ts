import { type AccessFixture, PLACE } from "../../tests/archive/access_fixture.ts";

/** Bytes and requests of one cutout by release, size and route, as the archive counts them. */
export async function byteTable(fixture: AccessFixture): Promise<string[]> {
  const lines = ["| release | size | route | body bytes read | requests |", "|---|---|---|---|---|"];
  for (const release of ["QR2", "QR3"]) {
    const covering = fixture.images(PLACE).find(({ image }) => image.exposure.visit.release === release)!;
    await fixture.standIn(covering);
    for (const sizeArcsec of [180, 60]) {
      for (const name of ["cutout", "truncated", "cloud"] as const) {
        fixture.forgetParents();
        fixture.archive.resetCounts();
        const received = () => fixture.client.stats().hosts[0]!.bytesReceived;
        const before = received();
        await fixture.fetch(name, covering, { ...PLACE, sizeArcsec });
        const bytes = (received() - before).toLocaleString("en");
        lines.push(
          `| ${release} | ${sizeArcsec}" | ${name} | ${bytes} | ${fixture.archive.requests.length} |`,
        );
      }
    }
  }
  return lines;
}
