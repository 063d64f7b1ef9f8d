export {
  bytesText,
  clockText,
  countedText,
  countText,
  durationText,
  rateText,
} from "../core/quantity_text.ts";
