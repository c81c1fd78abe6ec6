export function load(path: string): unknown;
export function compiled(): { path: string; code: Buffer }[];
