//! Invented guests: common Russian names, combined at random.

use crate::random::Random;

const MEN: [&str; 24] = [
    "Александр",
    "Алексей",
    "Андрей",
    "Антон",
    "Артём",
    "Борис",
    "Вадим",
    "Виктор",
    "Владимир",
    "Григорий",
    "Денис",
    "Дмитрий",
    "Евгений",
    "Иван",
    "Игорь",
    "Кирилл",
    "Максим",
    "Михаил",
    "Николай",
    "Олег",
    "Павел",
    "Роман",
    "Сергей",
    "Тимур",
];

const WOMEN: [&str; 24] = [
    "Александра",
    "Алина",
    "Анастасия",
    "Анна",
    "Валентина",
    "Вера",
    "Виктория",
    "Галина",
    "Дарья",
    "Евгения",
    "Екатерина",
    "Елена",
    "Ирина",
    "Ксения",
    "Лариса",
    "Любовь",
    "Марина",
    "Мария",
    "Надежда",
    "Наталья",
    "Ольга",
    "Полина",
    "Светлана",
    "Татьяна",
];

/// Family names whose feminine form adds an «а».
const FAMILIES: [&str; 32] = [
    "Алексеев",
    "Андреев",
    "Баранов",
    "Белов",
    "Васильев",
    "Виноградов",
    "Волков",
    "Воробьёв",
    "Голубев",
    "Григорьев",
    "Егоров",
    "Зайцев",
    "Иванов",
    "Киселёв",
    "Козлов",
    "Кузнецов",
    "Лебедев",
    "Макаров",
    "Михайлов",
    "Морозов",
    "Николаев",
    "Новиков",
    "Орлов",
    "Павлов",
    "Петров",
    "Романов",
    "Семёнов",
    "Сергеев",
    "Соколов",
    "Соловьёв",
    "Степанов",
    "Фёдоров",
];

/// An invented person.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) first: &'static str,
    pub(super) last: String,
    pub(super) sex: &'static str,
    /// `yyyy-MM-dd`.
    pub(super) birthday: Option<String>,
}

pub(super) fn invent(random: &mut Random) -> Person {
    let woman = random.below(2) == 0;
    let first = random.pick(if woman { &WOMEN } else { &MEN }).unwrap_or_default();
    let family = random.pick(&FAMILIES).unwrap_or_default();
    let (year, month, day) = (1955 + random.below(50), 1 + random.below(12), 1 + random.below(28));
    // Some guests leave the date out.
    let birthday = (random.below(4) != 0).then(|| format!("{year:04}-{month:02}-{day:02}"));
    Person {
        first,
        last: if woman { format!("{family}а") } else { family.to_owned() },
        sex: if woman { "female" } else { "male" },
        birthday,
    }
}
