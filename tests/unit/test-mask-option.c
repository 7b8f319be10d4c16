/* SPDX-License-Identifier: ISC */
/* Values that an option, or a place in a command line, gives away. */
#include "unit.h"

#include "mask-option-support.h"

bool __wrap_aa_mask_name_is_secret(const struct aa_masker *masker, const char *name, size_t length);
bool __wrap_aa_mask_is_no_value(const char *value, size_t length);
bool __wrap_aa_mask_is_path(const char *value, size_t length);

static bool ends_with(const char *text, size_t n, const char *end)
{
    return n >= strlen(end) && memcmp(text + n - strlen(end), end, strlen(end)) == 0;
}

bool __wrap_aa_mask_name_is_secret(const struct aa_masker *masker, const char *name, size_t length)
{
    (void)masker;
    return ends_with(name, length, "password") || ends_with(name, length, "token") ||
           ends_with(name, length, "Password") || ends_with(name, length, "secret");
}

bool __wrap_aa_mask_is_no_value(const char *value, size_t length)
{
    return length == 0 || (length == 1 && value[0] == '-') || (length == 4 && memcmp(value, "true", 4) == 0);
}

bool __wrap_aa_mask_is_path(const char *value, size_t length)
{
    return length > 1 && (value[0] == '/' || memcmp(value, "./", 2) == 0);
}

static const char rules_text[] =
    "mysql mysqldump mariadb { joined -p --password }\n"
    "mysqladmin { joined -p --password behind password 1 }\n"
    "psql { value --dbpass }\n"
    "sshpass { value -p }\n"
    "curl { after-colon -u --user -U --proxy-user value --oauth2-bearer -E }\n"
    "wget { value --http-password --ftp-password }\n"
    "smbclient { after-percent -U --user }\n"
    "openssl { after-colon -passin -passout -pass value -k }\n"
    "keytool { value -storepass -keypass -srcstorepass:env }\n"
    "xfreerdp { value /p /gp: }\n"
    "htpasswd { behind -b 3 behind -nb 2 }\n"
    "ldapsearch ldapmodify { value -w }\n"
    "redis-cli { value -a --pass }\n"
    "zip unzip 7z { value -P joined -p separate --zipkey }\n"
    "mkpasswd { operand 1 }\n"
    "chpw { operand last }\n"
    "vault { behind login 1 }\n"
    "nmcli { behind password 1 behind wifi-sec.psk 1 }\n"
    "terraform { value -vaultkey }\n"
    "cryptpw { value key= }\n"
    "ipmitool { value -P -Y separate -U }\n"
    "rarcrack { joined -hp -p }\n"
    "prog { value -u -p --passphrase --user-passcode }\n"
    "useradd { value -p }\n"
    "joiner { behind join 2 }\n"
    "ssh { spare email }\n"
    "git { spare email phone }\n"
    "any { value --sekret-any }\n"
    "copypw { behind set 1 behind set 2 operand 5 }";

static struct option_rules rules;

struct row {
    const char *text, *wanted;
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *covered = option_rules_covered(&rules, rows[i].text);

        check(aa_streq(covered, rows[i].wanted), "%s\nis     \"%s\"\nwanted \"%s\"", rows[i].text, covered,
              rows[i].wanted);
        check(rules.masker.overrun == NULL, "%s: overrun: %s", rows[i].text, rules.masker.overrun);
    }
}

