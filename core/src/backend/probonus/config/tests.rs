//! What a configuration may say, and what is said about one that says something else.

use super::*;
use crate::backend::http::Verb;
use crate::backend::probonus::method::METHODS;
use crate::backend::probonus::wire::RECORDS;

fn error(document: &str) -> ConfigError {
    ProBonusConfig::from_toml(document).unwrap_err()
}

#[test]
fn nothing_said_means_the_contract() {
    let config = ProBonusConfig::from_toml("# Nothing yet.\n").unwrap();
    assert_eq!(config, ProBonusConfig::default());
    assert_eq!(config.api_token_header, "X-API-Key");
    assert_eq!((config.connect_timeout, config.timeout), (5, 20));
    assert_eq!(config.http().unwrap_err().problem, ConfigProblem::Missing);
}

#[test]
fn what_nobody_would_read_is_refused_and_the_tables_of_others_are_not() {
    for (document, key) in [
        ("[probonos]\nurl = \"5551234\"", "probonos"),
        ("[gateway]\nx = 1", "gateway"),
        ("url = \"5551234\"", "url"),
        ("api_token = \"5551234\"\n[probonus]\nurl = \"https://p\"", "api_token"),
        ("omit = [\"5551234\"]\n[probonus]\n", "omit"),
    ] {
        let error = error(document);
        let known = vec!["probonus".to_owned()];
        assert_eq!((error.key.as_str(), &error.problem), (key, &ConfigProblem::Unknown { known }));
        assert!(!format!("{error} {error:?}").contains("5551234"), "{error:?}");
    }
    for others in ["[gateway]\nx = 1", "[brand]\nname = \"x\"", "[[venues]]\nid = 1"] {
        let config = ProBonusConfig::from_toml(&format!("[probonus]\nlogin = \"crm\"\n{others}")).unwrap();
        assert_eq!(config.login, "crm", "{others}");
    }
}

#[test]
fn every_key_is_read() {
    let config = ProBonusConfig::from_toml(
        r#"
        [probonus]
        url = "https://probonus.example:6896/pb/"
        api_token_header = "X-Token"
        api_token_scheme = "Bearer"
        login = "crm"
        phone_format = "subscriber"
        amount_unit = "ruble"
        time_zone = "Asia/Omsk"
        day_change = "05:00"
        account_group_id = 4
        history_since = "2020-02-29"
        comment_key = false
        omit = ["cards", "profile.photo"]
        ca_file = "/etc/ca.pem"
        allow_plain_http = true
        connect_timeout = 1
        timeout = 3
        [probonus.till_code]
        source = "temporary"
        type_id = 2
        offline_type_id = 1
        [probonus.wire."accounts/find_by_phone"]
        verb = "POST"
        path = "accounts/findByPhone"
        send = "body"
        params = { phone = "phoneNumber" }
        [probonus.wire.fields.account]
        level = "discount.level"
        [probonus.wire.values.transaction.type]
        "Начисление" = "accrual"
        "#,
    )
    .unwrap();
    assert_eq!(config.base().unwrap().as_str(), "https://probonus.example:6896/pb");
    assert_eq!((config.phone_format, config.amount_unit), (PhoneFormat::Subscriber, AmountUnit::Ruble));
    assert_eq!((config.till_code.source, config.till_code.type_id), (TillCodeSource::Temporary, 2));
    let method = &config.wire.methods["accounts/find_by_phone"];
    assert_eq!((method.verb, method.send), (Some(Verb::Post), Some(Send::Body)));
    assert_eq!(config.terms().unwrap().overrides.path("account", "level"), ["discount", "level"]);
}

