import { parseHTML } from "linkedom";

/** The little of an SVG element that plots need to make by hand. */
export interface PlotElement {
  /** Sets an attribute. */
  setAttribute(name: string, value: string): void;
  /** Adds a child at the end. */
  append(child: PlotElement): void;
  /** The element as markup. */
  readonly outerHTML: string;
}

/** The little of a document that plots need. */
export interface PlotDocument {
  /** Makes an element of a namespace. */
  createElementNS(namespace: string, name: string): PlotElement;
}

/** The XML namespace of SVG. */
export const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** A document without a browser, for plots to be made in. */
export function plotDocument(): PlotDocument {
  // The package's types leave out the one member that is asked for here.
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as {
    document: PlotDocument;
  };
  return document;
}
