/** Prints what a bench found as one line of JSON; what is wrong with what it was given as one line, without a stack. */
export async function say(work: () => Promise<object>): Promise<void> {
  try {
    process.stdout.write(`${JSON.stringify(await work())}\n`);
  } catch (error) {
    if (!(error instanceof Error) || !isOfInput(error)) throw error;
    process.stderr.write(`bench: ${error.message.split("\n", 1)[0]}\n`);
    process.exitCode = 1;
  }
}

/** Mistakes of the program's own are a TypeError or the like; the arguments' parser throws those for what it was given. */
const isOfInput = (error: Error): boolean =>
  error.constructor === Error ||
  ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
