# Starts a command inside the sandbox: session, terminal, identity, limits, signals, descriptors, exec.
#
# An order (a dict) has: argv (list of bytes), user, env (dict to change the defaults, or a list of bytes to
# replace them), cwd, tty, rlimits, closed_fds, open_fds, ignored_signals, blocked_signals, umask, nice,
# loginuid, executable. Process options of Sandbox.run() of the same names explain them.

import fcntl
import os
import pickle
import pwd
import resource
import signal
import struct
import tempfile
import termios

import syscalls

DELETED = "(deleted)"                                 # a cwd that does not exist any more
TTY_GID = 5
LOGIN_NOFILE = 1024                                   # what a login gets
ERROR_FD_MIN = 100                                    # above what a test would ask for
USER_PATH = "/usr/local/bin:/usr/bin:/bin"
ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Account:
    """Who a command runs as."""

    def __init__(self, uid, gid, groups, environment):
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.environment = environment

    @classmethod
    def of(cls, user):
        """`user` is a name, or a uid that need not be in /etc/passwd."""
        try:
            entry = pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
        except KeyError:
            if user == "root":                        # root stays root where a test takes the account database away
                return cls(0, 0, [0], cls._environment("/root", "root", "/bin/sh", ROOT_PATH))
            if not isinstance(user, int):
                raise
            return cls(user, user, [user], cls._environment("/", None, "/bin/sh", USER_PATH))
        groups = os.getgrouplist(entry.pw_name, entry.pw_gid)
        path = ROOT_PATH if entry.pw_uid == 0 else USER_PATH
        environment = cls._environment(entry.pw_dir, entry.pw_name, entry.pw_shell, path)
        return cls(entry.pw_uid, entry.pw_gid, groups, environment)

    @staticmethod
    def _environment(home, name, shell, path):
        names = {} if name is None else {"USER": name, "LOGNAME": name}
        return {"PATH": path, "TERM": "xterm", "LANG": "C.UTF-8", "HOME": home, "SHELL": shell, **names}


def open_terminal(account, size):
    """A new terminal of the sandbox's own /dev/pts, as login would hand it to the account."""
    master, slave = os.openpty()
    rows, columns = size
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.fchown(slave, account.uid, TTY_GID)
    os.fchmod(slave, 0o620)
    return master, slave


def start(order, account, stdio):
    """Fork and exec; return the pid once the command runs, or raise what went wrong."""
    error_read, error_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            error_write = fcntl.fcntl(error_write, fcntl.F_DUPFD_CLOEXEC, ERROR_FD_MIN)
            _become(order, account, stdio)
        except BaseException as error:                # pylint: disable=broad-except  (raised in the parent)
            os.write(error_write, pickle.dumps(error))
        finally:
            os._exit(127)
    os.close(error_write)
    with open(error_read, "rb") as errors:
        failure = errors.read()
    if failure:
        os.waitpid(pid, 0)
        raise pickle.loads(failure)
    return pid


def _become(order, account, stdio):
    os.setsid()
    if order["tty"]:
        fcntl.ioctl(stdio[0], termios.TIOCSCTTY, 0)
    _set_signals(order["ignored_signals"], order["blocked_signals"])
    _set_descriptors(stdio, order["open_fds"], order["closed_fds"])
    if order["loginuid"] is not None:
        _write("/proc/self/loginuid", str(order["loginuid"]))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(LOGIN_NOFILE, most), most))
    os.nice(order["nice"])
    os.umask(order["umask"])
    os.setgroups(account.groups)
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)
    environment = _environment(account, order["env"])
    _change_folder(order["cwd"], account)
    candidates = _candidates(order["executable"] or order["argv"][0], environment)
    for name, limit in order["rlimits"].items():
        pair = limit if isinstance(limit, tuple) else (limit, limit)
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), pair)
    _exec_first(candidates, order["argv"], environment)


def _set_signals(ignored, blocked):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _set_descriptors(stdio, opened, closed):
    for number in range(3):
        if stdio[number] is None:
            _open_as(number, os.devnull, os.O_RDWR)
        else:
            os.dup2(stdio[number], number)
    for number, (path, flags) in opened.items():
        _open_as(number, path, flags)
    for number in closed:
        os.close(number)


def _open_as(number, path, flags):
    fd = os.open(path, flags, 0o644)
    os.dup2(fd, number)
    if fd != number:
        os.close(fd)
    else:
        os.set_inheritable(fd, True)


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _environment(account, wanted):
    if isinstance(wanted, list):
        return wanted
    merged = {os.fsencode(name): os.fsencode(value) for name, value in account.environment.items()}
    merged.update(wanted)
    return [name + b"=" + value for name, value in merged.items() if value is not None]


def _change_folder(cwd, account):
    if cwd == DELETED:
        folder = tempfile.mkdtemp(dir="/tmp")
        os.chdir(folder)
        os.rmdir(folder)
    else:
        os.chdir(account.environment["HOME"] if cwd is None else cwd)


def _candidates(name, environment):
    if b"/" in name:
        return [name]
    path = next((entry[5:] for entry in environment if entry.startswith(b"PATH=")), os.fsencode(USER_PATH))
    return [os.path.join(folder, name) for folder in path.split(b":")]


def _exec_first(candidates, argv, environment):
    for path in candidates:
        try:
            syscalls.execve(path, argv, environment)
        except FileNotFoundError as error:
            missing = error
    raise missing
