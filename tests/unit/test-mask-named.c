/* SPDX-License-Identifier: ISC */
/* Values behind the names of secrets, in all the ways in which they are written; what is no value, a
 * path or prose stays. Each row says by its marks what is covered. */
#include "unit.h"

#include "mask-named-support.h"

static const char *const covered[] = {
    /* assignments */
    "PASSWORD=‹hunter2›",
    "export DB_PASSWORD=‹hunter2›",
    "env MYSQL_PWD=‹s3cr3t› mysqldump db",
    "PGPASSWORD=‹x9y8z7› psql -h db",
    "dbPassword=‹hunter2›",
    "db.password=‹hunter2›",
    "db-password=‹hunter2›",
    "DBPASSWORD2=1 DB_PASSWORD2=‹hunter2›",
    "apikey=‹abcdef›",
    "API_KEY=‹abcdef›",
    "apiKey=‹abcdef›",
    "api-key=‹abcdef›",
    "APIKEY=‹abcdef›",
    "pAssWord=‹hunter2›",
    "clientSecret=‹hunter2›",
    "CLIENT_SECRET=‹hunter2›",
    "AWS_SECRET_ACCESS_KEY=‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY›",
    "AWS_SESSION_TOKEN=‹FwoGZXIvYXdzEBYaD›",
    "VAULT_TOKEN=‹s.abcdefgh›",
    "GITHUB_TOKEN=‹ghx_1234› make",
    "tokens=‹a1b2c3d4e5›",
    "password = ‹hunter2›",
    "password =‹hunter2›",
    "password := ‹hunter2›",
    "password ?= ‹hunter2›",
    "PASSWORD+=‹hunter2›",
    "password => '‹hunter2›'",
    "password=>'‹hunter2›'",
    "password == \"‹hunter2›\"",
    "password != \"‹hunter2›\"",
    "password='‹hunter2›'",
    "password=\"‹hunter2›\"",
    "password='‹correct› ‹horse› ‹battery›'",
    "password=\"‹correct› ‹horse›\" next",
    "password=$'‹hunter2›'",
    "password=‹abc›'‹def›'",
    "password='‹it›'\\''‹s›' x",
    "password=\"‹abc›\"‹def› next",
    "password=‹p›$‹ssw0rd!›",
    "PIN=‹1234›",
    "pin: ‹048213›",
    "PASSWORD=‹12345678›",
    "PASSWORD=‹/9j/4AAQSkZJRg›",
    "PASSWORD=‹/Xy/abc›",
    "PASSWORD=$‹2a›$‹10›$‹abc›",
    "password=‹a,b›",
    "password=‹pass:word›",
    "password=‹user@host›",
    "password=‹a#b›",
    "password=‹a%b›",
    "password=‹hunter2› && systemctl restart x",
    "password=‹hunter2›; rm -rf /",
    "password=‹hunter2›|sh",
    "password=‹hunter2›>out",
    "password=‹hunter2›\nnext=1",
    "x=1 password=‹hunter2› y=2",
    "[ \"$PASSWORD\" = \"‹hunter2›\" ]",
    "${PASSWORD:-‹hunter2›}",
    "${PASSWORD:=‹hunter2›}",
    "if test $PASSWORD = ‹hunter2›",
    "user[password]=‹hunter2›",
    "config['password'] = '‹hunter2›'",
    "config[\"password\"] = \"‹hunter2›\"",
    "os.environ[\"DB_PASSWORD\"] = \"‹hunter2›\"",
    "$config{password} = '‹hunter2›'",
    "connect(user='x', password='‹hunter2›')",
    "connect(user=\"x\", password=\"‹hunter2›\", db=\"y\")",
    "def f(password: str = \"‹hunter2›\"):",
    "password: String = '‹hunter2›'",
    "const token = '‹abc123›';",
    "let apiKey = \"‹abc123›\";",
    "--password=‹hunter2›",
    "--db-password=‹hunter2› --host x",
    "-Dspring.datasource.password=‹hunter2›",
    "-D spring.datasource.password=‹hunter2›",
    "--set auth.rootPassword=‹hunter2›",
    "--set auth.rootPassword=‹hunter2›,replicas=2",
    "--set-string global.token=‹hunter2›",
    "-o username=bob,password=‹hunter2›,uid=1000",
    "mount -t cifs -o user=x,pass=‹hunter2› //h/s /m",
    "-e MYSQL_ROOT_PASSWORD=‹hunter2› mysql:8",
    "docker run -e \"MYSQL_ROOT_PASSWORD=‹hunter2›\" mysql:8",
    "docker run -e 'TOKEN=‹hunter2›' x",
    "sh -c 'export TOKEN=‹hunter2›; run'",
    "bash -c \"PASSWORD=‹hunter2› run\"",
    "bash -c \"PASSWORD='‹hunter› ‹two›' run\"",
    "bash -c 'PASSWORD=\"‹hunter› ‹two›\" run'",
    "echo \"password=‹hunter2›\" >> /etc/x.conf",
    "sed -i 's/password=.*/password=‹new1›/' x",
    /* JSON */
    "{\"password\":\"‹hunter2›\"}",
    "{\"password\": \"‹hunter2›\"}",
    "{\"password\" : \"‹hunter2›\"}",
    "{'password': '‹hunter2›'}",
    "{\"user\":\"x\",\"password\":\"‹hunter2›\",\"y\":1}",
    "{\"password\":\"‹two› ‹words›\",\"y\":1}",
    "{\"pin\":‹123456›,\"y\":1}",
    "{\"pin\":‹123456›}",
    "{\"a\":{\"clientSecret\":\"‹hunter2›\"}}",
    "{\\\"password\\\":\\\"‹hunter2›\\\"}",
    "\"{\\\"password\\\":\\\"‹hunter2›\\\"}\"",
    "\"{\\\"password\\\": \\\"‹two› ‹words›\\\"}\"",
    "{\\\\\\\"password\\\\\\\":\\\\\\\"‹hunter2›\\\\\\\"}",
    "\"{\\\\\\\"token\\\\\\\":\\\\\\\"‹hunter2›\\\\\\\",\\\\\\\"x\\\\\\\":1}\"",
    "curl -d '{\"password\":\"‹hunter2›\"}' https://x",
    "curl -d \"{\\\"password\\\":\\\"‹hunter2›\\\"}\" https://x",
    "curl --data '{\"token\": \"‹a› ‹b›\"}'",
    "{\"password\":\"‹a›\\\"‹b›\"}",
    "{\"name\":\"DB_PASSWORD\",\"value\":\"‹hunter2›\"}",
    "{\"name\": \"DB_PASSWORD\", \"value\": \"‹hunter2›\"}",
    "Name=token,Value=‹hunter2›",
    "{password: ‹hunter2›}",
    "{user: x, password: ‹hunter2›, y: 1}",
    "{user: x, password: '‹hunter2›'}",
    "{\"line\":\"a\\npassword=‹hunter2›\\nb\"}",
    /* YAML, INI, TOML, HCL, XML */
    "password: ‹hunter2›",
    "password: \"‹hunter2›\"",
    "password: '‹two› ‹words›'",
    "user: x\npassword: ‹hunter2›\nhost: y",
    "  rootPassword: ‹hunter2›",
    "- name: DB_PASSWORD\n  value: ‹hunter2›",
    "- name: DB_PASSWORD\n  value: \"‹hunter2›\"",
    "[db]\npassword=‹hunter2›\nhost=x",
    "[db]\npassword = ‹hunter2›\nhost = x",
    "token = \"‹hunter2›\"",
    "secret_key = \"‹hunter2›\"",
    "API key: ‹hunter2›",
    "Access key: ‹hunter2›",
    "<password>‹hunter2›</password>",
    "<ns:password>‹hunter2›</ns:password>",
    "<user password=\"‹hunter2›\"/>",
    "<add key=\"password\" value=\"‹hunter2›\"/>",
    "password\t=\t‹hunter2›",
    "Password:‹hunter2›",
    "token:‹abc123›",
    "/password:‹hunter2›",
    "SECRET : ‹hunter2›",
    /* query strings, forms, DSNs */
    "https://x/?api_key=‹abc›",
    "https://x/?api_key=‹abc›&y=1",
    "https://x/?y=1&token=‹abc›",
    "https://x/?y=1&token=‹abc›#top",
    "https://x/?token=‹abc›#top",
    "curl 'https://x/p?access_token=‹abc›&y=1'",
    "curl -d 'user=x&password=‹hunter2›&y=1'",
    "curl -d user=x -d password=‹hunter2›",
    "Server=db;User=x;Password=‹hunter2›;Timeout=5",
    "Server=db;Pwd=‹hunter2›",
    "\"Server=db;User Id=x;Password=‹hunter2›;Timeout=5\"",
    "jdbc:mysql://h/db?user=x&password=‹hunter2›",
    "jdbc:sqlserver://h;user=x;password=‹hunter2›;",
    "host=x user=y password=‹hunter2› dbname=z",
    "host=x user=y password='‹hun› ‹ter›' dbname=z",
    "name%3Dvalue&password%3D‹hunter2›",
    "password%3D‹hunter2›%26y%3D1",
    "%7B%22password%22%3A%22‹hunter2›%22%7D",
    "%22token%22%3A%20%22‹hunter2›%22",
    "%22user%22%3A%22x%22%2C%22secret%22%3A%22‹hunter2›%22%2C",
    "user%5Bpassword%5D=‹hunter2›",
    "?user=x&user%5Bpassword%5D=‹hunter2›&y=1",
    "token=‹https://x/?a›",
    "&quot;password&quot;:&quot;‹hunter2›&quot;",
    /* headers */
    "X-Api-Key: ‹abc123›",
    "curl -H 'X-Api-Key: ‹abc123›' https://x",
    "curl -H \"X-Auth-Token: ‹abc123›\"",
    "curl -H X-Vault-Token:‹abc123›",
    "Authorization: Bearer ‹abc123›",
    "curl -H 'Authorization: Bearer ‹abc.def.ghi›' https://x",
    "curl -H \"Authorization: Bearer ‹abc123›\" https://x",
    "Authorization: Basic ‹dXNlcjpwYXNz›",
    "Authorization: Token ‹abc123›",
    "Authorization: Token token=‹abc123›",
    "curl -H 'Authorization: Token token=\"‹abc123›\"' https://x",
    "Authorization: Token ‹token==›",
    "curl -H 'Authorization: AccessKey ‹abc123›' https://x",
    "Authorization: DeepL-Auth-Key ‹abc123:fx›",
    "curl -H 'Cookie: a=‹b1›; c=‹d1›' https://x",
    "curl -H 'Cookie: a=‹b1›; LD_PRELOAD=d.so ls' https://x",
    "curl --cookie a=‹b1›; PATH=d1; ls",
    "echo \"password='‹x1›\"; rm -rf /; echo \"'\"",
    "echo \"password='\"; rm -rf /; echo '\"'",
    "sh -c \"x='password=\\\"‹a1›'; rm -rf /; y='\\\"'\"",
    "curl --cookie 'a=‹b1›; PATH=\"d1\" ls'",
    "authorization: token ‹abc123›",
    "Proxy-Authorization: Basic ‹dXNlcjpwYXNz›",
    "{\"Authorization\": \"Bearer ‹abc123›\"}",
    "{'Authorization': 'Bearer ‹abc123›'}",
    "{\\\"Authorization\\\":\\\"Bearer ‹abc123›\\\"}",
    "Authorization: ApiKey ‹abc123›",
    "Authorization: ‹abc123xyz›",
    "Authorization: Digest username=\"bob\", realm=\"x\", response=\"‹abc123›\"",
    "Authorization: AWS4-HMAC-SHA256 Credential=‹AKIA/2024/x›, SignedHeaders=host, Signature=‹abc123›",
    "Cookie: sid=‹abc123›",
    "curl -H 'Cookie: sid=‹abc123›; theme=dark1' https://x",
    "Cookie: a=‹abc1›; b=‹def2›; c=‹ghi3›",
    "Set-Cookie: sid=‹abc123›; Path=/; HttpOnly",
    "Bearer: ‹abc123›",
    /* SQL and configuration */
    "ALTER USER x IDENTIFIED BY '‹hunter2›'",
    "CREATE USER 'x'@'%' IDENTIFIED BY '‹hunter2›';",
    "mysql -e \"ALTER USER 'x'@'h' IDENTIFIED BY '‹hunter2›'\"",
    "CREATE USER x IDENTIFIED WITH mysql_native_password BY '‹hunter2›'",
    "alter user scott identified by ‹tiger1›",
    "GRANT ALL ON *.* TO USER 'x' IDENTIFIED BY '‹hunter2›'",
    "ALTER ROLE x WITH PASSWORD '‹hunter2›'",
    "ALTER ROLE x PASSWORD '‹hunter› ‹two›'",
    "psql -c \"ALTER USER x WITH PASSWORD '‹hunter2›'\"",
    "psql -c \"ALTER USER x WITH ENCRYPTED PASSWORD '‹hunter2›'\"",
    "SET PASSWORD = '‹hunter2›'",
    "CREATE LOGIN x WITH PASSWORD = '‹hunter2›'",
    "CONFIG SET requirepass ‹hunter2›",
    "redis-cli config set masterauth ‹hunter2›",
    "requirepass ‹hunter2›",
    "requirepass \"‹hunter2›\"",
    "machine h login bob password ‹hunter2›",
    "login bob password ‹hunter2›",
    "password \"‹hunter2›\"",
    "the token '‹abc123›' is old",
    "my password ‹Xk9›$‹mQ2!›",
    "new password ‹correct-horse7!x›",
    /* what an attacker may write beside it */
    "password=‹evil.sh›",
    "TOKEN=‹x›$(id)",
    "TOKEN=‹x›`id`",
    "password='‹x›' rm -rf /",
    "echo 'password='‹x› rm -rf /",
    "sh -c 'echo password='‹x›' rm -rf /'",
    "echo \"$(echo \"password=\"‹a› rm -rf / \"x\")\"",
    "password=‹x›&&rm -rf /",
    "password=‹a›\\‹b›",
    "sh -c 'echo password='‹x›'y rm -rf /'",
    "password=‹x›' '‹rm›",
    "env a'b=password='‹y› rm -rf /",
    "echo \\'password='‹x›",
    "password=\\\"‹x› rm -rf /\\\"",
    "x=\"$(echo \"password=\"‹a› rm -rf / \"x\")\"",
    "# it's\npassword='‹a› rm'",
    "password=\"‹x›\\",
    "\"password\":\"‹x›",
    "token=‹-rf›",
};

