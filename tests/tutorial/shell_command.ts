/** A command line as a shell would start it. */
export interface ShellCommand {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** The file that takes what it prints, both streams; undefined when it is not redirected. */
  readonly outputFile: string | undefined;
}

/**
 * Splits a command line as it stands in a document: lines that go on with a backslash, quotes, `nohup`, and the
 * redirection of both streams to a file in the background. Throws RangeError for what it does not know.
 */
export function parseShellCommand(text: string): ShellCommand {
  const joined = text.trim().replace(/\\\n\s*/g, "");
  const words: string[] = [];
  let outputFile: string | undefined;
  for (const [word] of joined.matchAll(/"[^"]*"|'[^']*'|[^\s"']+/g)) {
    if (words.at(-1) === ">") {
      words.pop();
      outputFile = word;
    } else words.push(word.replace(/^(["'])(.*)\1$/, "$2"));
  }
  if (outputFile !== undefined) {
    if (words.splice(-2).join(" ") !== "2>&1 &") {
      throw new RangeError(`Cannot read the redirection of: ${text}`);
    }
  }
  if (words[0] === "nohup") words.shift();
  if (words.some((word) => /[|&;<>$`*]/.test(word))) throw new RangeError(`Cannot read the command: ${text}`);
  return { words, outputFile };
}
