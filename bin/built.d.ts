export function built(name: string): string;
export function isOld(root: string): boolean;
