/* SPDX-License-Identifier: ISC */
/* What a simple command means: which names are builtins, and which stand before the true name. */
#include "shell-internal.h"

#include <errno.h>

enum { D = 1, B = 2, K = 4, Z = 8, ALL = D | B | K | Z };

/* Which shells have it; what it does with its arguments. */
static const struct builtin {
    const char *name;
    int shells;
    enum sh_kind kind;
} builtins[] = {
    { ".", ALL, SH_RUNS },           { ":", ALL, SH_PLAIN },          { "[", ALL, SH_TEST },
    { "alias", ALL, SH_RUNS },       { "autoload", K | Z, SH_RUNS },  { "bg", ALL, SH_PLAIN },
    { "bind", B | K, SH_RUNS },      { "bindkey", Z, SH_RUNS },       { "break", ALL, SH_NUMBERS },
    { "builtin", B | K | Z, SH_BUILTIN }, { "caller", B, SH_PLAIN },  { "cd", ALL, SH_CD },
    { "chdir", D | Z, SH_CD },       { "command", ALL, SH_COMMAND },  { "compgen", B, SH_RUNS },
    { "complete", B, SH_RUNS },      { "compopt", B, SH_RUNS },       { "compound", K, SH_RUNS },
    { "continue", ALL, SH_NUMBERS }, { "declare", B | Z, SH_DECLARES }, { "dirs", B | Z, SH_PLAIN },
    { "disable", Z, SH_RUNS },       { "disown", B | Z, SH_PLAIN },   { "echo", ALL, SH_PLAIN },
    { "emulate", Z, SH_RUNS },       { "enable", B | Z, SH_RUNS },    { "enum", K, SH_RUNS },
    { "eval", ALL, SH_EVAL },        { "exec", ALL, SH_EXEC },        { "exit", ALL, SH_NUMBERS },
    { "export", ALL, SH_DECLARES },  { "false", ALL, SH_PLAIN },      { "fc", B | K | Z, SH_RUNS },
    { "fg", ALL, SH_PLAIN },         { "float", K | Z, SH_RUNS },     { "functions", K | Z, SH_RUNS },
    { "getopts", ALL, SH_GETOPTS },  { "hash", ALL, SH_OPTIONLESS },  { "help", B, SH_PLAIN },
    { "history", B | K | Z, SH_RUNS }, { "integer", K | Z, SH_RUNS }, { "jobs", ALL, SH_OPTIONLESS },
    { "kill", ALL, SH_PLAIN },       { "let", B | K | Z, SH_RUNS },   { "local", ALL, SH_DECLARES },
    { "logout", B | Z, SH_NUMBERS }, { "mapfile", B, SH_LINES },      { "nameref", K, SH_RUNS },
    { "noglob", Z, SH_RUNS },        { "popd", B | Z, SH_PUSHD },     { "print", K | Z, SH_PRINT },
    { "printf", ALL, SH_PRINTF },    { "private", Z, SH_RUNS },       { "pushd", B | Z, SH_PUSHD },
    { "pwd", ALL, SH_PLAIN },        { "r", K | Z, SH_RUNS },         { "read", ALL, SH_READ },
    { "readarray", B, SH_LINES },    { "readonly", ALL, SH_DECLARES }, { "return", ALL, SH_NUMBERS },
    { "sched", Z, SH_RUNS },         { "set", ALL, SH_SET },          { "setopt", Z, SH_RUNS },
    { "shift", ALL, SH_NUMBERS },    { "shopt", B, SH_RUNS },         { "source", B | K | Z, SH_RUNS },
    { "suspend", B | Z, SH_PLAIN },  { "test", ALL, SH_TEST },        { "times", ALL, SH_PLAIN },
    { "trap", ALL, SH_TRAP },        { "true", ALL, SH_PLAIN },       { "ttyctl", Z, SH_PLAIN },
    { "type", ALL, SH_PLAIN },       { "typeset", B | K | Z, SH_DECLARES }, { "ulimit", ALL, SH_NUMBERS },
    { "umask", ALL, SH_NUMBERS },    { "unalias", ALL, SH_PLAIN },    { "unfunction", Z, SH_RUNS },
    { "unset", ALL, SH_UNSET },      { "unsetopt", Z, SH_RUNS },      { "vared", Z, SH_RUNS },
    { "wait", ALL, SH_WAIT },        { "whence", K | Z, SH_PLAIN },   { "where", Z, SH_PLAIN },
    { "which", Z, SH_PLAIN },        { "zcompile", Z, SH_RUNS },      { "zle", Z, SH_RUNS },
    { "zmodload", Z, SH_RUNS },      { "zparseopts", Z, SH_RUNS },    { "zstyle", Z, SH_RUNS },
    { "zformat", Z, SH_RUNS },       { "zregexparse", Z, SH_RUNS },   { "unhash", Z, SH_RUNS },
    { "getln", Z, SH_RUNS },         { "pushln", Z, SH_RUNS },        { "global", K, SH_RUNS },
    { "hist", K, SH_RUNS },          { "redirect", K, SH_RUNS },
};

static const struct builtin *find(const char *name)
{
    for (size_t i = 0; i < AA_ARRAY_SIZE(builtins); i++) {
        if (aa_streq(name, builtins[i].name))
            return &builtins[i];
    }
    return NULL;
}

