import { describeProblems, loadSettings } from "./settings";

/** sysexits.h: configuration error. */
const configurationError = 78;

export function refuseWrongSettings(): void {
  const { problems } = loadSettings(process.env);
  if (problems.length === 0) return;
  process.stderr.write(`${describeProblems(problems)}\n`);
  process.exit(configurationError);
}
