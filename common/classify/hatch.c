/* SPDX-License-Identifier: ISC */
#include "hatch.h"

#include <errno.h>

#include "listed.h"

/* Lists are words with a blank between; a program may have several rows. */
static const struct hatch {
    const char *programs;
    const char *letters; /* short options that name a command, anywhere in a group of letters */
    const char *options; /* long ones, in any abbreviation */
    const char *needles; /* texts anywhere in an argument, letters of either case */
} hatches[] = {
    { "tar gtar bsdtar", "IF", "use-compress-program to-command checkpoint-action info-script "
      "new-volume-script rsh-command rmt-command", NULL },
    { "cpio", NULL, "rsh-command", NULL },
    { "rsync", "e", "rsh rsync-path", NULL },
    { "scp sftp", "SDoF", NULL, NULL },
    { "git", "cO", "exec-path config-env upload-pack receive-pack exec extcmd access-hook template",
      "ext:: --open-files-in-pager bisect difftool mergetool filter-branch submodule !" },
    { "man", "PHC", "pager html gxditview config-file", NULL },
    { "service", "", NULL, "/" },
    { "udhcpc", "s", "script", NULL },
    { "agetty getty telnetd", "l", "login-program login", NULL },
    { "ifup ifdown ifquery", "i", "interfaces", NULL },
    { "less more most pg view", "", NULL, "+ !" },
    { "vi vim nvim vimdiff view ex gvim rvim rview vim.basic vim.tiny nvi elvis", "cSsuUWw",
      "cmd startuptime listen remote luamod", "+" },
    { "emacs emacs-nox mg zile jed joe", "fleLQu", "eval execute funcall load batch script", "+" },
    { "nano pico rnano", "sY", "speller syntax", NULL },
    { "sort", NULL, "compress-program", NULL },
    { "split", NULL, "filter", NULL },
    { "install", NULL, "strip-program", NULL },
    { "wget", "e", "use-askpass execute config", NULL },
    { "curl", "K", "config libcurl", NULL },
    { "zip", "T", "unzip-command", "-TT" },
    { "dpkg", NULL, "pre-invoke post-invoke status-logger hook", "-invoke" },
    { "apt apt-get aptitude apt-cache apt-mark apt-config apt-key aptdcon", "oc", "option config-file",
      "::" },
    { "rpm rpmbuild rpmquery", "ED", "eval pipe define load macros rcfile predefine",
      "%( %{lua" },
    { "dnf yum dnf5 microdnf tdnf", "c", "config setopt installroot", NULL },
    { "psql", "f", "file", "\\! \\o \\g \\w \\copy \\i \\s \\e \\setenv program" },
    { "mysql mariadb mycli", NULL, "pager init-command", "\\! system \\p pager \\e edit source \\." },
    { "sqlite3 sqlite", NULL, "cmd init", ".shell .system .load .output .once -cmd -init | edit(" },
    { "redis-cli", NULL, "eval", NULL },
    { "tcpdump dumpcap", "z", "postrotate-command", NULL },
    { "nmap", NULL, "script script-args interactive datadir", NULL },
    { "socat", "", NULL, "exec: system: shell: exec, system," },
    { "nc ncat netcat nc.traditional nc.openbsd", "ec", "exec sh-exec lua-exec", NULL },
    { "openssl", "", NULL, "-engine -provider -config" },
    { "iptables ip6tables iptables-save iptables-restore ip6tables-restore iptables-nft "
      "iptables-legacy arptables ebtables", "M", "modprobe", NULL },
    { "logrotate", "m", "mail", NULL },
    { "ar nm ranlib strip size objdump objcopy ld.bfd ld.gold gold", NULL, "plugin", "-plugin" },
    { "ssh-keygen", "Dw", NULL, NULL },
    { "ssh-add", "sS", NULL, NULL },
    { "prove", "eIM", "exec source harness formatter", NULL },
    { "dc", "", NULL, "!" },
    { "gcc g++ cc c++ clang clang++ ld", "", NULL, "-wrapper -fplugin -specs @ -B -plugin" },
    { "gpg gpg2", NULL, "exec-path photo-viewer pinentry-program agent-program dirmngr-program "
      "keyserver-program", NULL },
    { "mutt neomutt mail mailx heirloom-mailx s-nail sendmail exim exim4 postfix", "eEFCDOoX",
      NULL, "~! ~| ${run" },
    { "ftp lftp telnet", "ec", NULL, "!" },
    { "w3m lynx links elinks", "", "editor", "exec" },
    { "udevadm", "", NULL, "-x run" },
    { "ansible ansible-playbook ansible-pull", "m", "module-name module-path", NULL },
    { "busctl gdbus dbus-send", "", NULL, "StartTransientUnit" },
    { "crontab", "e", NULL, NULL },
    { "watchexec inotifywait incrond fswatch", "x", "exec command", NULL },
};