static const char *const stays[] = {
    /* no values */
    "password=", "password=\"\"", "password=''", "password: ", "PASSWORD= rm -rf /", "password=$PASSWORD",
    "password=${PASSWORD}", "password=\"$PASSWORD\"", "password=\"${DB_PASSWORD}\"", "password=$1", "password=$(cat x)",
    "password=\"$(cat /run/x)\"", "password=`cat x`", "password=%s", "password={{ vault_password }}", "password={{x}}",
    "password=\"{{ x }}\"", "password=<password>", "password=[hidden]", "password=***", "password=********",
    "password=xxxx", "password=XXXXXXXX", "password=true", "password: false", "password: null", "password=yes",
    "password=no", "password=none", "password=None", "password=prompt", "password: rotated", "password: file",
    "password=ask", "password=stdin",
    "password=-", "token=@/etc/x", "token=@x.txt", "--password=env:DB", "-passin file:/etc/x", "passwd=file:/etc/x",
    "password=vault:secret/db", "secret=arn:aws:secretsmanager:eu-1:1:secret:x", "password=op://a/b",
    "password=ssm:/a/b", "pin=1", "token=42", "password=...", "password=%(password)s", "password=%PASSWORD%",
    "password=os.environ", "token = get_token()", "password = input(\"x\")", "password=getpass.getpass()",
    "token = response[\"t\"]", "password=process.env.DB_PASSWORD", "password: str", "password: string",
    "password=/etc/passwd",
    /* paths, as an attacker may write them */
    "rm password=/etc/passwd", "TOKEN=/tmp/evil", "TOKEN=/tmp/evil sh", "TOKEN='/tmp/evil'", "TOKEN=\"/tmp/evil\"",
    "TOKEN=//tmp/evil", "TOKEN=/./tmp/evil", "TOKEN=/../tmp/evil", "TOKEN=./evil", "TOKEN=../evil", "TOKEN=~/evil",
    "TOKEN=~", "TOKEN=~bob/evil", "TOKEN=x/../evil", "TOKEN=$HOME/evil", "TOKEN=${HOME}/evil", "TOKEN=/e*c/passwd",
    "TOKEN=/et?/passwd", "TOKEN=/etc", "TOKEN=/", "password: /bin/sh", "{\"password\":\"/etc/shadow\"}",
    "secret=/usr/bin/id", "chmod token=/etc", "password = /etc/shadow", "password %2Fetc", "cookie: a=/etc/passwd",
    "Authorization: Bearer /etc/passwd", "IDENTIFIED BY '/etc/passwd'", "requirepass /etc/passwd",
    "password \"/etc/passwd\"", "token=x/..", "TOKEN=/..",
    /* commands behind closing quotes */
    "echo 'password=' rm -rf /", "sh -c 'echo password=' rm -rf / 'x'", "echo \"password=\" rm -rf /",
    "sh -c \"echo password=\" rm \"x\"", "echo \"a 'password=\" rm \"b\"", "PASSWORD= sh -c id",
    "bash -c 'x=\"password=\" ; rm -rf / ; echo \"y\"'", "bash -c \"x='password=' ; rm -rf / ; echo 'y'\"",
    "bash -c \"x=\\\"password=\\\" ; rm -rf / ; echo \\\"y\\\"\"",
    "bash -c \"bash -c 'x=\\\"password=\\\" ; rm -rf /; \\\"y\\\"'\"",
    "bash -c \"# it's\nx='password=' ; rm -rf / ; y='z'\"", "bash -c 'x=\"token\" \": rm -rf / \"'",
    "$PASSWORD", "echo $PASSWORD | sh", "password; rm -rf /", "password && rm", "password|sh",
    /* harmless names */
    "password_file=x9y8", "PASSWORD_FILE=x9y8", "passwordFile: x9y8", "token.url=x9y8", "tokenUrl=https://x",
    "secret_name=x9y8", "--secret-id=x9y8", "passwd-path: x", "password_policy=strong1", "TOKEN_TTL=3600",
    "password-length=12", "api_key_id=x", "tokenizer=abc", "passenger=bob", "compass=north", "secretary: bob",
    "spinner=1234", "author: bob", "monkey=abc", "bypass=abcd", "keyboard=de", "authority=abc", "x_tokenized=abc",
    "user=bob", "host: db1", "name=token1", "image: token/web:1.2", "docker pull x/token:1.2", "x/secret:latest",
    "Token::parse", "std::token::x", "token://x", "passwords_files=abc",
    /* prose */
    "reset password for bob", "reset the password of web-7", "password reset for bob", "rotate token on srv01",
    "the password is wrong", "password \"for bob\"", "bob forgot his password", "secret santa 2024", "change secret store",
    "new token needed by web01", "identified by bob", "issue identified by bob on monday", "login failed, password wrong",
    "user asked for password change", "password change by ops1", "see ticket OPS-1234 about the token expiry",
    "update passwd entry", "the pin 12 is broken", "token ring", "session restarted", "password policy update2024",
    "passwd bob", "getent passwd bob", "cat /etc/passwd", "ls secret token password", "kubectl get secret web-1",
    "kubectl delete secret db-credentials1", "vault token lookup", "systemctl restart token-service2",
    "docker secret rm db1", "pass show x", "-v /etc/passwd:/etc/passwd:ro", "/etc/passwd: no such file",
    "${PASSWORD:?not set}", "cookies and tokens", "Cookie: none", "Cookie policy", "Authorization: $AUTH",
    "Authorization: Bearer $TOKEN", "Authorization: Bearer ${TOKEN}", "{\"Authorization\": \"Bearer {{t}}\"}",
};

