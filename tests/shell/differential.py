# SPDX-License-Identifier: ISC
"""Random texts: every command that a real dash or bash runs is among those that the shell reader
lists, with its arguments, folder, variables and files, or the reading is opaque.

usage: differential.py READ-SHELL STUB [--seed N] [--cases N] [--jobs N]

The texts run in a folder of their own, with no programs but the stub under some names."""

import argparse
import ctypes
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # nothing of it in the source tree

from texts import CALLS_ITSELF, NAMES, Texts

SKIPPED = 77
BATCH = 250
SECONDS = 5          # for one text
OPAQUE_MAX = 0.15    # of the texts that are not damaged
SILENT_MAX = 0.35    # … in which no command ran at all
IGNORED = {'AA_TEST_LOG', 'PATH', 'PWD', 'OLDPWD', 'SHLVL', '_', 'HOME', 'V1', 'V2', 'HOLES', 'FILE', 'EMPTY'}
PR_SET_CHILD_SUBREAPER = 36


class Sandbox:
    def __init__(self, stub):
        self.root = tempfile.mkdtemp(prefix='aa-shell-')
        self.programs = self.root + '/bin'
        self.base = os.path.realpath(self.root) + '/work'
        self.log = self.root + '/log'
        os.mkdir(self.programs)
        shutil.copy(stub, self.programs + '/stub')
        for name in NAMES:
            os.symlink('stub', self.programs + '/' + name)
        self.environment = {'PATH': self.programs, 'AA_TEST_LOG': self.log, 'HOME': self.base, 'V1': 'a',
                            'V2': 'ab b', 'HOLES': '  x  ', 'FILE': 'f9', 'EMPTY': ''}
        self.fresh()

    def fresh(self):
        os.chdir(self.root)
        shutil.rmtree(self.base, ignore_errors=True)
        os.makedirs(self.base + '/d1/d1')
        for path in ('k.txt', 'k2', 'd1/k.txt'):
            with open(self.base + '/' + path, 'w', encoding='utf-8') as file:
                file.write('line\n')
        os.chdir(self.base)
        self.before = self.files()

    def files(self):
        return {os.path.relpath(os.path.join(folder, name), self.base)
                for folder, _, names in os.walk(self.base) for name in names}

    def run(self, shell, text):
        """What was run, and which files are new. None: it did not end."""
        with open(self.log, 'wb'):
            pass
        null = os.open('/dev/null', os.O_RDWR)
        pid = os.posix_spawn(shell, [shell, '-c', text], self.environment, setpgroup=0,
                             file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
        os.close(null)
        late = self.wait(pid)
        with open(self.log, 'rb') as file:
            log = file.read()
        found = self.files()
        new = found - self.before
        if found != self.before or len(os.listdir(self.root)) != 3:
            self.fresh()
        return None if late else (list(parse(log)), new)

    @staticmethod
    def wait(group):
        def end(*_):
            raise TimeoutError
        signal.signal(signal.SIGALRM, end)
        signal.alarm(SECONDS)
        late = False
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                signal.alarm(0)
                return late
            except TimeoutError:
                late = True
                os.killpg(group, signal.SIGKILL)

    def remove(self):
        os.chdir('/')
        shutil.rmtree(self.root, ignore_errors=True)


def parse(log):
    fields = iter(log.decode('utf-8', 'surrogateescape').split('\0'))
    for first in fields:
        if first == '':
            return
        words = [next(fields) for _ in range(int(first))]
        folder = next(fields)
        variables = [next(fields) for _ in range(int(next(fields)))]
        yield words, folder, variables


def words_fit(words, wanted):
    for i, (text, doubt) in enumerate(words):
        if doubt == 2:
            return True
        if i == len(wanted) or (wanted[i] != text if doubt == 0 else not wanted[i].startswith(text)):
            return False
    return len(words) == len(wanted)


def ours(variables):
    return [variable for variable in variables if variable.split('=')[0] not in IGNORED]


def fits(command, ran, base):
    words, folder, variables = ran
    if command['builtin'] or not words_fit(command['words'], words):
        return False
    # a folder that is told is that one, or the text's own where a "cd" failed or did not run
    told = os.path.normpath(os.path.join(base, command['folder'] or ''))
    if command['folder'] != '' and folder not in (told, os.path.normpath(base) if command['folder'] else told):
        return False
    return all(any(text == variable if doubt == 0 else variable.startswith(text)
                   for text, doubt in command['assigned'])
               for variable in ours(variables))


def complaint(reading, ran, new, base):
    if reading['opaque'] is not None:
        return None
    for one in ran:
        if not any(fits(command, one, base) for command in reading['commands']):
            return 'ran %r in %s with %r' % (one[0], os.path.relpath(one[1], base), ours(one[2]))
    targets = [target for command in reading['commands'] for target in command['targets']]
    for path in new:
        if not any(doubt != 0 or os.path.basename(text) == os.path.basename(path) for text, doubt in targets):
            return 'made the file ' + path
        if not any(command['writes'] is not None for command in reading['commands']):
            return 'wrote the file %s, which writes_to does not say' % path
    return None


def read(program, texts, dialect):
    given = b''.join(b'%s %d\n%s' % (dialect.encode(), len(text.encode()), text.encode()) for text in texts)
    done = subprocess.run([program], input=given, stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == len(texts)
    return [json.loads(line) for line in lines]


def batch(job):
    program, stub, shell, seed, cases = job
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    chance = random.Random(seed)
    bash = shell.endswith('bash')
    texts = []
    while len(texts) < cases:
        maker = Texts(chance, bash)
        damaged = chance.random() < 0.4
        text = maker.damaged() if damaged else maker.text()
        if len(text) < 4000 and not (damaged and CALLS_ITSELF.search(text)):
            texts.append((text, damaged))
    readings = {dialect: read(program, [text for text, _ in texts], dialect)
                for dialect in ('bash' if bash else 'dash', 'sh')}
    result = dict.fromkeys(('cases', 'whole', 'opaque', 'silent', 'late', 'ran', 'checked'), 0)
    result.update(complaints=[], why={})
    sandbox = Sandbox(stub)
    try:
        for i, (text, damaged) in enumerate(texts):
            result['cases'] += 1
            outcome = sandbox.run(shell, text)
            if outcome is None:
                result['late'] += 1
                continue
            ran, new = outcome
            result['ran'] += len(ran)
            own = readings['bash' if bash else 'dash'][i]
            if not damaged:
                result['whole'] += 1
                result['opaque'] += own['opaque'] is not None
                result['silent'] += not ran
                if own['opaque'] is not None:
                    why = own['opaque'].split(':')[0]
                    result['why'][why] = result['why'].get(why, 0) + 1
            for dialect, reading in readings.items():
                why = complaint(reading[i], ran, new, sandbox.base)
                result['checked'] += len(ran) if reading[i]['opaque'] is None else 0
                if why is not None:
                    result['complaints'].append((shell, dialect, text, why, reading[i]))
    finally:
        sandbox.remove()
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument('program')
    options.add_argument('stub')
    options.add_argument('--seed', type=int, default=None)
    options.add_argument('--cases', type=int, default=2000)
    options.add_argument('--jobs', type=int, default=2)
    options.add_argument('--why', action='store_true', help='say why readings were opaque')
    given = options.parse_args()
    shells = [path for path in ('/bin/dash', '/bin/bash') if os.access(path, os.X_OK)]
    if len(shells) < 2:
        print('dash or bash is not here to compare with')
        return SKIPPED
    seed = given.seed if given.seed is not None else int(time.time())
    print('seed %d' % seed, flush=True)
    paths = (os.path.abspath(given.program), os.path.abspath(given.stub))
    jobs = [(*paths, shells[i % 2], '%d/%d' % (seed, i), BATCH)
            for i in range(max(2, given.cases // BATCH))]
    total, complaints, reasons = {}, [], {}
    with multiprocessing.Pool(given.jobs) as pool:
        for result in pool.imap_unordered(batch, jobs):
            complaints += result.pop('complaints')
            for why, n in result.pop('why').items():
                reasons[why] = reasons.get(why, 0) + n
            for key, n in result.items():
                total[key] = total.get(key, 0) + n
    for shell, dialect, text, why, reading in sorted(complaints, key=lambda one: len(one[2]))[:20]:
        print('\n%s, read as %s: %s\n  %r\n  %s' % (shell, dialect, why, text, json.dumps(reading)))
    opaque, silent = total['opaque'] / total['whole'], total['silent'] / total['whole']
    print('%d texts, %d commands ran, %d compared; of %d whole texts %.1f %% opaque, %.1f %% ran nothing; '
          '%d did not end; %d differ' % (total['cases'], total['ran'], total['checked'], total['whole'],
                                         100 * opaque, 100 * silent, total['late'], len(complaints)))
    if given.why:
        for why, n in sorted(reasons.items(), key=lambda item: -item[1]):
            print('%6d %s' % (n, why))
    if opaque > OPAQUE_MAX or silent > SILENT_MAX or total['late'] > total['cases'] // 100:
        print('too many of them say nothing')
        return 1
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