/* Whether "name" is the start of one of the options, which is how getopt_long takes it. */
static bool begins_option(const char *list, const char *name, size_t n)
{
    const char *each;
    size_t each_n;

    while (n > 0 && (each = aa_next_listed(&list, &each_n)) != NULL) {
        if (n <= each_n && strncmp(each, name, n) == 0)
            return true;
    }
    return false;
}

/* "gcc-12" and "x86_64-linux-gnu-gcc-12" are gcc. */
static bool is_of_programs(const char *list, const char *base)
{
    char name[64];
    size_t n = strlen(base);
    const char *dash;

    if (aa_listed(list, base) || n >= sizeof(name))
        return aa_listed(list, base);
    memcpy(name, base, n + 1);
    while (n > 1 && strchr("0123456789.-", name[n - 1]) != NULL)
        name[--n] = '\0';
    dash = strrchr(name, '-');
    return aa_listed(list, name) || (dash != NULL && aa_listed(list, dash + 1));
}

static bool same_letter(char a, char b)
{
    return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b);
}

static bool contains(const char *text, const char *needle, size_t n)
{
    for (; *text != '\0'; text++) {
        size_t i = 0;

        while (i < n && text[i] != '\0' && same_letter(text[i], needle[i]))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static bool contains_needle(const char *list, const char *text)
{
    const char *each;
    size_t n;

    while ((each = aa_next_listed(&list, &n)) != NULL) {
        if (contains(text, each, n))
            return true;
    }
    return false;
}

static void add_text(struct aa_hatches *hatches_found, const char *text)
{
    if (text != NULL && *text != '\0' && hatches_found->n < AA_HATCH_TEXTS_MAX)
        hatches_found->texts[hatches_found->n++] = text;
}

/* One argument against one row; "next" is the word behind it, or NULL. */
static bool is_hatch(const struct hatch *row, bool first, const char *argument, const char *next,
                     struct aa_hatches *found)
{
    if (argument[0] == '-' && argument[1] == '-' && row->options != NULL) {
        size_t n = strcspn(argument + 2, "=");

        if (begins_option(row->options, argument + 2, n)) {
            add_text(found, argument[2 + n] == '=' ? argument + 3 + n : next);
            return true;
        }
    } else if (row->letters != NULL && row->letters[0] != '\0' &&
               (argument[0] == '-' || (first && aa_listed(row->programs, "tar")))) {
        size_t at = strcspn(argument, row->letters);

        if (argument[at] != '\0') {
            add_text(found, argument[at + 1] != '\0' ? argument + at + 1 : next);
            return true;
        }
    }
    return row->needles != NULL && contains_needle(row->needles, argument);
}

/* Where a long argument would be cut a secret in it could be, and half of one is no longer known as
 * one: then its beginning, up to what looks like a value, has to do. */
static int explain(struct aa_arena *arena, const char *base, const char *argument,
                   struct aa_hatches *ret)
{
    size_t n = strlen(argument);

    if (n > 64)
        n = AA_MIN(strcspn(argument, "=: \t\n\"'"), (size_t)16);
    ret->why = aa_arena_printf(arena, "%.64s can run other commands by \"%.*s%s\"", base, (int)n, argument,
                               argument[n] != '\0' ? "…" : "");
    return ret->why == NULL ? -ENOMEM : 0;
}

/* Letters of git that name a command only behind one of its words: "clone -u", "rebase -x". */
static bool is_of_git(const char *base, const struct aa_words *arguments, size_t i)
{
    const char *argument = arguments->v[i];

    if (!aa_streq(base, "git") || argument[0] != '-' || argument[1] == '-')
        return false;
    for (size_t j = 0; j < i; j++) {
        if ((aa_streq(arguments->v[j], "clone") && strchr(argument, 'u') != NULL) ||
            (aa_streq(arguments->v[j], "rebase") && strchr(argument, 'x') != NULL))
            return true;
    }
    return false;
}

/* A word that is made at run time could be any of these options. */
static bool may_be_option(const struct aa_words *arguments, size_t i)
{
    return aa_doubt_of(arguments, i) != AA_EXACT &&
           (arguments->v[i][0] == '\0' || arguments->v[i][0] == '-' || arguments->v[i][0] == '+');
}

/* sed's scripts: the first operand, or each -e; what is in a file is not known. */
static int find_in_sed(struct aa_arena *arena, const char *base, const struct aa_words *arguments,
                       struct aa_hatches *ret)
{
    bool told = false, next_is_script = false;

    for (size_t i = 0; i < arguments->n; i++) {
        const char *argument = arguments->v[i], *script = NULL;
        bool exact = aa_doubt_of(arguments, i) == AA_EXACT;

        if (next_is_script) {
            script = argument;
            next_is_script = false;
        } else if (exact && aa_after(argument, "--expression=") != NULL) {
            script = aa_after(argument, "--expression=");
        } else if (exact && (aa_streq(argument, "-e") || aa_streq(argument, "-ne") ||
                             aa_streq(argument, "--expression"))) {
            next_is_script = told = true;
            continue;
        } else if (exact && argument[0] == '-' && argument[1] != '\0') {
            static const char *const harmless[] = { "--quiet", "--silent", "--regexp-extended",
                                                    "--null-data", "--separate", "--sandbox",
                                                    "--in-place", "--unbuffered", "--posix", "--" };
            bool known = argument[1] != '-' && strspn(argument + 1, "nErsuz") == strlen(argument + 1);

            for (size_t j = 0; j < AA_ARRAY_SIZE(harmless); j++)
                known |= aa_streq(argument, harmless[j]);
            if (known || aa_streq(argument, "-i") || aa_after(argument, "-i.") != NULL)
                continue;
            return explain(arena, base, argument, ret);
        } else if (!told) {
            script = argument;
        } else if (!may_be_option(arguments, i)) {
            continue;
        }
        if (script == NULL || !exact || !aa_sed_is_plain(script))
            return explain(arena, base, argument, ret);
        told = true;
    }
    return 0;
}

int aa_hatches_find(struct aa_arena *arena, const char *base, const struct aa_words *arguments,
                    struct aa_hatches *ret)
{
    *ret = (struct aa_hatches){ 0 };
    if (aa_streq(base, "sed") || aa_streq(base, "gsed"))
        return find_in_sed(arena, base, arguments, ret);
    if (aa_client_takes_input(base, arguments)) {
        ret->from_input = true;
        ret->why = aa_arena_printf(arena, "%.64s takes commands from a terminal or a pipe", base);
        return ret->why == NULL ? -ENOMEM : 0;
    }
    for (size_t row = 0; row < AA_ARRAY_SIZE(hatches); row++) {
        if (!is_of_programs(hatches[row].programs, base))
            continue;
        for (size_t i = 0; i < arguments->n; i++) {
            const char *next = i + 1 < arguments->n ? arguments->v[i + 1] : NULL;

            if (!may_be_option(arguments, i) && !is_of_git(base, arguments, i) &&
                !is_hatch(&hatches[row], i == 0, arguments->v[i], next, ret))
                continue;
            if (ret->why == NULL && explain(arena, base, arguments->v[i], ret) < 0)
                return -ENOMEM;
        }
    }
    return 0;
}