static void all_covered(void **state)
{
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (size_t i = 0; i < AA_ARRAY_SIZE(covered); i++)
        check_marked(aa_mask_find_named, &masker, covered[i]);
    assert_null(masker.overrun);
    assert_true(AA_ARRAY_SIZE(covered) >= 200);
}

static void all_stay(void **state)
{
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (size_t i = 0; i < AA_ARRAY_SIZE(stays); i++)
        check_marked(aa_mask_find_named, &masker, stays[i]);
    assert_true(AA_ARRAY_SIZE(stays) >= 120);
    print_message("%zu texts with values, %zu without\n", AA_ARRAY_SIZE(covered), AA_ARRAY_SIZE(stays));
}

static void names(void **state)
{
    static const struct {
        const char *name;
        bool secret;
    } rows[] = {
        { "password", true }, { "db_password", true }, { "--api-key", true }, { "clientSecret", true },
        { "APIKey", true }, { "HTTPToken", true }, { "tokens", true }, { "password2", true }, { "PASSWORDS", true },
        { "file_password", true }, { "token_file_password", true }, { "a.b.c.token", true }, { "PassWord", true },
        { "x-Private-Key", true }, { "file-token", true }, { "__pwd__", true },
        { "password-file", false }, { "password_files", false }, { "tokenUrl", false }, { "token.store.x", false },
        { "keypass1word", false }, { "", false }, { "---", false }, { "pas", false }, { "key", false },
        { "private", false }, { "api.x.key", false }, { "secretary", false },
    };
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++)
        check(aa_mask_name_is_secret(&masker, rows[i].name, strlen(rows[i].name)) == rows[i].secret, "%s",
              rows[i].name);
}