#[test]
fn an_unknown_key_is_named_and_the_known_ones_are_listed() {
    for (document, key, known) in [
        ("[probonus]\nurll = 1", "probonus.urll", "url"),
        ("[probonus.till_code]\ntype = 1", "probonus.till_code.type", "type_id"),
        (
            "[probonus.wire.\"accounts/find\"]\nverb = \"GET\"",
            "probonus.wire.\"accounts/find\"",
            "accounts/find_by_phone",
        ),
        (
            "[probonus.wire.\"accounts/refill\"]\nverbs = \"GET\"",
            "probonus.wire.accounts/refill.verbs",
            "verb",
        ),
        (
            "[probonus.wire.\"accounts/refill\"]\nparams = { amount = \"x\" }",
            "probonus.wire.\"accounts/refill\".params.amount",
            "sum",
        ),
        ("[probonus.wire.fields.acount]\nid = \"x\"", "probonus.wire.fields.acount", "account"),
        ("[probonus.wire.fields.account]\nname = \"x\"", "probonus.wire.fields.account.name", "firstName"),
        (
            "[probonus.wire.values.transaction.kind]\na = \"b\"",
            "probonus.wire.values.transaction.kind",
            "type",
        ),
    ] {
        let error = error(document);
        assert_eq!(error.key, key);
        let ConfigProblem::Unknown { known: listed } = error.problem else { panic!("{document}") };
        assert!(listed.iter().any(|name| name == known), "{document}: {listed:?}");
    }
}

#[test]
fn a_wrong_value_is_named_by_its_key_and_never_repeated() {
    for (document, key) in [
        ("[probonus]\nurl = 5551234", "probonus.url"),
        ("[probonus]\ntimeout = \"5551234\"", "probonus.timeout"),
        ("[probonus]\nphone_format = \"5551234\"", "probonus.phone_format"),
        ("[probonus]\namount_unit = \"5551234\"", "probonus.amount_unit"),
        ("[probonus]\nhistory_since = \"5551234\"", "probonus.history_since"),
        ("[probonus]\ntill_code.source = \"5551234\"", "probonus.till_code.source"),
        ("[probonus.wire.\"accounts/refill\"]\nverb = \"5551234\"", "probonus.wire.accounts/refill.verb"),
        (
            "[probonus.wire.\"accounts/refill\"]\npath = \"a?5551234\"",
            "probonus.wire.\"accounts/refill\".path",
        ),
        (
            "[probonus.wire.\"accounts/refill\"]\npath = \"../5551234\"",
            "probonus.wire.\"accounts/refill\".path",
        ),
        ("[probonus.wire.\"accounts/list\"]\nsend = \"body\"", "probonus.wire.\"accounts/list\".send"),
        ("[probonus.wire.\"auth/login\"]\nverb = \"GET\"", "probonus.wire.\"auth/login\".send"),
        ("[probonus.wire.\"auth/login\"]\nsend = \"query\"", "probonus.wire.\"auth/login\".send"),
        ("[probonus.wire.fields.account]\nid = \"5551234.\"", "probonus.wire.fields.account.id"),
        ("[probonus.wire.\"accounts/update\"]\nsend = \"query\"", "probonus.wire.\"accounts/update\".send"),
        ("[probonus.wire.\"accounts/update\"]\nverb = \"GET\"", "probonus.wire.\"accounts/update\".send"),
        ("[probonus]\nurl = \"x\"\n5551234", ""),
    ] {
        let error = error(document);
        assert_eq!(error.key, key, "{document}");
        assert!(!format!("{error} {error:?}").contains("5551234"), "{error:?}");
    }
    assert_eq!(error("\n[probonus]\nurl = ").problem, ConfigProblem::Syntax { line: 3 });
}

