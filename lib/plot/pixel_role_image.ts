import { PIXEL_ROLE } from "../photometry/pixel_roles.ts";
import { hexColor, type Rgb } from "./color_map.ts";
import { MUTED_COLOR } from "./palette.ts";
import { coloredImage } from "./plane_image.ts";
import type { PixelImage } from "./png.ts";
import { rounded, textSvg } from "./svg_text.ts";
import { textWidth } from "./text_width.ts";

/** How pixels of a role are drawn; the first role that a pixel has decides. */
interface RoleStyle {
  readonly name: string;
  readonly color: Rgb;
  readonly applies: (roles: number) => boolean;
}

const ROLE_STYLES: readonly RoleStyle[] = [
  { name: "masked", color: [40, 40, 40], applies: (roles) => (roles & PIXEL_ROLE.usable) === 0 },
  { name: "core", color: [213, 94, 0], applies: (roles) => (roles & PIXEL_ROLE.core) !== 0 },
  { name: "target", color: [230, 159, 0], applies: (roles) => (roles & PIXEL_ROLE.footprint) !== 0 },
  { name: "protected", color: [240, 228, 66], applies: (roles) => (roles & PIXEL_ROLE.protected) !== 0 },
  { name: "neighbour", color: [0, 114, 178], applies: (roles) => (roles & PIXEL_ROLE.neighbor) !== 0 },
  { name: "background", color: [143, 205, 186], applies: (roles) => (roles & PIXEL_ROLE.background) !== 0 },
  { name: "unused", color: [236, 236, 236], applies: () => true },
];

/** What each pixel was used for as an image of one pixel a pixel, the lowest row at the bottom. */
export function rolesImage(width: number, height: number, roles: Uint8Array): PixelImage {
  return coloredImage({ width, height, values: roles }, roleColor);
}

function roleColor(roles: number): Rgb {
  return ROLE_STYLES.find((style) => style.applies(roles))!.color;
}

const LABEL_SIZE = 9.5;
const SWATCH = 7;
const LINE_HEIGHT = 13;

/** Names the colours of {@linkcode rolesImage} in lines of at most `width`. */
export function roleLegendSvg(width: number): string {
  const markup: string[] = [];
  let x = 0;
  let baseline = 14;
  for (const { name, color } of ROLE_STYLES) {
    const entryWidth = SWATCH + 3 + textWidth(name, LABEL_SIZE);
    if (x > 0 && x + entryWidth > width) {
      x = 0;
      baseline += LINE_HEIGHT;
    }
    markup.push(
      `<rect x="${rounded(x)}" y="${baseline - SWATCH}" width="${SWATCH}" height="${SWATCH}" fill="${
        hexColor(color)
      }"/>`,
      textSvg(x + SWATCH + 3, baseline, name, { size: LABEL_SIZE, color: MUTED_COLOR }),
    );
    x += entryWidth + 9;
  }
  return markup.join("");
}
