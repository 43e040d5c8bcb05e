//! Restaurants, levels, groups and identifier types that every sandbox begins with.

use rusqlite::{Connection, params};

use crate::error::BooksError;

/// The ladder of the main programme.
pub(super) const MAIN_LADDER: i64 = 10;
/// The group of guests who registered themselves; its id is that of the vendor's test database.
pub(super) const SELF_REGISTERED: i64 = 3;
pub(super) const REGULARS: i64 = 1;
pub(super) const DISCOUNT_HOLDERS: i64 = 2;
pub(super) const DELIVERY: i64 = 4;
/// A plain 5 % off, and the accrual that goes with it.
pub(super) const FIVE_OFF: i64 = 5;
pub(super) const BRONZE: i64 = 1;
pub(super) const CARD_TYPE: i64 = 1;
pub(super) const RESTAURANTS: [(i64, &str); 4] = [
    (1, "Ресторан на Тверской"),
    (2, "Кафе у Чистых прудов"),
    (3, "Терраса в Парке культуры"),
    (4, "Доставка"),
];

/// Id, name, kind, percent.
const LEVELS: [(i64, &str, &str, i64); 6] = [
    (BRONZE, "Бронза", "bonus", 3),
    (2, "Серебро", "bonus", 5),
    (3, "Золото", "bonus", 7),
    (4, "Платина", "bonus", 10),
    (FIVE_OFF, "Скидка 5 %", "discount", 5),
    (6, "Скидка 10 %", "discount", 10),
];

/// Turnover in kopecks from which a level of the main ladder holds.
pub(super) const RUNGS: [(i64, i64); 4] = [(0, BRONZE), (1_000_000, 2), (5_000_000, 3), (15_000_000, 4)];

/// Accrual of a level in percent.
pub(super) fn accrual_percent(level: i64) -> i64 {
    LEVELS.iter().find(|(id, ..)| *id == level).map_or(0, |(.., percent)| *percent)
}

pub(super) struct Template {
    pub(super) group: i64,
    pub(super) welcome: i64,
    pub(super) lifetime_days: i64,
}

/// What new accounts of the groups with a template get.
pub(super) const TEMPLATES: [Template; 2] = [
    Template { group: SELF_REGISTERED, welcome: 30_000, lifetime_days: 180 },
    Template { group: DELIVERY, welcome: 15_000, lifetime_days: 90 },
];

pub(super) fn fill(db: &Connection) -> Result<(), BooksError> {
    for (code, name) in RESTAURANTS {
        db.execute("INSERT INTO restaurant (code, name) VALUES (?1, ?2)", params![code, name])?;
    }
    for (id, name, kind, percent) in LEVELS {
        db.execute(
            "INSERT INTO discount (id, name, kind, percent, composite) VALUES (?1, ?2, ?3, ?4, 0)",
            params![id, name, kind, percent],
        )?;
    }
    db.execute(
        "INSERT INTO discount (id, name, composite) VALUES (?1, 'Основная лестница', 1)",
        [MAIN_LADDER],
    )?;
    for (from, level) in RUNGS {
        db.execute(
            "INSERT INTO ladder_step (ladder_id, from_turnover, discount_id) VALUES (?1, ?2, ?3)",
            [MAIN_LADDER, from, level],
        )?;
    }
    let names = [
        (REGULARS, "Гости ресторана"),
        (DISCOUNT_HOLDERS, "Друзья заведения"),
        (SELF_REGISTERED, "Самостоятельно зарегистрировавшиеся"),
        (DELIVERY, "Гости доставки"),
    ];
    for (id, name) in names {
        let template = TEMPLATES.iter().find(|template| template.group == id);
        db.execute(
            "INSERT INTO account_group (id, name, have_template, level_id, welcome_bonus, lifetime_days)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                id,
                name,
                template.is_some(),
                template.map(|_| MAIN_LADDER),
                template.map(|template| template.welcome),
                template.map(|template| template.lifetime_days),
            ],
        )?;
    }
    let types = [(CARD_TYPE, "Карта гостя", Some("7###############")), (2, "Виртуальная карта", None)];
    for (id, name, mask) in types {
        db.execute(
            "INSERT INTO identifier_type (id, name, mask) VALUES (?1, ?2, ?3)",
            params![id, name, mask],
        )?;
    }
    Ok(())
}
