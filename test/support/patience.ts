// A test waits for what it awaits; how fast the machine is at the moment is not its business.
jest.setTimeout(60_000);
