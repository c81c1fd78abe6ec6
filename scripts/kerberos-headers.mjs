// Headers of Kerberos, by which npm builds the optional package `kerberos`: the system's, or Debian's own packages unpacked into the cache.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const PACKAGES = ["libkrb5-dev", "krb5-multidev", "comerr-dev"];
const HEADER = join("usr", "include", "gssapi", "gssapi.h");
const MINUTE_MS = 60_000;

/** What npm's environment needs beside its own; nothing where the system has the headers, or where there is no way to get them. */
export function kerberosHeaders(env) {
  if (existsSync(join("/", HEADER))) return {};
  const cache =
    env.SISYPHUS_CACHE ??
    join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sisyphus");
  const folder = join(cache, "kerberos-headers");
  if (!existsSync(folder) && !unpack(folder)) {
    console.error(
      "Kerberos' headers (Debian: libkrb5-dev) are neither here nor to be had by apt-get: the package `kerberos` is left out, and with it what needs it.",
    );
    return {};
  }
  const include = join(folder, "usr", "include");
  const path = [include, join(include, "mit-krb5"), env.CPLUS_INCLUDE_PATH];
  return { CPLUS_INCLUDE_PATH: path.filter(Boolean).join(delimiter) };
}

/** Needs no rights on the system: its own lists of packages are used where it has any, else they are fetched beside. */
function unpack(folder) {
  const making = `${folder}.${process.pid}`;
  const within = (command, args) =>
    spawnSync(command, args, {
      cwd: making,
      stdio: "ignore",
      timeout: MINUTE_MS,
    }).status === 0;
  const beside = [
    ...["-o", `Dir::State::lists=${join(making, "lists")}`],
    ...["-o", `Dir::Cache=${making}`, "-o", "APT::Sandbox::User="],
  ];
  try {
    mkdirSync(join(making, "lists", "partial"), { recursive: true });
    mkdirSync(join(making, "archives", "partial"), { recursive: true });
    if (!within("apt-get", ["download", ...PACKAGES])) {
      // One of many sources may be out of reach: whether it was needed, the download tells.
      within("apt-get", [...beside, "update"]);
      if (!within("apt-get", [...beside, "download", ...PACKAGES]))
        return false;
    }
    const root = join(making, "root");
    for (const name of readdirSync(making).filter((n) => n.endsWith(".deb")))
      if (!within("dpkg-deb", ["-x", name, root])) return false;
    if (!existsSync(join(root, "usr", "include", "mit-krb5"))) return false;
    if (!existsSync(folder)) renameSync(root, folder);
    return true;
  } catch {
    return false;
  } finally {
    try {
      rmSync(making, { recursive: true, force: true });
    } catch {
      // It could not be made either.
    }
  }
}
