# SPDX-License-Identifier: ISC
"""Random texts for a shell: what people write, in many styles, and damaged ones."""

import re

# no programs that there are: whatever happens, only the stub runs
NAMES = ['c1', 'c2', 'c3', 'c4', 'rmm', 'lss', 'idd', 'cpc']
PLAIN = [
    'a', 'b', '-r', '--all', 'x=1', 'k.txt', '5', 'if', 'done', '}', '{', '!', 'a#b', '-', '--',
    'e,f', ':', '@', '%', '+', '^', '[', ']', 'a[',
]
INSIDE = [
    'a', 'b', ' ', '  ', ';', '|', '&', '(', ')', '<', '>', '#', '{', '}', '*', '?', '[', ']', '~',
    '!', '=', '\t', 'rm', 'é', '%', '\n',
]
VARIABLES = ['V1', 'V2', 'V3', 'EMPTY', 'HOLES', 'FILE']
DAMAGE = [
    ' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')', '{', '}', '$', '`', "'", '"', '\\', '#',
    '!', '=', '~', '*', '?', '[', ']', 'a', 'b', 'c', '1', '2', '-', '&&', '||', ';;', '$(', '((',
    '))', '<<', '<<E', '\nE\n', '>&', '&>', 'if ', 'then ', 'fi', 'do ', 'done', 'case ', 'esac',
    ' in ', '{ ', ' }', '\\\n', '#', "$'", '${', '[[ ', ' ]]', 'c1 ', 'rmm ', 'for i in ', 'while ',
    ' () ', 'time ', '<(', '|&', '! ', '2>', '\'"', '"\'', '`c4`',
]

# a function that calls itself may run for ever, and in no number of processes
CALLS_ITSELF = re.compile(r'\(\s*\)|function')


class Texts:
    def __init__(self, random, bash):
        self.random = random
        self.bash = bash
        self.functions = []
        self.documents = []
        self.number = 0
        self.in_document = False
        self.lines = True

    def one(self, *choices):
        return self.random.choice(choices)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    # words

    def spelled(self, name):
        """The same name, written otherwise."""
        out, i = '', 0
        while i < len(name):
            n = self.random.randint(1, len(name) - i)
            piece = name[i:i + n]
            kind = self.random.randint(0, 6 if self.bash else 5)
            if kind == 0:
                out += "'%s'" % piece
            elif kind == 1:
                out += '"%s"' % piece
            elif kind == 2:
                out += ''.join('\\' + c for c in piece)
            elif kind == 3:
                out += piece + self.one("''", '""', '')
            elif kind == 6:
                out += "$'%s'" % ''.join(self.one(c, '\\x%02x' % ord(c), '\\%03o' % ord(c)) for c in piece)
            else:
                out += piece
            i += n
        return out

    def name(self):
        name = self.random.choice(NAMES)
        return self.spelled(name) if self.chance(20) else name

    def inside(self, without):
        n = self.random.randint(0, 5)
        pieces = (self.random.choice(INSIDE) for _ in range(n))
        return ''.join(c for c in pieces if c not in without and (c != '\n' or self.lines))

    def expansion(self, depth, quoted):
        kind = self.random.randint(0, 9)
        variable = self.random.choice(VARIABLES)
        if kind <= 3:
            return '$' + variable
        if kind == 4:
            return '${%s}' % variable
        if kind == 5:
            return self.one('$#', '$?', '$@', '$*', '$1', '${#V1}', '$((1 + 2))', '$(( (3*4) ))',
                            '${V1%a}', '${V2##*b}')
        if kind == 6 and depth > 0:
            inner = self.substitution(depth - 1)
            return '${%s%s%s}' % (variable, self.one(':-', '-', '+', ':+'), inner)
        if depth > 0:
            return self.substitution(depth - 1)
        return '$' + variable

    def substitution(self, depth):
        documents, self.documents = self.documents, []
        lines, self.lines = self.lines, False
        text = self.list(depth)
        self.lines, self.documents = lines, documents
        if self.chance(25) and not any(c in text for c in '`\\"\''):
            return '`%s`' % text
        return '$(%s%s)' % (self.one('', ' ') if not text.startswith('(') else ' ', text)

    def word(self, depth):
        if self.chance(45):
            return self.random.choice(PLAIN)
        out = ''
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.randint(0, 11)
            if kind <= 1:
                out += self.random.choice(['a', 'b', 'x', '7', 'word', 'k.txt', 'é'])
            elif kind <= 3:
                out += "'%s'" % self.inside("'")
            elif kind <= 5:
                text = self.inside('') + '\\\n' * (self.lines and not self.documents and self.chance(10))
                if self.chance(40):
                    text += self.expansion(depth, True)
                if self.chance(20):
                    text += self.one('\\$', '\\"', '\\\\', '\\a', '\\`', "'")
                out += '"%s"' % text
            elif kind == 6:
                out += '\\' + self.random.choice('a ;|&$"\'\\#*(>{')
            elif kind <= 8:
                out += self.expansion(depth, False)
            elif kind == 9:
                out += self.one('*', '?', 'k*', '[ab]', '~', '~/a', 'a~', 'a:~', '{a,b}', '{1..3}', '{}',
                                '{a', 'x{,y}z')
            elif kind == 10 and self.bash and not self.in_document:
                out += self.one("$'a\\tb'", "$'\\''", "$'x\\ny'") if not self.documents else 'q'
            else:
                out += self.random.choice(PLAIN)
        return out

    def redirection(self, depth):
        kind = self.random.randint(0, 12)
        file = self.one('f1', 'f2', "'f 3'", '"f4"', 'f\\5', 'd1/f6')
        if kind <= 3:
            return self.one('>', '>>', '> ', '2>', '1> ', '>|', '2>>', '<>') + file
        if kind == 4:
            return '< k.txt'
        if kind == 5:
            return self.one('2>&1', '>&2', '2>&-', '1>&2', '<&-')
        if kind == 6:
            return self.one('>/dev/null', '2>/dev/null', '</dev/null')
        if kind == 7:
            return '>$FILE'
        if kind == 8 and self.bash:
            return self.one('&>', '&>>', '>&') + ' ' + (file if self.chance(90) else "'$(rm 9)'")
        if kind == 9 and self.bash and depth > 0:
            return '<<<%s' % self.word(depth - 1)
        if kind >= 10 and self.lines and depth > 0:
            return self.document(depth - 1)
        return '>' + file

    def document(self, depth):
        self.number += 1
        end = 'E%d' % self.number
        quoted, tabs = self.chance(40), self.chance(30)
        self.in_document = True
        lines, self.lines = self.lines, False
        body = ''
        for _ in range(self.random.randint(0, 3)):
            choices = ['plain text; rm x', "it's", '# no comment', '"']
            choices += ['EOF', '\trm y', '`', '$('] if quoted else \
                ['\\$(rm)', 'a $V1 b', self.substitution(depth), '\\\\']
            line = self.random.choice(choices)
            body += line + '\n'
        self.lines = lines
        self.in_document = False
        self.documents.append(body + ('\t' if tabs else '') + end + '\n')
        mark = self.one("'%s'", '"%s"', '\\%s') % end if quoted else end
        return '<<%s%s%s' % ('-' if tabs else '', self.one('', ' '), mark)

    def newline(self):
        """Ends a line, with the bodies of its here-documents."""
        text, self.documents = ''.join(self.documents), []
        return self.one('', '', ' ', ' # a comment; rm x', '\t#' + "it's") + '\n' + text

    # commands

    def simple(self, depth):
        parts = []
        if self.chance(12):
            value = self.one('1', "'a b'", '"$V1"', 'a"b"c', '', '$V2')
            parts.append('%s=%s' % (self.one('W1', 'W2', 'LD_X'), value))
        if self.chance(8):
            parts.append(self.redirection(depth))
        if self.functions and self.chance(20):
            parts.append(self.random.choice(self.functions))
        else:
            before = self.one('command ', 'exec ' * self.chance(15), 'command -- ')
            parts.append(before * self.chance(30) + self.name())
        for _ in range(self.random.choice([0, 1, 1, 2, 2, 3])):
            parts.append(self.word(depth))
        if self.chance(22):
            parts.insert(self.random.randint(1, len(parts)), self.redirection(depth))
        gap = self.one(' ', ' ', ' ', '  ', '\t', ' \\\n ' if self.lines and not self.documents else ' ')
        return gap.join(parts)

    def builtin(self, depth):
        return self.one('true', 'false', ':', 'echo ' + self.word(depth), 'cd d1', 'export X1=5', 'X2=7',
                        'cd d1 && ' + self.simple(depth), 'cd d1 || ' + self.simple(depth), 'X3=$V1',
                        '[ "$V1" = a ]', 'test -n "$V2"', 'cd ' + self.word(depth), 'shift', 'set -e',
                        'set -- a b', 'printf "%s" ' + self.word(depth), 'umask 022', 'export X1',
                        'readonly X4=1', 'pwd', 'unset V2', 'wait', 'read X5 < k.txt', 'return', 'exit',
                        '> f7', 'cd', 'pwd > f2')

    def command(self, depth):
        if depth <= 0 or self.chance(50):
            return self.builtin(depth) if self.chance(18) else self.simple(depth)
        d = depth - 1
        kind = self.random.randint(0, 12)
        if kind <= 1:
            text = '{ %s }' % self.closed(d)
        elif kind <= 3:
            text = '(%s%s)' % (self.one('', ' '), self.list(d).lstrip('('))
        elif kind <= 5:
            text = 'if %s then %s' % (self.closed(d), self.closed(d))
            if self.chance(30):
                text += ' elif %s then %s' % (self.closed(d), self.closed(d))
            if self.chance(40):
                text += ' else %s' % self.closed(d)
            text += ' fi'
        elif kind == 6:
            text = '%s %s do %s done' % (self.one('while', 'until'), self.closed(d), self.closed(d))
        elif kind <= 8:
            words = ' '.join(self.word(d) for _ in range(self.random.randint(0, 3)))
            text = 'for i in %s; do %s done' % (words, self.closed(d))
        elif kind <= 10:
            text = 'case %s in ' % self.word(0)
            for _ in range(self.random.randint(1, 3)):
                pattern = self.one('a', 'b|c', '*', '"x y"', '[ab]*', 'é')
                text += '%s%s) %s;; ' % (self.one('', '('), pattern, self.list(d))
            text += 'esac'
        elif kind == 11:
            name = 'f%d' % self.random.randint(1, 4)
            self.functions = []
            text = '%s() { %s }' % (name, self.closed(d)) if not self.bash or self.chance(60) else \
                'function %s { %s }' % (name, self.closed(d))
            self.functions = [name]
            return text
        elif not self.bash:
            return self.simple(d)
        else:
            return '[[ %s %s %s ]]' % (self.one('a', '"$V1"', '$V2'), self.one('==', '!=', '=', '<'),
                                       self.one('a', '"b c"', 'k*'))
        if self.chance(15):
            text += ' ' + self.redirection(0)
        return text

    def closed(self, depth):
        """A list with its separator, as before "then"."""
        text = self.list(depth)
        if self.documents or self.lines and self.chance(20):
            return text + self.newline()
        return text + (';' if not text.rstrip().endswith('&') else '')

    def pipeline(self, depth):
        text = self.one('! ', '') * self.chance(10) + self.command(depth)
        while self.chance(18):
            both = self.bash and self.chance(7)
            text += (' |& ' if both else self.one('|', ' | ')) + self.command(depth)
        return text

    def list(self, depth):
        text = self.pipeline(depth)
        while self.chance(35):
            if self.documents or self.lines and self.chance(20):
                separator = self.newline()
            else:
                separator = self.one(';', '; ', ' && ', '&&', ' || ', '||', ' & ')
            text += separator + self.pipeline(depth)
        return text

    def text(self):
        text = self.list(self.random.randint(0, 4))
        for letter in '\\`|}':  # what such a pair means depends on the character set
            text = text.replace('é' + letter, 'e' + letter)
        return text + (self.newline() if self.documents else '')

    def soup(self):
        """Pieces in no order at all."""
        pieces = DAMAGE + NAMES + [name + ' ' for name in NAMES] + [' ', ' ', ' a', '\n', ';']
        return ''.join(self.random.choice(pieces) for _ in range(self.random.randint(2, 12)))

    def damaged(self):
        if self.chance(40):
            return self.soup()
        text = self.text().replace('/dev/null', 'f8')
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randint(0, len(text))
            if self.chance(60):
                text = text[:at] + self.random.choice(DAMAGE) + text[at:]
            elif self.chance(60):
                text = text[:at] + text[at + self.random.randint(1, 3):]
            else:
                other = self.random.randint(0, len(text))
                text = text[:at] + text[other:other + self.random.randint(1, 12)] + text[at:]
        return text