static void covered(void **state)
{
    static const struct row rows[] = {
        /* spellings */
        { "mysql -psecret db", "secret" },
        { "mysql --password=secret db", "secret" },
        { "/usr/bin/mysql -psecret", "secret" },
        { "./mysql -psecret", "secret" },
        { "/opt/x/mysql -psecret", "secret" },
        { "/var/lib/mysql/bin/mysql -psecret", "secret" },
        { "/var/lib/mysql -psecret", "secret" }, /* where it is what runs */
        { "mysqldump -u root -psecret --all-databases", "secret" },
        { "mysql -p=secret", "secret" },
        { "mysql --passw=secret", "secret" },
        { "mysql --pass=secret", "secret" },
        { "mysql -uroot -psecret -e 'select 1'", "secret" },
        { "mysql db -psecret", "secret" },
        { "psql --dbpass secret", "secret" },
        { "psql --dbpass=secret", "secret" },
        { "psql --dbpa secret", "secret" },
        { "psql --dbpa=secret", "secret" },
        { "sshpass -p secret ssh host", "secret" },
        { "sshpass -psecret ssh host", "secret" },
        { "sshpass -vp secret ssh host", "secret" },
        { "sshpass -p 'two words' ssh host", "two words" },
        /* a value with a name of its own */
        { "nmcli con mod x password 'password=secret'", "secret" },
        { "nmcli con mod x password password=true", "password=true" },
        { "sshpass -p key=secret ssh host", "key=secret" },
        { "psql --dbpass=token=secret", "token=secret" },
        /* a text of commands, or what may be one */
        { "psql --dbpass 'a; b'", "a; b" },
        { "watch psql --dbpass 'a; b'", "a" },
        { "ssh host psql --dbpass 'a b'", "a" },
        { "su db -c 'psql --dbpass=\"a b\"'", "a b" },
        { "su psql -c '--dbpass=a; b'", "a" },
        { "other --password='a;b'", "a;b" },
        { "other -c '--password=a;b'", "a" },
        { "other -x=1 '--password=a;b'", "a;b" },
        { "psql -c '--password=a;b'", "a;b" },
        { "other psql -c '--password=a;b'", "a" },
        { "other psql -c '--dbpass=a;b'", "a;b" },
        { "git -c '--password=a;b'", "a" },
        { "env '-Sdb.password=a b' x", "a" },
        { "env -i '-vSdb.password=a b' x", "a" },
        { "curl -u user:secret https://a.b/", "secret" },
        { "curl -uuser:secret https://a.b/", "secret" },
        { "curl --user user:secret https://a.b/", "secret" },
        { "curl --user=user:secret https://a.b/", "secret" },
        { "curl -su user:secret https://a.b/", "secret" },
        { "curl -sSu user:secret https://a.b/", "secret" },
        { "curl -u user:se:cret https://a.b/", "se:cret" },
        { "curl --proxy-user u:secret --user v:more x", "secret|more" },
        { "curl -U u:secret x", "secret" },
        { "curl --oauth2-bearer secret x", "secret" },
        { "curl -u file:secret x", "secret" },
        { "curl --oauth2-b secret x", "secret" },
        { "wget --http-password=secret x", "secret" },
        { "wget --http-passw secret x", "secret" },
        { "wget --ftp-password secret x", "secret" },
        { "smbclient -U user%secret //h/s", "secret" },
        { "smbclient -Uuser%secret //h/s", "secret" },
        { "smbclient --user=user%secret //h/s", "secret" },
        { "smbclient -U 'dom\\user%sec ret' //h/s", "sec ret" },
        { "openssl rsa -passin pass:secret -in k", "secret" },
        { "openssl rsa --passin pass:secret -in k", "secret" },
        { "openssl rsa -passin=pass:secret -in k", "secret" },
        { "openssl enc -k secret -in k", "secret" },
        { "openssl req -passin pass:one -passout pass:two", "one|two" },
        { "keytool -storepass secret -keystore k", "secret" },
        { "keytool -storepass=secret", "secret" },
        { "keytool -storepass one -keypass two", "one|two" },
        { "xfreerdp /u:me /p:secret /v:host", "secret" },
        { "xfreerdp /p=secret /v:host", "secret" },
        { "xfreerdp /p secret", "secret" },
        { "xfreerdp /gp:secret /v:host", "secret" },
        { "htpasswd -b file user secret", "secret" },
        { "htpasswd -nb user secret", "secret" },
        { "htpasswd -c -b file user secret", "secret" },
        { "htpasswd -b -B file user secret", "secret" },
        { "ldapsearch -x -D cn=admin -w secret", "secret" },
        { "ldapsearch -x -D cn=admin -wsecret", "secret" },
        { "ldapsearch -xw secret", "secret" },
        { "redis-cli -h h -a secret ping", "secret" },
        { "redis-cli --pass secret ping", "secret" },
        { "redis-cli --pass=secret ping", "secret" },
        { "zip -P secret a.zip b", "secret" },
        { "zip -Psecret a.zip b", "secret" },
        { "zip -rP secret a.zip b", "secret" },
        { "7z a -psecret a.7z b", "secret" },
        { "zip --zipkey secret a.zip", "secret" },
        { "zip --zipk secret a.zip", "secret" },
        { "mkpasswd secret", "secret" },
        { "mkpasswd -m sha-512", "sha-512" }, /* a row that takes the options of its program for none */
        { "mkpasswd -- secret", "secret" },
        { "chpw alice secret", "secret" },
        { "chpw alice secret -v", "secret" },
        { "chpw alice secret > file", "secret" },
        { "chpw alice secret 2>&1 | tee log", "secret" },
        { "mysqladmin -u root password secret", "secret" },
        { "mysqladmin -u root -pold password new", "old|new" },
        { "mysqladmin password password", "password" },
        { "mysqladmin password -v secret", "secret" },
        { "mysqladmin -- password secret", "secret" },
        { "vault login secret", "secret" },
        { "vault login -method=token secret", "secret" },
        { "nmcli dev wifi connect home password secret", "secret" },
        { "nmcli con mod x wifi-sec.psk secret", "secret" },
        { "nmcli x password one wifi-sec.psk two", "one|two" },
        { "copypw set one two", "one|two" },
        { "copypw x set one two", "one|two" },
        { "copypw a b c d secret e", "secret" },
        { "terraform -vaultkey=secret", "secret" },
        { "terraform --vaultkey=secret", "secret" },
        { "terraform -vaultkey secret", "secret" },
        { "cryptpw key=secret", "secret" },
        { "ipmitool -U admin -P secret -Y more", "admin|secret|more" },
        { "rarcrack -hpsecret", "secret" },
        { "rarcrack -psecret", "secret" },
        { "prog --passphrase secret", "secret" },
        { "prog --passphr=secret", "secret" },
        { "prog --user-passcode secret", "secret" },
        { "prog --user-pass secret", "secret" },
        { "x --sekret-any secret", "secret" },
        { "x y --sekret-any=secret", "secret" },
        /* wrappers, and several commands */
        { "sudo -u root mysql -psecret", "secret" },
        { "env A=b nice -n 5 mysql -psecret", "secret" },
        { "docker exec -it c mysql -psecret", "secret" },
        { "docker exec -it mysql mysql -psecret", "secret" },
        { "kubectl exec pod -- mysql -psecret", "secret" },
        { "kubectl exec pod -- x --password secret", "secret" },
        { "ssh host mysql -psecret", "secret" },
        { "ssh host 'mysql -psecret db'", "secret" },
        { "ssh host -- mysql -psecret", "secret" },
        { "sshpass -p one mysql -ptwo", "one|two" },
        { "mysqldump -pone db | mysql -ptwo", "one|two" },
        { "cd x && mysql -psecret", "secret" },
        { "true; mysql -psecret;", "secret" },
        { "(mysql -psecret)", "secret" },
        { "{ mysql -psecret; }", "secret" },
        { "if true; then mysql -psecret; fi", "secret" },
        { "x=$(mysql -psecret)", "secret" },
        { "echo `mysql -psecret`", "secret" },
        { "echo \"$(mysql -psecret)\"", "secret" },
        { "mysql -u $(whoami) -psecret", "secret" },
        { "mysql < file -psecret", "secret" },
        { "mysql -psecret <<< 'x y'", "secret" },
        { "mysql -psecret > file 2>&1", "secret" },
        { "diff <(mysql -pone) <(mysql -ptwo)", "one|two" },
        { "env /var/lib/mysql/bin/mysql -psecret", "secret" },
        { "mysql -- mysql -psecret", "secret" },
        { "mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql "
          "mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql "
          "mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql "
          "mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql mysql "
          "mysql mysql mysql -psecret", "secret" }, /* one row, however often it is named */
        { "joiner join join secret", "secret" },
        { "useradd -p secret mysql", "secret" },
        { "rm x; mysql -psecret", "secret" },
        { "mysql rm -psecret", "secret" },
        { "rmx mysql -psecret", "secret" },
        { "docker run --name rm mysql -psecret", "secret" },
        /* quotes */
        { "mysql -p'secret'", "secret" },
        { "mysql -p\"sec ret\"", "sec ret" },
        { "mysql '-psecret'", "secret" },
        { "mysql \"--password=secret\"", "secret" },
        { "mysql --password='secret'", "secret" },
        { "mysql -psec'ret'", "sec'ret" },
        { "mysql -psec\\ ret", "sec\\ ret" },
        { "'mysql' -psecret", "secret" },
        { "mysql -p'it'\\''s'", "it'\\''s" },
        { "sshpass -p '' x --password secret", "secret" },
        { "mysql -p'unclosed", "unclosed" },
        /* texts within texts */
        { "bash -c 'mysql -psecret'", "secret" },
        { "bash -c \"mysql -p\\\"sec ret\\\" db\"", "sec ret" },
        { "bash -c 'bash -c \"mysql -psecret db\"'", "secret" },
        { "bash -c 'bash -c \"ssh h '\\''mysql -psecret'\\''\"'", "secret" },
        { "su - root -c 'mysql -psecret'", "secret" },
        { "CMD='mysql -psecret' make", "secret" },
        { "x --command='mysql -psecret'", "secret" },
        { "bash <<< 'mysql -psecret'", "secret" },
        { "bash -c 'a\nmysql -psecret\nb'", "secret" },
        { "bash -c $'a\\nmysql -psecret\\nb'", "secret" },
        { "don't care; mysql -psecret", "secret" },
        { "bash -c 'a;mysql\t-psecret'", "secret" },
        /* expansions: what is literal of it */
        { "mysql -pabc$X", "abc" },
        { "mysql -p${X}abc", "abc" },
        { "mysql -p$X-abc$Y", "-abc" },
        { "mysql -p\"abc$X def\"", "abc| def" },
        { "curl -u $USER:secret x", "secret" },
        { "curl -u \"$USER:secret\" x", "secret" },
        /* names */
        { "x --password secret", "secret" },
        { "x --password=secret", "secret" },
        { "x --db-password=secret y", "secret" },
        { "x -keyStorePassword=secret", "secret" },
        { "java -Djavax.keyStorePassword=secret", "secret" },
        { "x --api.token secret", "secret" },
        { "x --no-password secret --token=y", "y" },
        { "x --password 'sec ret'", "sec ret" },
        { "x --password \"a $Y b\"", "a | b" },
        { "sudo -- x --password secret", "secret" },
        { "x 'y --password secret'", "secret" },
    };

    (void)state;
    check(AA_ARRAY_SIZE(rows) >= 120, "only %zu rows", AA_ARRAY_SIZE(rows));
    check_rows(rows, AA_ARRAY_SIZE(rows));
}

