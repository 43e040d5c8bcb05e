//! How alike two names are, whatever their spelling: case, underscores, plurals and usual synonyms.

use std::collections::BTreeSet;

/// Characters of a name that are looked at.
const NAME_AT_MOST: usize = 120;

/// The meaning of a name: a set of words in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Meaning(BTreeSet<String>);

/// What several words, or several run together, mean. Looked up before the synonyms of one word.
const PHRASES: &[(&str, &str)] = &[
    ("birth date", "birthday"),
    ("birth day", "birthday"),
    ("birthdate", "birthday"),
    ("card number", "identifier"),
    ("cell phone", "phone"),
    ("date birth", "birthday"),
    ("dob", "birthday"),
    ("e mail", "email"),
    ("family name", "last name"),
    ("firstname", "first name"),
    ("fname", "first name"),
    ("get all", "list"),
    ("given name", "first name"),
    ("lastname", "last name"),
    ("lname", "last name"),
    ("log in", "login"),
    ("middlename", "middle name"),
    ("mobile phone", "phone"),
    ("non burning", "permanent"),
    ("nonburning", "permanent"),
    ("page size", "count"),
    ("patronymic", "middle name"),
    ("phone number", "phone"),
    ("phonenumber", "phone"),
    ("restaurant id", "restaurant code"),
    ("restaurant number", "restaurant code"),
    ("sign in", "login"),
    ("surname", "last name"),
    ("top up", "accrue"),
    ("write off", "withdraw"),
];

/// One word for many.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("account", &["client", "customer", "guest", "holder", "member"]),
    (
        "accrue",
        &[
            "accrual",
            "accrued",
            "credit",
            "deposit",
            "earn",
            "earned",
            "recharge",
            "refill",
            "replenish",
            "topup",
        ],
    ),
    ("active", &["activate", "activation", "available"]),
    ("blocked", &["banned", "block", "disabled", "locked"]),
    ("bonus", &["point", "reward"]),
    ("burn", &["burning", "expiration", "expire", "expired", "expiry"]),
    ("check", &["bill", "cheque", "receipt", "ticket"]),
    ("comment", &["description", "note", "reason", "remark"]),
    ("composite", &["compound", "ladder"]),
    ("count", &["last", "limit", "qty", "quantity", "take", "top"]),
    ("coupon", &["promocode", "voucher"]),
    ("date", &["at", "datetime", "day", "time", "timestamp", "when"]),
    ("dish", &["good", "item", "line", "position", "product"]),
    ("email", &["mail"]),
    ("external", &["foreign", "outer", "outside"]),
    ("from", &["begin", "since", "start"]),
    ("get", &["fetch", "find", "load", "lookup", "read", "retrieve", "search", "show", "view"]),
    ("guid", &["uuid"]),
    ("identifier", &["card", "ident"]),
    ("insert", &["add", "create", "new", "register", "registration"]),
    ("issue", &["emit", "generate", "obtain"]),
    ("level", &["grade", "rank", "status", "tier"]),
    ("list", &["all", "index"]),
    ("login", &["authenticate", "authorize", "signin", "username"]),
    ("money", &["cash"]),
    ("offset", &["skip"]),
    ("paid", &["pay", "payed", "payment"]),
    ("password", &["pass", "pwd"]),
    ("permanent", &["eternal", "perpetual", "unlimited"]),
    ("percent", &["percentage", "rate"]),
    ("phone", &["mobile", "msisdn", "tel", "telephone"]),
    ("price", &["cost"]),
    ("refresh", &["prolong", "renew"]),
    ("report", &["statement"]),
    ("restaurant", &["outlet", "rest", "shop", "store", "venue"]),
    ("sex", &["gender"]),
    ("spend", &["redeem", "redeemed", "spent", "used"]),
    ("step", &["stage", "threshold"]),
    ("sum", &["amount"]),
    ("template", &["pattern", "preset"]),
    ("to", &["end", "finish", "till", "until"]),
    ("transaction", &["entry", "history", "movement", "operation"]),
    ("type", &["kind"]),
    ("update", &["change", "edit", "modify", "patch", "set"]),
    ("withdraw", &["debit", "withdrawal", "writeoff"]),
];

/// Words that are not the same, but stand for the same often enough.
const KIN: &[(&str, &str)] = &[
    ("accrue", "bonus"),
    ("balance", "total"),
    ("bonus", "sum"),
    ("code", "id"),
    ("spend", "turnover"),
    ("sum", "total"),
    ("sum", "value"),
];
/// What such a pair counts, in thousandths of one word.
const KINSHIP: u32 = 700;

/// Words that tell nothing apart.
const FILLERS: &[&str] = &[
    "a", "actual", "api", "by", "created", "current", "do", "extended", "for", "has", "have", "info", "is",
    "make", "of", "the", "v0", "v1", "with",
];

/// Words that stand in so many names that they tell little apart.
const COMMON: &[&str] = &["account", "code", "date", "id", "name", "number", "sum", "type", "value"];

