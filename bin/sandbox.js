#!/usr/bin/env node
require(require("./built.js").built("sandbox.js"));
