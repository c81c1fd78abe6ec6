import { useOwnSandbox } from "./own-sandbox";

// A file of its own: an import is the only thing that comes before the other imports.
useOwnSandbox("chaos-sandbox", 20_000);
