# ActionApprove itself in a sandbox: installed from a build, armed in sudo.conf, given a policy, asked for records.

import json

CONFIGURATION = "/etc/actionapprove/actionapprove.conf"
STATE = ("/etc/actionapprove", "/var/lib/actionapprove")
PLUGIN_LINES = """\
Plugin sudo_approve sudo_approve.so
Plugin sudo_approve_audit sudo_approve.so
"""


class Product:
    """A part of Sandbox."""

    def install(self, builddir):
        """What `meson install` installs from a finished build. No policy, and no line in sudo.conf yet."""
        for path in STATE:
            self.remove(path)                         # the machine's own
        self.run(["meson", "install", "-C", builddir, "--no-rebuild", "--quiet"], check=True, timeout=120)
        self.run(["ldconfig"], check=True)

    def plugin_lines(self):
        """Arm sudo: both halves of the plugin in sudo.conf."""
        self.sudo_conf(PLUGIN_LINES)

    def policy(self, text):
        """Make this the whole configuration, in force."""
        self.write(CONFIGURATION, text)
        return self.run(["actionapprove", "apply"], check=True)

    def ledger(self):
        """Every record of the ledger, oldest first, as dicts (AA_EVENT …)."""
        result = self.run(["actionapprove", "log", "--json"], check=True)
        return [json.loads(line) for line in result.stdout.splitlines()]
