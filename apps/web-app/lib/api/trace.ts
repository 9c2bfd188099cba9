// W3C Trace Context (https://www.w3.org/TR/trace-context/, level 1): which trace a request belongs to. What a caller began
// goes on; without one the trace begins here, unsampled, so that one id finds a request in every log it came through.
const form = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const random = (bytes: number): string => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");

/** The same trace with a span of our own; a new trace if what came is not in the form of section 3.2. */
export function nextSpan(traceparent: string | null): string {
  const [, trace, , flags] = traceparent && form.test(traceparent) ? traceparent.split("-") : ["00", random(16), "", "00"];
  return `00-${trace}-${random(8)}-${flags}`;
}
