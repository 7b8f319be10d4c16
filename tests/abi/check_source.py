#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What must not stand in the sources of what runs inside sudo and sshd.

    check_source.py SOURCE_ROOT
"""
import pathlib
import re
import sys

FOLDERS = ["common", "sudo_approve", "pam_actionapprove"]
FORBIDDEN = {
    # sudo hooks getenv: inside it answers with the command's environment
    r"\b(secure_)?getenv\s*\(": "reads an environment",
    r"\b(setenv|putenv|unsetenv|clearenv)\s*\(": "changes an environment",
    r"\benviron\b": "reads an environment",
    r"\b(system|popen|execlp|execvp|execvpe)\s*\(": "starts programs by a shell or a search",
    r"\bset(res|re|e)?[ug]id\s*\(": "changes ids",
    r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok)\s*\(": "writes without a limit",
    r"\b(exit|abort)\s*\(": "ends the process of others",
    r"\b(printf|puts|perror|err|warn|syslog)\s*\(": "speaks itself",
    r"\b(signal|alarm|setitimer|umask|chdir|fchdir)\s*\(": "changes the process",
    r"\blocaltime(_r)?\s*\(": "follows the caller's TZ",
    r"\b(curl|json|openssl|sodium|systemd)/": "takes a parser of others in",
}
# Files that hold nothing but what runs in a forked child of our own, which may change itself.
CHILD_FILES = {"common/channel/courier-child.c"}


def without_comments_and_texts(source):
    pattern = r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
    keep_lines = lambda match: "\n" * match.group(0).count("\n") + " "
    return re.sub(pattern, keep_lines, source, flags=re.S)


def main():
    root = pathlib.Path(sys.argv[1])
    failures, files = [], 0
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]")):
            files += 1
            name = str(path.relative_to(root))
            text = path.read_text(encoding="utf-8")
            if "SPDX-License-Identifier: ISC" not in text.splitlines()[0]:
                failures.append(f"{name}:1: no licence in the first line")
            includes = "\n".join(line for line in text.splitlines() if line.startswith("#include"))
            code = without_comments_and_texts(text)
            for pattern, why in FORBIDDEN.items():
                for match in re.finditer(pattern, includes if pattern.endswith("/") else code):
                    if name in CHILD_FILES:
                        continue
                    line = code.count("\n", 0, match.start()) + 1
                    failures.append(f"{name}:{line}: {match.group(0).strip()}: {why}")
    for failure in failures:
        print(failure)
    print(f"{files} files, {len(failures)} findings")
    return 1 if failures or files < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
