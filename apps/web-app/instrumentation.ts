// Runs once when the server starts: a wrong environment stops the process here, with every problem
// listed, instead of failing the first request that needs the missing value.
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { refuseWrongSettings } = await import("./lib/start");
    refuseWrongSettings();
  }
}