/* The operator may write api_key or API-KEY; a switch turns all of it off. */
static void own_words(void **state)
{
    static const char *const words[] = { "Api_Key", "kennwort", NULL };
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker_of(&masker, words, NULL, NULL);
    check_marked(aa_mask_find_named, &masker, "apiKey=‹abc› password=def KENNWORT=‹ghi›");
    named_masker_of(&masker, words, NULL, "name");
    check_marked(aa_mask_find_named, &masker, "apiKey=abc");
}

static void damage(void **state)
{
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
    struct aa_snap_header header;

    (void)state;
    named_masker(&masker);
    header = *masker.sets[0].header;
    header.settings.mask_names.count = 100000;
    masker.sets[0].header = &header;
    assert_string_equal(marked(aa_mask_find_named, &masker, "password=x1", 11, false), "password=x1");
    assert_non_null(masker.overrun);
    assert_false(aa_mask_name_is_secret(&masker, "password", 8));
}

/* Texts made to take long: a megabyte each. */
static void hostile(void **state)
{
    static const char *const units[] = {
        "password=", "=", "\"", "'", "\\", "password", "password=/a/", "password='/a", "password=\"/a'password='/a\"",
        "password=\\\"/a", "password=''", "password=/a''", "password: {", "password=${", "%", "%20", "password%20",
        "a%20b%20", "a b ", "password ", "password \"", "by '", "Authorization: Digest a=", "Cookie: a=b;",
        "cookie: a=;", "password,,,,", "name,-", "<password>", "password=a,", "password=@a/", "$(", "`", "{", "password=a/../",
        "a=", "token:", "token:token:", "%22token%22%3A", "login a password ", "\\\\\"", "aB", "a_", "password\\",
        "password=$x/", "password=\\", "password=\\\\\"/a", "&quot;", "password: a ", "x1 ",
    };
    enum { SIZE = 1024 * 1024 };
    char *text = malloc(SIZE);
    double worst = 0, seconds;
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
    size_t at_worst = 0;

    (void)state;
    assert_non_null(text);
    named_masker(&masker);
    for (size_t i = 0; i < AA_ARRAY_SIZE(units); i++) {
        size_t n = strlen(units[i]);

        for (size_t j = 0; j < SIZE; j++)
            text[j] = units[i][j % n];
        seconds = finder_seconds(aa_mask_find_named, &masker, text, SIZE);
        if (seconds > 0.03)
            print_message("%s: %.0f ms\n", units[i], seconds * 1000);
        if (seconds > worst) {
            worst = seconds;
            at_worst = i;
        }
    }
    print_message("the worst is %s with %.1f ms\n", units[at_worst], worst * 1000);
    /* paths that are told by their last bytes, with as many names in front as fit */
    for (size_t j = 0; j < SIZE; j++)
        text[j] = j % 510 > 504 ? "/../ "[j % 510 - 505] : "password=a"[j % 510 % 10];
    seconds = finder_seconds(aa_mask_find_named, &masker, text, SIZE);
    print_message("hidden steps up: %.1f ms\n", seconds * 1000);
    worst = seconds > worst ? seconds : worst;
    check(worst < 1, "%s takes %f s", units[at_worst], worst); /* sanitizers and slow machines */
    free(text);
}