#[test]
fn what_a_value_must_be_is_said_in_fixed_words() {
    for (document, expected) in [
        ("[probonus]\nhistory_since = \"hunter2-secret\"", "a day, YYYY-MM-DD"),
        ("[probonus]\nhistory_since = \"2015-01-hunter2\"", "a day, YYYY-MM-DD"),
        ("[probonus]\nurl = 7", "a text"),
        ("[probonus]\nca_file = 7", "a text"),
        ("[probonus]\nomit = \"expected `hunter2`\"", "a list of texts"),
        ("[probonus]\nomit = [7]", "a text"),
        ("[probonus]\ncomment_key = \"expected hunter2\"", "true or false"),
        ("[probonus]\naccount_group_id = \"expected hunter2\"", "a whole number"),
        ("[probonus]\ntimeout = -1", "1 to 3600 seconds"),
        ("[probonus]\nphone_format = \"expected hunter2\"", "one of e164, digits, national, subscriber"),
        ("[probonus]\namount_unit = \"expected hunter2\"", "one of kopeck, ruble"),
        ("[probonus.till_code]\nsource = \"expected `hunter2`\"", "one of temporary, identifier, none"),
        ("[probonus.wire.\"accounts/refill\"]\nverb = \"expected hunter2\"", "one of GET, POST, PUT"),
        ("[probonus.wire.\"accounts/refill\"]\nsend = \"expected hunter2\"", "one of query, body"),
        ("[probonus.wire.fields.account]\nid = 7", "a text"),
        ("[probonus]\nwire = \"hunter2\"", "a table"),
        ("[probonus.wire]\n\"accounts/refill\" = \"hunter2\"", "a table"),
        ("[probonus]\ntill_code = \"hunter2\"", "a table"),
        ("probonus = 'hunter2'", "a table"),
    ] {
        let error = error(document);
        let problem = ConfigProblem::Invalid { expected: expected.to_owned() };
        assert_eq!(error.problem, problem, "{document}");
    }
}

#[test]
fn zones_times_and_limits_are_checked_at_the_start() {
    let wrong = |change: fn(&mut ProBonusConfig)| {
        let mut config = ProBonusConfig { url: "https://p.example".into(), ..ProBonusConfig::default() };
        change(&mut config);
        config.terms().map(|_| ()).and_then(|()| config.http().map(|_| ())).unwrap_err().key
    };
    assert_eq!(wrong(|config| config.time_zone = "Moscow".into()), "probonus.time_zone");
    assert_eq!(wrong(|config| config.day_change = "25:00".into()), "probonus.day_change");
    assert_eq!(wrong(|config| config.timeout = 0), "probonus.timeout");
    assert_eq!(wrong(|config| config.connect_timeout = 86_400), "probonus.connect_timeout");
    assert_eq!(wrong(|config| config.url = "probonus.example".into()), "probonus.url");
    assert_eq!(wrong(|config| config.ca_file = Some("/no/such/file".into())), "probonus.ca_file");
}

#[test]
fn credentials_do_not_show() {
    let credentials = Credentials { api_token: Some("5551234".into()), password: None };
    assert_eq!(format!("{credentials:?}"), "Credentials { api_token: true, password: false }");
}

/// The contract file is the only place where the wire is described; these tables repeat its names and nothing else.
#[test]
fn the_tables_of_methods_and_records_are_the_contracts() {
    let contract = include_str!("../../../../contract/probonus-v0.openapi.json");
    let contract: serde_json::Value = serde_json::from_str(contract).unwrap();
    let schemas = &contract["components"]["schemas"];
    let paths = contract["paths"].as_object().unwrap();
    assert_eq!(paths.len(), METHODS.len());
    for method in METHODS {
        let path = &paths[&format!("/{}", method.name)];
        let (verb, operation) = match method.verb {
            Verb::Get => ("get", &path["get"]),
            _ => ("post", &path["post"]),
        };
        assert!(operation.is_object(), "{}: {verb}", method.name);
        let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let mut theirs: Vec<&str> = match body.as_str() {
            Some(reference) => {
                let schema = &schemas[reference.rsplit('/').next().unwrap()];
                schema["properties"].as_object().unwrap().keys().map(String::as_str).collect()
            }
            None => {
                let parameters = operation["parameters"].as_array();
                parameters.into_iter().flatten().filter_map(|parameter| parameter["name"].as_str()).collect()
            }
        };
        let mut ours = method.params.to_vec();
        theirs.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, theirs, "{}", method.name);
    }
    for record in RECORDS {
        let properties =
            schemas[record.name]["properties"].as_object().unwrap_or_else(|| panic!("{}", record.name));
        let mut ours = record.fields.to_vec();
        let mut theirs: Vec<&str> = properties.keys().map(String::as_str).collect();
        theirs.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, theirs, "{}", record.name);
    }
}
