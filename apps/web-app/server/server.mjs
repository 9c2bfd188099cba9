// Starts the web server: ours are the limits of its port, the rest is what Next.js wrote beside this file.
import { limitServers } from "./limits.mjs";

limitServers();
await import("./next-server.js");
