import { place } from "./place";

// Imported before anything that looks.
place("chaos-sandbox", 20_000);