impl Meaning {
    /// What `name` means.
    pub(super) fn of(name: &str) -> Self {
        let spelled: Vec<String> = split(name).iter().map(|word| singular(word)).collect();
        let kept: Vec<&str> =
            spelled.iter().map(String::as_str).filter(|word| !FILLERS.contains(word)).collect();
        let all: Vec<&str> = spelled.iter().map(String::as_str).collect();
        let expanded = expand(if kept.is_empty() { &all } else { &kept });
        // Twice: a phrase may hold a synonym ("restaurant id" as "venueId").
        let canonical: Vec<&str> = expanded.into_iter().map(canonical).collect();
        Self(expand(&canonical).into_iter().map(str::to_owned).collect())
    }

    /// The same without the words of `record`, unless nothing would be left: `accountId` of an account is its id.
    pub(super) fn within(&self, record: &Self) -> Self {
        let rest: BTreeSet<String> = self.0.difference(&record.0).cloned().collect();
        if rest.is_empty() { self.clone() } else { Self(rest) }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// Whether it says the same or less.
    pub(super) fn is_vaguer_than(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How much of both is common, in thousandths, where a word counts as much as `weight` says.
    pub(super) fn likeness(&self, other: &Self, weight: impl Fn(&str) -> u32) -> u32 {
        let total = |words: &BTreeSet<String>| words.iter().map(|word| weight(word)).sum::<u32>();
        let both = total(&self.0).saturating_add(total(&other.0));
        let common: u32 = self.0.intersection(&other.0).map(|word| weight(word)).sum();
        let only = |word: &&String, there: &Self| !there.has(word);
        let kin = |one: &str, two: &str| KIN.iter().any(|pair| *pair == (one, two) || *pair == (two, one));
        let akin: u32 = self
            .0
            .iter()
            .filter(|word| only(word, other))
            .filter_map(|word| {
                other.0.iter().filter(|two| only(two, self)).find(|two| kin(word, two)).map(|two| (word, two))
            })
            .map(|(word, two)| weight(word).min(weight(two)))
            .sum();
        let common = common.saturating_mul(1_000).saturating_add(akin.saturating_mul(KINSHIP));
        common.saturating_mul(2).checked_div(both).unwrap_or(0).min(1_000)
    }

    /// The likeness of two field names.
    pub(super) fn field_likeness(&self, other: &Self) -> u32 {
        self.likeness(other, |word| if COMMON.contains(&word) { 2 } else { 3 })
    }
}

/// The name in lower case without anything but letters and digits: equal for spellings of the same words.
pub(super) fn flat(name: &str) -> String {
    name.chars().take(NAME_AT_MOST).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let characters: Vec<char> = name.chars().take(NAME_AT_MOST).collect();
    let mut before: Option<char> = None;
    for (index, &character) in characters.iter().enumerate() {
        let ends_acronym = character.is_uppercase()
            && characters.get(index.saturating_add(1)).is_some_and(|next| next.is_lowercase());
        let begins =
            character.is_uppercase() && before.is_some_and(|before| !before.is_uppercase() || ends_acronym);
        if begins || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        before = Some(character);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn singular(word: &str) -> String {
    let without = |ending: &str| word.strip_suffix(ending).filter(|stem| stem.len() > 2);
    if let Some(stem) = without("ies") {
        return format!("{stem}y");
    }
    if ["ches", "shes", "uses", "sses", "xes"].iter().any(|ending| word.ends_with(ending)) {
        return without("es").unwrap_or(word).to_owned();
    }
    if ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        return word.to_owned();
    }
    without("s").unwrap_or(word).to_owned()
}

fn canonical(word: &str) -> &str {
    SYNONYMS.iter().find(|(_, others)| others.contains(&word)).map_or(word, |(one, _)| *one)
}

fn expand<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut expanded = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.first().map(|second| format!("{first} {second}"));
        let meant = |spelled: &str| {
            PHRASES.iter().find(|(phrase, _)| *phrase == spelled).map(|(_, meaning)| *meaning)
        };
        if let Some(meaning) = pair.as_deref().and_then(meant) {
            expanded.extend(meaning.split(' '));
            rest = after.get(1..).unwrap_or_default();
        } else if let Some(meaning) = meant(first) {
            expanded.extend(meaning.split(' '));
            rest = after;
        } else {
            expanded.push(first);
            rest = after;
        }
    }
    expanded
}

/// Beginnings of words that tell which of our types of transaction is meant, most telling first: an "accrual of the
/// welcome bonus" is a welcome bonus.
const TRANSACTION_TYPES: &[(&str, &[&str])] = &[
    ("welcome", &["welcom", "приветств", "регистрац", "signup"]),
    ("correction", &["correct", "adjust", "корректир", "коррекц", "исправл"]),
    ("burn", &["burn", "expir", "сгор", "сгар", "истек"]),
    ("refill", &["refill", "topup", "deposit", "replenish", "пополн"]),
    ("withdraw", &["withdr", "debit", "снят", "изъят"]),
    ("spend", &["spen", "redeem", "redemption", "writeoff", "списан", "потрач"]),
    ("accrual", &["accru", "earn", "credit", "начисл"]),
];

/// Words for the other enumerations of the contract.
const OTHER_VALUES: &[(&str, &[&str])] = &[
    ("male", &["male", "man", "m", "мужской", "муж", "м"]),
    ("female", &["female", "woman", "f", "w", "женский", "жен", "ж"]),
    ("discount", &["discount", "скидка"]),
    ("bonus", &["bonus", "бонус"]),
];

/// Which of `ours` the word of an instance means, in Russian or English; `None` when it means none or several.
pub(super) fn meant_value<'a>(theirs: &str, ours: &[&'a str]) -> Option<&'a str> {
    let spelled = flat(theirs);
    if let Some(same) = ours.iter().find(|word| flat(word) == spelled) {
        return Some(same);
    }
    let words: Vec<String> = split(theirs);
    let offered = |word: &str| ours.iter().find(|own| **own == word).copied();
    if let Some((other, _)) = OTHER_VALUES
        .iter()
        .find(|(other, spellings)| offered(other).is_some() && spellings.contains(&spelled.as_str()))
    {
        return offered(other);
    }
    let begins = |stems: &[&str]| {
        stems.iter().any(|stem| spelled.starts_with(stem) || words.iter().any(|word| word.starts_with(stem)))
    };
    let mut fitting =
        TRANSACTION_TYPES.iter().filter(|(_, stems)| begins(stems)).filter_map(|(own, _)| offered(own));
    let best = fitting.next()?;
    match fitting.next() {
        Some(_) if best != "welcome" => None,
        _ => Some(best),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPES: [&str; 7] = ["accrual", "spend", "burn", "refill", "withdraw", "welcome", "correction"];

    #[test]
    fn spellings_and_synonyms_mean_the_same() {
        for (one, other) in [
            ("phone", "phoneNumber"),
            ("phone", "MobilePhone"),
            ("accountId", "account_id"),
            ("accountId", "GuestID"),
            ("birthday", "dateOfBirth"),
            ("birthday", "birth_date"),
            ("lastName", "surname"),
            ("dateFrom", "startDate"),
            ("restCode", "restaurantId"),
            ("accounts/find_by_phone", "guests/searchByPhone"),
            ("expiresAt", "expirationDate"),
            ("balance", "currentBalance"),
            ("bonuses", "points"),
        ] {
            assert_eq!(Meaning::of(one), Meaning::of(other), "{one} {other}");
        }
    }

    #[test]
    fn different_things_stay_apart() {
        for (one, other) in [
            ("refill", "withdraw"),
            ("insert", "update"),
            ("dateFrom", "dateTo"),
            ("firstName", "lastName"),
            ("bonusSpent", "bonusAccrued"),
            ("restCode", "restName"),
        ] {
            let likeness = Meaning::of(one).field_likeness(&Meaning::of(other));
            assert!(likeness < 650, "{one} {other} {likeness}");
        }
    }

    #[test]
    fn the_records_own_word_says_nothing_within_it() {
        let record = Meaning::of("transaction");
        assert_eq!(Meaning::of("operationId").within(&record), Meaning::of("id"));
        assert_eq!(Meaning::of("transaction").within(&record), Meaning::of("transaction"));
    }

    #[test]
    fn transaction_types_are_understood_in_russian_and_english() {
        for (theirs, ours) in [
            ("Начисление", Some("accrual")),
            ("СПИСАНИЕ", Some("spend")),
            ("Сгорание бонусов", Some("burn")),
            ("Пополнение", Some("refill")),
            ("Приветственный", Some("welcome")),
            ("Начисление приветственного бонуса", Some("welcome")),
            ("Корректировка", Some("correction")),
            ("Снятие", Some("withdraw")),
            ("Изъятие", Some("withdraw")),
            ("BONUS_ACCRUAL", Some("accrual")),
            ("TopUp", Some("refill")),
            ("writeOff", Some("spend")),
            ("expired", Some("burn")),
            ("Начисление и списание", None),
            ("Перевод", None),
            ("", None),
        ] {
            assert_eq!(meant_value(theirs, &TYPES), ours, "{theirs}");
        }
        assert_eq!(meant_value("Мужской", &["male", "female"]), Some("male"));
        assert_eq!(meant_value("F", &["male", "female"]), Some("female"));
    }

    proptest! {
        #[test]
        fn any_name_has_a_meaning_that_is_like_itself(name in "\\PC{0,200}", other in "\\PC{0,60}") {
            let meaning = Meaning::of(&name);
            let likeness = meaning.field_likeness(&Meaning::of(&other));
            prop_assert!(likeness <= 1000);
            prop_assert!(meaning.words().next().is_none() || meaning.field_likeness(&meaning) == 1000);
            let _ = meant_value(&name, &TYPES);
        }
    }
}
