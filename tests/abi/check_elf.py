#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What a built module shows of itself and what it pulls in, read from the file.

    check_elf.py FILE EXPECTED_SYMBOLS

EXPECTED_SYMBOLS lists what "nm -D --defined-only" says, one name a line, "#" for comments, and
behind "needs" the libraries that the module may load.
"""
import re
import subprocess
import sys

# Parsers of other people's data, and what they bring along, stay out of sudo and sshd.
FORBIDDEN = re.compile(r"curl|ssl|crypto|json|systemd|sodium|xml|lzma|zstd|lz4|gcrypt")
# sanitizers bring their own library, symbols and no full RELRO of their own doing
SANITIZER = re.compile(r"lib(asan|ubsan|tsan|clang_rt).*")


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()


def main():
    module, expected_file = sys.argv[1:]
    failures = []
    symbols, allowed = set(), set()
    for line in open(expected_file, encoding="utf-8"):
        words = line.split("#")[0].split()
        if words[:1] == ["needs"]:
            allowed.add(words[1])
        elif words:
            symbols.add(words[0])

    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", module))
    sanitized = any(SANITIZER.match(name) for name in needed)
    for name in needed:
        if SANITIZER.match(name) or (sanitized and re.match(r"lib(m|dl|rt|pthread|gcc_s)\.so", name)):
            continue
        if name not in allowed:
            failures.append(f"needs {name}")
        if FORBIDDEN.search(name):
            failures.append(f"needs {name}, which never belongs here")

    shown = set()
    for line in run("nm", "-D", "--defined-only", module).splitlines():
        name = line.split()[-1]
        if sanitized and re.match(r"_?_?(asan|ubsan|sanitizer|odr_asan)", name.lstrip("_")):
            continue
        shown.add(name.split("@")[0])
    for name in sorted(shown - symbols):
        failures.append(f"shows {name}, which is not on the list")
    for name in sorted(symbols - shown):
        failures.append(f"does not show {name}")

    used = run("nm", "-D", "--undefined-only", module)
    for name in ["getenv", "secure_getenv", "system", "popen", "dlopen", "setenv", "putenv",
                 "execvp", "execlp", "strcpy", "strcat", "sprintf", "gets", "tmpnam", "mktemp"]:
        # what a sanitizer's run-time uses itself is not ours
        if not sanitized and re.search(rf"\bU {name}(@|$)", used, re.M):
            failures.append(f"uses {name}")

    headers = run("readelf", "-lW", module)
    dynamic = run("readelf", "-dW", module)
    if not re.search(r"Type:\s+DYN", run("readelf", "-hW", module)):
        failures.append("does not run at any address (PIE)")
    stack = re.search(r"GNU_STACK\s+\S+\s+\S+\s+\S+\s+\S+\s+\S+\s+(\S+)", headers)
    if stack is None or "E" in stack.group(1):
        failures.append("has an executable stack")
    if "GNU_RELRO" not in headers:
        failures.append("has no RELRO")
    if "BIND_NOW" not in dynamic and "NOW" not in dynamic:
        failures.append("is not bound at start (BIND_NOW)")
    for tag in ["TEXTREL", "RPATH", "RUNPATH"]:
        # in the build folder meson adds a RUNPATH and takes it away when it installs
        if tag != "RUNPATH" and re.search(rf"\({tag}\)", dynamic):
            failures.append(f"has {tag}")
    if re.search(r"LOAD\s+(\S+\s+){5}RWE", headers):
        failures.append("has a segment that is writable and executable")

    for failure in failures:
        print(f"{module}: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
