//! A credential that is given once.

use std::io::Write;
use std::process::{Command, Stdio};

use loyalty_sandbox::{Data, Options};
use serde_json::json;

use crate::world::{Run, World, document, run};

/// A run with something to read.
fn fed(command: &mut Command, input: &str) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Run::from(child.wait_with_output().unwrap())
}

/// The program, connected and without a credential but the one that is kept in this world's file.
fn signed(world: &World, line: &[&str]) -> Command {
    let mut command = world.command(line);
    command.env_remove("PROBONUS_API_TOKEN");
    command.env("PROBONUS_CREDENTIAL_FILE", world.path("credentials.json"));
    command
}

fn credentials(world: &World) -> String {
    std::fs::read_to_string(world.path("credentials.json")).unwrap()
}

#[cfg(unix)]
#[test]
fn a_token_is_given_once_and_serves_until_logout() {
    use std::os::unix::fs::MetadataExt;

    let world = World::new();
    assert_eq!(run(&mut signed(&world, &["groups"])).status, Some(2));
    let login = fed(&mut signed(&world, &["login", "--json"]), "sandbox-token\n");
    assert_eq!(login.status, Some(0), "{login:?}");
    let url = world.sandbox.base_url();
    assert_eq!(document(&login), json!({"url": url, "login": null, "keptIn": "file"}));
    let file = std::fs::metadata(world.path("credentials.json")).unwrap();
    assert_eq!(file.mode() & 0o777, 0o600);
    assert!(!credentials(&world).contains("sandbox-token") && !credentials(&world).contains(url));
    assert_eq!(run(&mut signed(&world, &["groups"])).status, Some(0));

    // What is given with a run beats it.
    let mut wrong = signed(&world, &["groups"]);
    assert_eq!(run(wrong.env("PROBONUS_API_TOKEN", "nonsense")).status, Some(1));
    let token = world.file("token", "nonsense");
    let by_flag = ["groups", "--api-token-file", token.to_str().unwrap()];
    assert_eq!(run(&mut signed(&world, &by_flag)).status, Some(1));
    // And another server does not get it.
    let other = World::new();
    let mut elsewhere = signed(&world, &["groups"]);
    assert_eq!(run(elsewhere.env("PROBONUS_URL", other.sandbox.base_url())).status, Some(2));

    let logout = run(&mut signed(&world, &["logout", "--json"]));
    assert_eq!(document(&logout), json!({"url": url, "login": null, "keptIn": null}));
    assert_eq!(credentials(&world), "{}");
    assert_eq!(run(&mut signed(&world, &["groups"])).status, Some(2));
    assert_eq!(run(&mut signed(&world, &["logout"])).status, Some(0));
}

#[test]
fn a_credential_that_the_server_refuses_is_not_kept() {
    let world = World::new();
    for (line, input, status) in [
        (&["login"][..], "nonsense", 1),
        (&["login"], "", 2),
        (&["login"], "sandbox-token\nand more\n", 2),
        (&["login", "--url", "http://127.0.0.1:1"], "sandbox-token", 3),
        (&["login", "--login", "cashier"], "nonsense", 1),
    ] {
        let refused = fed(&mut signed(&world, line), input);
        assert_eq!(refused.status, Some(status), "{line:?} {input}: {refused:?}");
        assert!(!refused.stderr.contains("nonsense") && !refused.stdout.contains("sandbox-token"));
    }
    assert!(!world.path("credentials.json").exists());
    let missing = fed(world.unconnected(&["login"]).env_remove("PROBONUS_URL"), "x");
    assert_eq!(missing.status, Some(2), "{missing:?}");
}

#[cfg(unix)]
#[test]
fn a_password_is_kept_with_its_tokens_and_goes_with_them() {
    let options = Options::at("2026-06-15".parse().unwrap()).data(Data::Empty).staff("cashier", "secret");
    let world = World::with(options);
    let line = |line: &[&str]| {
        let mut command = signed(&world, line);
        command.env("PROBONUS_LOGIN", "cashier");
        command
    };
    let login = fed(&mut line(&["login", "--lang", "ru"]), "secret\n");
    assert_eq!(login.status, Some(0), "{login:?}");
    assert!(login.stdout.contains("Доступ проверен и сохранён в файле"), "{login:?}");
    let logins = || world.sandbox.requests().count("auth/login");
    assert_eq!(logins(), 1);
    for _ in 0..3 {
        assert_eq!(run(&mut line(&["groups"])).status, Some(0));
    }
    assert_eq!(logins(), 2, "the first run logs in, the others find its tokens");
    world.sandbox.tokens().expire_access();
    assert_eq!(run(&mut line(&["groups"])).status, Some(0));
    assert_eq!(world.sandbox.requests().count("auth/refresh_token"), 1);
    assert_eq!(run(&mut line(&["logout"])).status, Some(0));
    assert_eq!(credentials(&world), "{}");
    assert_eq!(run(&mut line(&["groups"])).status, Some(1));
}

#[cfg(unix)]
#[test]
fn a_credential_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new();
    assert_eq!(fed(&mut signed(&world, &["login"]), "sandbox-token").status, Some(0));
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(world.path("credentials.json"), open).unwrap();
    let refused = run(&mut signed(&world, &["groups", "--json"]));
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert_eq!(document(&refused)["error"]["code"], "secret_store_exposed");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_nothing_is_kept_anywhere_else() {
    let world = World::new();
    let mut command = world.command(&["login", "--json"]);
    let nowhere = command.env_remove("PROBONUS_API_TOKEN").env("XDG_RUNTIME_DIR", world.path("nowhere"));
    let refused = fed(nowhere, "sandbox-token");
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert_eq!(document(&refused)["error"]["code"], "secret_store_unavailable");
    let home = world.path("");
    let kept = std::fs::read_dir(home).unwrap().count();
    assert_eq!(kept, 0, "no file in the home folder");
}

#[cfg(target_os = "linux")]
#[test]
fn a_desktop_keeps_the_token_in_its_keyring() {
    let world = World::new();
    let loyalty = world.command(&[]);
    let script = "printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        \"$0\" groups >/dev/null 2>&1 && exit 9
        printf 'sandbox-token' | \"$0\" login --json
        \"$0\" groups >/dev/null
        \"$0\" logout >/dev/null
        \"$0\" groups >/dev/null 2>&1 && exit 8
        exit 0";
    let mut session = Command::new("dbus-run-session");
    session.args(["--", "sh", "-euc", script]).arg(env!("CARGO_BIN_EXE_loyalty")).env_clear();
    session.envs(loyalty.get_envs().filter_map(|(name, value)| Some((name, value?))));
    session.env_remove("PROBONUS_API_TOKEN").env("XDG_RUNTIME_DIR", world.path(""));
    session.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let kept = run(&mut session);
    assert_eq!(kept.status, Some(0), "{kept:?}");
    assert_eq!(document(&kept)["keptIn"], "keyring");
}
