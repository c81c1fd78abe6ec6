#!/usr/bin/env node
const { pathToFileURL } = require("node:url");
const { built } = require("./built.js");

void import(pathToFileURL(built("cli.mjs")));