/* Words of all kinds in a row: nothing leaves the text, whatever stands where. */
static void noise(void **state)
{
    static const char *const pieces[] = {
        "password", "=", ":", "'", "\"", "\\", " ", "%22", "%3D", "token", "{", "}", "$", "(", ")", "`", "Authorization",
        "Bearer", "Cookie", ";", "&", ",", "x1y2z3", "/etc", "\n", "by", "IDENTIFIED", "<", ">", "value", "name", "&quot;", "Digest",
    };
    uint64_t seed = 7;
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (int i = 0; i < 20000; i++) {
        char text[512];
        size_t n = 0;
        char *copy;

        for (uint32_t j = 0, all = next_random(&seed) % 24; j < all; j++) {
            const char *piece = pieces[next_random(&seed) % AA_ARRAY_SIZE(pieces)];

            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        copy = malloc(n + 1); /* so that one byte too far is seen */
        assert_non_null(copy);
        memcpy(copy, text, n);
        copy = realloc(copy, n > 0 ? n : 1);
        assert_non_null(copy);
        (void)marked(aa_mask_find_named, &masker, copy, n, false);
        free(copy);
    }
}

static void speed(void **state)
{
    static const char text[] =
        "tar --exclude=.cache -czf /srv/backup/home-2026-01-02.tar.gz --one-file-system -C /home alice bob carol && "
        "rsync -a --delete /srv/backup/ backup@vault1.example.org:/srv/in/ && systemctl restart b";
    double seconds = 0;
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    named_masker(&masker);
    for (int i = 0; i < 1000; i++)
        seconds += finder_seconds(aa_mask_find_named, &masker, text, sizeof(text) - 1);
    print_message("%zu bytes without a value: %.2f us\n", sizeof(text) - 1, seconds * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_covered), cmocka_unit_test(all_stay), cmocka_unit_test(names),
        cmocka_unit_test(own_words),   cmocka_unit_test(damage),   cmocka_unit_test(hostile),
        cmocka_unit_test(noise),       cmocka_unit_test(speed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
