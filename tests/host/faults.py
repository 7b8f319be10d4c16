# Makes things go wrong in a sandbox: full and read-only disks, preloaded libraries.

from syscalls import MS_BIND, MS_RDONLY, MS_REC, MS_REMOUNT

FILLER = ".filler"
SPARE_BYTES = 1 << 20


class Faults:
    """A part of Sandbox."""

    def fill_disk(self, path):
        """Put a folder, with what is in it, on a small disk of its own, and fill that to the last byte.

        Returns the filler; to remove it makes room again. umount(path) brings back the folder as it was.
        """
        status = self.stat(path)
        used = int(self.run(["du", "-s", "-B1", path], check=True).stdout.split()[0])
        disk = self.sh("mktemp -d", check=True).out.strip()
        options = (f"size={used + SPARE_BYTES},mode={status.st_mode & 0o7777:o},"
                   f"uid={status.st_uid},gid={status.st_gid}")
        self.order("mount", source="small-disk", target=disk, fstype="tmpfs", flags=0, data=options)
        # Not sparse: what was allocated in advance must stay so.
        self.run(["cp", "-a", "--sparse=never", f"{path}/.", disk], check=True)
        self.order("mount", source=disk, target=path, fstype=None, flags=MS_BIND, data=None)
        self.umount(disk)
        self.remove(disk)
        filler = f"{path}/{FILLER}"
        self.order("fill", path=filler)
        return filler

    def mount_readonly(self, path):
        """Until umount(path)."""
        self.order("mount", source=path, target=path, fstype=None, flags=MS_BIND | MS_REC, data=None)
        self.order("mount", source=None, target=path, fstype=None, flags=MS_BIND | MS_REMOUNT | MS_RDONLY, data=None)

    def umount(self, path):
        self.order("umount", target=path)

    def preload(self, *libraries):
        """Have every program load these, setuid ones too. Without any: none again."""
        self.write("/etc/ld.so.preload", "".join(f"{library}\n" for library in libraries))
