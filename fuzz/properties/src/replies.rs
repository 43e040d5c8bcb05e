//! Promises about replies.

use std::fmt::Debug;
use std::sync::LazyLock;

use loyalty_core::ErrorCode;
use loyalty_core::backend::BackendError;
use loyalty_core::backend::probonus::ProBonusConfig;
use loyalty_core::backend::probonus::wire::{self, RECORDS, Record, Terms};
use loyalty_core::domain::{
    Account, AccountGroup, Balance, Discount, GroupOutcome, IdentifierType, IssuedIdentifier, Ladder,
    Receipt, Report, ReportInfo, Transaction,
};

/// What a list may be wrapped in.
const WRAPPERS: [&str; 3] = ["data", "items", "result"];

/// Terms that decode straight into the domain, and terms that mean the same but take the way through a tree, because
/// they rename a field of every record to itself.
static TERMS: LazyLock<[(Terms, Terms); 2]> = LazyLock::new(|| {
    let same_names: String = RECORDS
        .iter()
        .map(|record| {
            let field = record.fields.first().expect("a record has fields");
            format!("[probonus.wire.fields.{}]\n{field} = \"{field}\"\n", record.name)
        })
        .collect();
    ["kopeck", "ruble"].map(|unit| {
        let plain = format!("[probonus]\namount_unit = \"{unit}\"\n");
        (terms(&plain), terms(&format!("{plain}{same_names}")))
    })
});

fn terms(toml: &str) -> Terms {
    ProBonusConfig::from_toml(toml).expect("a valid configuration").terms().expect("terms that exist")
}

/// No reply can do more than be refused; both ways of decoding agree about it, and a refusal names places in the
/// contract only.
///
/// The first byte chooses the unit of sums, the second the record that is expected, the rest is the reply.
pub fn replies(data: &[u8]) {
    let [unit, record, body @ ..] = data else { return };
    let (direct, through_tree) = if unit % 2 == 0 { &TERMS[0] } else { &TERMS[1] };
    match record % 12 {
        0 => agree::<Account>(direct, through_tree, body),
        1 => agree::<Balance>(direct, through_tree, body),
        2 => agree::<Transaction>(direct, through_tree, body),
        3 => agree::<Receipt>(direct, through_tree, body),
        4 => agree::<AccountGroup>(direct, through_tree, body),
        5 => agree::<IdentifierType>(direct, through_tree, body),
        6 => agree::<IssuedIdentifier>(direct, through_tree, body),
        7 => agree::<Discount>(direct, through_tree, body),
        8 => agree::<Ladder>(direct, through_tree, body),
        9 => agree::<Report>(direct, through_tree, body),
        10 => agree::<ReportInfo>(direct, through_tree, body),
        _ => agree::<GroupOutcome>(direct, through_tree, body),
    }
}

fn agree<T: Record + PartialEq + Debug>(direct: &Terms, through_tree: &Terms, body: &[u8]) {
    let [one, list, found] = decoded::<T>(direct, body);
    let [tree_one, tree_list, tree_found] = decoded::<T>(through_tree, body);
    assert_eq!(one, tree_one, "one record is decoded in two ways");
    assert_eq!(found, tree_found, "a search is decoded in two ways");
    if wrappers(body) < 2 {
        assert_eq!(list, tree_list, "a list is decoded in two ways");
    }
}

/// The records that a body holds for each kind of method; `None` when it is refused.
pub(crate) fn decoded<T: Record>(terms: &Terms, body: &[u8]) -> [Option<Vec<T>>; 3] {
    const METHOD: &str = "some/method";
    [
        wire::one::<T>(terms, METHOD, body).map(|record| vec![record]),
        wire::list::<T>(terms, METHOD, body),
        wire::found::<T>(terms, METHOD, body),
    ]
    .map(|result| result.map_err(|error| names_places_only(&error)).ok())
}

/// How many times a body may open a wrapper. Where it has several, which one is meant is anybody's guess.
fn wrappers(body: &[u8]) -> usize {
    let text = String::from_utf8_lossy(body);
    // An escaped name could hide one.
    if text.contains("\\u") {
        return usize::MAX;
    }
    WRAPPERS.iter().map(|name| text.matches(&format!("\"{name}\"")).count()).sum()
}

/// A refusal may say where in the contract's records something is wrong, and nothing that came from the reply.
fn names_places_only(error: &BackendError) {
    let BackendError::Reply { code, path, field } = error else { panic!("a reply is refused as {error:?}") };
    assert!(matches!(code, ErrorCode::ContractMismatch | ErrorCode::ReplyMalformed), "{code:?}");
    assert_eq!(path, "some/method");
    let is_known =
        |name: &str| WRAPPERS.contains(&name) || RECORDS.iter().any(|record| record.fields.contains(&name));
    for part in field.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
        let is_index = part.bytes().all(|byte| byte.is_ascii_digit());
        assert!(is_index || is_known(part), "`{field}` repeats what the reply said");
    }
}
