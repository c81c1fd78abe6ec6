#!/usr/bin/env node
const { built } = require("./built.js");

process.setSourceMapsEnabled(true);
require(built("sandbox.js"));
