#!/usr/bin/env node
const { built } = require("./built.js");
const { load } = require("./load.js");
const { mapStacks } = require("./stacks.js");

mapStacks();
load(built("cli.js")).main();