static void spared(void **state)
{
    static const struct row rows[] = {
        { "", "" },
        { "ls -psecret", "" },
        { "mysql -p db", "" },
        { "mysql -p secret", "" },
        { "mysql --password db", "" }, /* its own rule says that the next word is none */
        { "mysql -p", "" },
        { "mysql -uroot", "" },
        { "mysql -vp db", "" },
        { "mysql -vpdb", "" },
        { "mysql --password=", "" },
        { "mysql --password", "" },
        { "mysql --pas=x", "" },
        { "mysql -- -psecret", "" },
        { "mysql db; tar -pxf a.tar", "" },
        { "mysql db | tar -pxf a.tar", "" },
        { "mysql db && cp -pr a b", "" },
        { "mysql db\ncp -pr a b", "" },
        { "tar -C /var/lib/mysql -pxf a.tar", "" },
        { "tar -pxf /etc/mysql", "" },
        { "cp -pr mysql x", "" },
        { "sudo -u mysql tar -pxf a.tar", "" },
        { "runuser -u mysql -- cp -pr a b", "" },
        { "docker run --name mysql -p3306:3306 img", "" },
        { "find . -name mysql -prune", "" },
        { "Mysql -psecret", "" },
        { "mysql-server -psecret", "" },
        { "xmysql -psecret", "" },
        { "mysql/ -psecret", "" },
        { "mysql -p/etc/pass", "" },
        { "mysql --password=/etc/pass", "" },
        { "mysql -p$X", "" },
        { "mysql -p\"$X\"", "" },
        { "mysql -p${X}", "" },
        { "mysql -p$(cat x)", "" },
        { "mysql -p`cat x`", "" },
        { "sshpass -p $X ssh h", "" },
        { "sshpass -p -v ssh h", "" },
        { "sshpass -p - ssh h", "" },
        { "sshpass -p /etc/x ssh h", "" },
        { "sshpass -p", "" },
        { "sshpass -p $X mysql -p db", "" }, /* what the program says that was named last */
        { "sshpass -p | x", "" },
        { "sshpass -p > file", "" },
        { "sshpass -longp x", "" },
        { "sshpass -1p x", "" },
        { "curl -u user https://a.b/", "" },
        { "curl -u user: https://a.b/", "" },
        { "curl -u user:$PASS https://a.b/", "" },
        { "curl -u \"user:${PASS}\" https://a.b/", "" },
        { "curl --user user https://a.b:80/", "" },
        { "curl --use-x u:s", "" },
        { "smbclient -U user //h/s", "" },
        { "openssl rsa -passin env:PASS -in k", "" },
        { "openssl rsa -passin file:/etc/p -in k", "" },
        { "openssl rsa -passin fd:3", "" },
        { "openssl rsa -passin stdin", "" },
        { "openssl rsa -pas pass:x", "" },
        { "keytool -storepassx y", "" },
        { "keytool -store y", "" },
        { "xfreerdp /u:me /v:host /pcb:x", "" },
        { "htpasswd -c file user", "" },
        { "htpasswd -b file user", "" },
        { "htpasswd file user x", "" },
        { "mkpasswd", "" },
        { "mkpasswd -s", "" },
        { "mkpasswd > file", "" },
        { "chpw", "" },
        { "chpw -l", "" },
        { "chpw /etc/x", "" },
        { "mysqladmin flush-hosts x", "" },
        { "mysqladmin password", "" },
        { "mysqladmin password /etc/x", "" },
        { "password mysqladmin x", "" },
        { "vault status login", "" },
        { "zip --zipkey=secret", "" },
        { "zip -p secret", "" },
        { "cryptpw key secret", "" },
        { "ipmitool -Uadmin -I lan", "" },
        { "prog --user name", "" }, /* not --user-passcode */
        { "prog --pas x", "" },
        { "prog -up x", "p" }, /* -u takes it */
        { "x -- --sekret-any secret", "" },
        { "x --sekret secret", "" },
        { "x -sekret-any secret", "" },
        { "x --password", "" },
        { "x --password -v", "" },
        { "x --password --token", "" },
        { "x --password /etc/x", "" },
        { "x --password=/etc/x", "" },
        { "x --password true", "" },
        { "x --password $P", "" },
        { "x --password-file secret", "" },
        { "x -password secret", "" },
        { "x password secret", "" },
        { "x --no-password root", "" },
        { "x --ask-password root", "" },
        { "x --reset-password alice", "" },
        { "x -- --password secret", "" },
        { "grep -e --password=", "" },
        { "x --pass$X=word", "" },
        { "x --password; y", "" },
        { "x --password\ny", "" },
        { "--password", "" },
        { "mysql 'x -psecret'", "" }, /* rows do not reach into texts */
        { "bash -c 'mysql db' -pxyz", "" },
        /* whose words are names must not be able to hide them */
        { "rm -f -- sshpass -p x", "" },
        { "rm -f mysqladmin password x", "" },
        { "sudo -n rm -f mkpasswd x", "" },
        { "rm -f -- a --password x", "" },
        { "systemctl stop mkpasswd firewalld", "" },
        { "systemctl stop chpw firewalld", "" },
        { "apt install mysql -pfoo", "" },
        { "chown -R mysql -pfoo", "" },
        { "tar -C mysql -pxf a.tar", "" },
        { "zypper rm mkpasswd x; userdel mkpasswd x", "" },
        { "unlink mkpasswd x; apk add mkpasswd x", "" },
        { "git commit -m 'mysql is -'", "" },
        { "echo 'a b' '' - -- --", "" },
    };

    (void)state;
    check(AA_ARRAY_SIZE(rows) >= 50, "only %zu rows", AA_ARRAY_SIZE(rows));
    check_rows(rows, AA_ARRAY_SIZE(rows));
}

static void types(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "ssh a@b.c", "email" },
        { "sudo ssh a@b.c", "email" },
        { "x; /usr/bin/git clone", "email phone" },
        { "git ssh", "email email phone" },
        { "echo a@b.c", "" },
        { "echo --git -ssh", "" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(1024 * 1024);
        struct aa_mask_words words;
        const char *found[8];
        char text[100] = "";
        size_t n;

        assert_int_equal(aa_mask_words_read(&arena, rows[i].text, strlen(rows[i].text), 0, NULL, &words),
                         0);
        n = aa_mask_spared_types(&rules.masker, &words, found, AA_ARRAY_SIZE(found));
        for (size_t j = 0; j < n; j++) {
            strcat(text, j > 0 ? " " : "");
            strcat(text, found[j]);
        }
        check(aa_streq(text, rows[i].wanted), "%s: %s, wanted %s", rows[i].text, text, rows[i].wanted);
        assert_true(aa_mask_spared_types(&rules.masker, &words, found, 1) == (n > 0));
    }
}

static int start(void **state)
{
    (void)state;
    option_rules_make(&rules, rules_text);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(covered),
        cmocka_unit_test(spared),
        cmocka_unit_test(types),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