/* Names that a function must not take, or what is read below would not be so. */
bool aa_sh_names_builtin(const char *name)
{
    return find(name) != NULL;
}

static int shells_of(const struct sh_reader *r)
{
    switch (r->dialect) {
    case AA_SHELL_DASH:
        return D;
    case AA_SHELL_BASH:
        return B;
    case AA_SHELL_KSH:
        return K;
    case AA_SHELL_ZSH:
        return Z;
    case AA_SHELL_SH:
        break;
    }
    return D | B;
}

static void take_off(struct sh_slot *slot)
{
    slot->words.first = slot->words.first->next;
    slot->words.n--;
}

/* "command", "builtin", "exec" before another name. false: they are the command themselves. */
static bool takes_off_one(struct sh_reader *r, struct sh_slot *slot, enum sh_kind kind)
{
    const struct sh_item *item = slot->words.first->next;
    size_t n = 1;

    for (; item != NULL && item->doubt == AA_EXACT && item->text[0] == '-'; item = item->next) {
        n++;
        if (aa_streq(item->text, "--")) {
            item = item->next;
            break;
        }
        if (kind == SH_COMMAND && aa_streq(item->text, "-p")) {
            aa_sh_opaque(r, "\"command -p\" looks for the command in other folders");
            continue;
        }
        if (kind == SH_COMMAND && (aa_streq(item->text, "-v") || aa_streq(item->text, "-V")))
            return false;
        if (kind == SH_EXEC && aa_streq(item->text, "-c"))
            continue;
        aa_sh_opaque_word(r, "an option before the name of a command is not read", item->text);
        if (kind == SH_EXEC && aa_streq(item->text, "-a") && item->next != NULL) {
            item = item->next;
            n++;
        }
    }
    if (item == NULL)
        return false;
    if (item->doubt != AA_EXACT || item->text[0] == '\0') {
        aa_sh_opaque(r, "the name of a command is expanded");
        return false;
    }
    while (n-- > 0)
        take_off(slot);
    return true;
}

/* The words of "eval", joined as it does, as far as they are known. */
static void read_joined(struct sh_reader *r, const struct sh_item *item)
{
    char *text = aa_arena_alloc(r->arena, r->scratch_size);
    size_t length = 0;

    if (text == NULL) {
        r->error = -ENOMEM;
        aa_sh_stop(r, "there is not enough memory");
        return;
    }
    for (; item != NULL && item->doubt == AA_EXACT; item = item->next) {
        size_t n = strlen(item->text);

        if (length + n + 2 > r->scratch_size)
            return;
        memcpy(text + length, item->text, n);
        length += n;
        text[length++] = ' ';
    }
    aa_sh_read_inner(r, text, length);
}

static void change_folder(struct sh_reader *r, const struct sh_slot *slot)
{
    const struct sh_item *item = slot->words.first->next;
    const char *text;

    r->moves++;
    r->moves_any = true;
    if (slot->words.n != 2 || item->doubt != AA_EXACT) {
        r->folder = "";
        return;
    }
    text = item->text;
    /* ".." means what the shell believes to be above, whatever links led here */
    if (text[0] == '\0' || text[0] == '-' || text[0] == '+' || strstr(text, "..") != NULL ||
        (text[0] != '/' && r->folder != NULL))
        r->folder = "";
    else
        r->folder = text;
}

/* A simple command with at least its name: lists it, and says where more than its words may run. */
void aa_sh_meaning(struct sh_reader *r, struct sh_slot *slot)
{
    bool is_file = false, only_builtin = false;

    for (;;) {
        const char *name = slot->words.first->text;
        const struct builtin *builtin = is_file ? NULL : find(name);
        int shells = builtin != NULL ? builtin->shells & shells_of(r) : 0;
        enum sh_kind kind = shells != 0 ? builtin->kind : SH_OTHER;

        if (only_builtin && kind == SH_OTHER)
            aa_sh_opaque_word(r, "a builtin is not known", name);
        if (kind == SH_COMMAND || kind == SH_BUILTIN || kind == SH_EXEC) {
            if (kind == SH_BUILTIN && (r->dialect == AA_SHELL_KSH || r->dialect == AA_SHELL_SH))
                aa_sh_opaque(r, "\"builtin\" is not the same in every shell");
            if (takes_off_one(r, slot, kind)) {
                is_file = kind == SH_EXEC;
                only_builtin = kind == SH_BUILTIN;
                if (kind == SH_COMMAND && r->dialect == AA_SHELL_ZSH)
                    is_file = true;
                continue;
            }
        }
        slot->builtin = kind != SH_OTHER && shells == shells_of(r);
        aa_sh_use(r, slot);
        if (r->stopped || kind == SH_OTHER)
            return;
        aa_sh_arguments(r, slot, kind);
        if (kind == SH_CD) {
            change_folder(r, slot);
            if (!slot->builtin || only_builtin)
                r->folder = "";
        } else if (kind == SH_PUSHD) {
            r->moves++;
            r->moves_any = true;
            r->folder = "";
        } else if (kind == SH_EVAL) {
            read_joined(r, slot->words.first->next);
        } else if (kind == SH_TRAP && slot->words.n > 1 &&
                   slot->words.first->next->doubt == AA_EXACT &&
                   !aa_streq(slot->words.first->next->text, "-")) {
            aa_sh_read_inner(r, slot->words.first->next->text, strlen(slot->words.first->next->text));
        }
        return;
    }
}
