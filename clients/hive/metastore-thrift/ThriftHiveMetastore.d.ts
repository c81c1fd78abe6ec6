// Generated code has no types; hive.ts gives its calls theirs.
declare const service: new (...args: never[]) => object;
export = service;
