//! The terminal's own words, in both languages. How sums, dates and kinds are said is the core's.

use loyalty_core::domain::Inconsistency;
use loyalty_core::domain::wording::Lang;

use crate::provenance::Because;

/// Labels and sentences, in one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) lang: Lang,
    // Balance and level.
    pub(crate) accrual_rate: &'static str,
    pub(crate) discount_rate: &'static str,
    pub(crate) burns: &'static str,
    pub(crate) does_not_burn: &'static str,
    pub(crate) later: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) pending_without_date: &'static str,
    pub(crate) coupons: &'static str,
    pub(crate) until: &'static str,
    pub(crate) blocked: &'static str,
    // Freshness.
    pub(crate) not_kept: &'static str,
    pub(crate) older_missing: &'static str,
    pub(crate) part_missing: &'static str,
    pub(crate) wiped: &'static str,
    pub(crate) nothing_to_wipe: &'static str,
    // Signing in.
    pub(crate) ask_token: &'static str,
    pub(crate) ask_password: &'static str,
    pub(crate) kept_in_keyring: &'static str,
    pub(crate) kept_in_file: &'static str,
    pub(crate) signed_out: &'static str,
    // History.
    pub(crate) no_history: &'static str,
    pub(crate) balance_after: &'static str,
    pub(crate) receipt: &'static str,
    // Receipt.
    pub(crate) total: &'static str,
    pub(crate) discount: &'static str,
    pub(crate) paid_with_bonuses: &'static str,
    pub(crate) paid: &'static str,
    pub(crate) earned: &'static str,
    // Account.
    pub(crate) welcome: &'static str,
    pub(crate) welcome_back: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) account: &'static str,
    pub(crate) group: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) birthday: &'static str,
    pub(crate) email: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) level: &'static str,
    pub(crate) cards: &'static str,
    // Writes.
    pub(crate) accrued: &'static str,
    pub(crate) withdrawn: &'static str,
    pub(crate) registered: &'static str,
    pub(crate) operations: &'static str,
    pub(crate) key: &'static str,
    /// A guest's own commands.
    pub(crate) me: MeWords,
    /// The demo.
    pub(crate) demo: DemoWords,
}

/// What a guest's own commands say.
#[derive(Debug)]
pub(crate) struct MeWords {
    pub(crate) signed_in: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) signed_out_here: &'static str,
}

/// What the demo tells between its commands.
#[derive(Debug)]
pub(crate) struct DemoWords {
    pub(crate) preparing: &'static str,
    pub(crate) ready: &'static str,
    pub(crate) registers: &'static str,
    pub(crate) visits: &'static str,
    pub(crate) till: &'static str,
    pub(crate) outside: &'static str,
    pub(crate) refill: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) history: &'static str,
    pub(crate) receipt: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) home: &'static str,
    pub(crate) card: &'static str,
    pub(crate) veteran: &'static str,
    pub(crate) veteran_history: &'static str,
    pub(crate) veteran_receipt: &'static str,
    pub(crate) end: &'static str,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) comment: &'static str,
}

const RU: Words = Words {
    lang: Lang::Ru,
    accrual_rate: "начисляем",
    discount_rate: "скидка",
    burns: "Когда сгорают",
    does_not_burn: "не сгорают",
    later: "позже",
    pending: "Скоро станут доступны",
    pending_without_date: "дату сообщит ресторан",
    coupons: "Купоны",
    until: "до",
    blocked: "Счёт заблокирован: обратитесь в ресторан",
    not_kept: "Сохранить это на диске не удалось: без связи показать будет нечего",
    older_missing: "Более ранние операции здесь не сохранены",
    part_missing: "Эта часть истории здесь не сохранена",
    wiped: "Сохранённое о госте стёрто",
    nothing_to_wipe: "Стирать нечего: о госте ничего не сохранено",
    ask_token: "Токен",
    ask_password: "Пароль",
    kept_in_keyring: "в связке ключей",
    kept_in_file: "в файле",
    signed_out: "Сохранённого доступа больше нет",
    no_history: "Операций нет",
    balance_after: "остаток",
    receipt: "чек",
    total: "Сумма",
    discount: "Скидка",
    paid_with_bonuses: "Оплачено бонусами",
    paid: "Оплачено",
    earned: "Начислено",
    welcome: "Добро пожаловать",
    welcome_back: "Рады видеть снова",
    saved: "Сохранено",
    account: "Счёт",
    group: "Группа",
    phone: "Телефон",
    birthday: "День рождения",
    email: "Почта",
    balance: "Баланс",
    level: "Уровень",
    cards: "Карты",
    accrued: "Начислено",
    withdrawn: "Списано",
    registered: "Покупка зарегистрирована",
    operations: "операции",
    key: "ключ",
    me: MeWords {
        signed_in: "Вы вошли",
        signed_out: "Вы вышли",
        signed_out_here: "Вы вышли на этом устройстве; сервер недоступен и закроет сеанс сам",
    },
    demo: DemoWords {
        preparing: "Готовим песочницу: гости, чеки и уровни из настоящих покупок",
        ready: "Песочница вместо ProBonus работает",
        registers: "Новый гость регистрируется и получает подарок",
        visits: "Гость обедает в ресторане: касса начисляет бонусы сама",
        till: "касса",
        outside: "Заказ с доставкой прошёл мимо кассы: его регистрирует сайт",
        refill: "CRM дарит бонусы",
        balance: "Что накопилось и когда сгорит",
        history: "Что произошло",
        receipt: "Чек за обед",
        sign_in: "Тот же гость входит в приложение по коду: телефон говорит со шлюзом и не знает ProBonus",
        home: "Главный экран",
        card: "Код для кассы и выход",
        veteran: "А это гость с самой длинной историей настоящих покупок",
        veteran_history: "Его последние операции",
        veteran_receipt: "И его последний чек",
        end: "Всё это прошло через настоящий HTTP теми же командами",
        first_name: "Анна",
        last_name: "Смирнова",
        comment: "За отзыв",
    },
};

const EN: Words = Words {
    lang: Lang::En,
    accrual_rate: "earns",
    discount_rate: "discount",
    burns: "When they expire",
    does_not_burn: "never expire",
    later: "later",
    pending: "Available soon",
    pending_without_date: "the restaurant will say when",
    coupons: "Coupons",
    until: "until",
    blocked: "The account is blocked: please ask the restaurant",
    not_kept: "This could not be kept on the disk: there will be nothing to show offline",
    older_missing: "Earlier operations are not kept here",
    part_missing: "This part of the history is not kept here",
    wiped: "What was kept of the guest is gone",
    nothing_to_wipe: "Nothing is kept of a guest",
    ask_token: "Token",
    ask_password: "Password",
    kept_in_keyring: "in the keyring",
    kept_in_file: "in the file",
    signed_out: "No credential is kept any more",
    no_history: "No operations",
    balance_after: "balance",
    receipt: "receipt",
    total: "Total",
    discount: "Discount",
    paid_with_bonuses: "Paid with bonuses",
    paid: "Paid",
    earned: "Earned",
    welcome: "Welcome",
    welcome_back: "Welcome back",
    saved: "Saved",
    account: "Account",
    group: "Group",
    phone: "Phone",
    birthday: "Birthday",
    email: "E-mail",
    balance: "Balance",
    level: "Level",
    cards: "Cards",
    accrued: "Accrued",
    withdrawn: "Withdrawn",
    registered: "The purchase is registered",
    operations: "operations",
    key: "key",
    me: MeWords {
        signed_in: "You are signed in",
        signed_out: "You are signed out",
        signed_out_here: "You are signed out here; the gateway was not reached and will let the session run out",
    },
    demo: DemoWords {
        preparing: "Preparing the sandbox: guests, receipts and levels from real purchases",
        ready: "A sandbox is up in place of ProBonus",
        registers: "A new guest registers and gets a welcome gift",
        visits: "The guest has lunch at the restaurant: the till accrues by itself",
        till: "till",
        outside: "A delivery goes past the tills: the site registers it",
        refill: "The CRM gives bonuses",
        balance: "What has come together, and when it expires",
        history: "What happened",
        receipt: "The receipt of the lunch",
        sign_in: "The same guest signs in to the app: the phone speaks to a gateway, never to ProBonus",
        home: "The home screen",
        card: "A code for the till, and signing out",
        veteran: "And this is the guest with the longest history of real purchases",
        veteran_history: "Their latest operations",
        veteran_receipt: "And their latest receipt",
        end: "All of it went over real HTTP, by the same commands",
        first_name: "Anna",
        last_name: "Smirnova",
        comment: "For a review",
    },
};

impl Words {
    /// The words of a language.
    pub(crate) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Ru => &RU,
            Lang::En => &EN,
        }
    }

    /// What is left to the next level.
    pub(crate) fn to_next_level(&self, remaining: &str, level: &str) -> String {
        match self.lang {
            Lang::Ru => format!("ещё {remaining} до уровня «{level}»"),
            Lang::En => format!("{remaining} more to reach “{level}”"),
        }
    }

    /// The threshold is passed, and the till has not moved the guest up yet.
    pub(crate) fn next_level_reached(&self, level: &str) -> String {
        match self.lang {
            Lang::Ru => format!("уровень «{level}» заработан и скоро начнёт действовать"),
            Lang::En => format!("“{level}” is earned and will start soon"),
        }
    }

    /// Why the parts of a balance are not shown.
    pub(crate) fn total_only(&self, because: Inconsistency) -> &'static str {
        match (self.lang, because) {
            (Lang::Ru, Inconsistency::TotalsDiffer) => {
                "Баланс меняется прямо сейчас, поэтому показан без разбивки: повторите чуть позже"
            }
            (Lang::Ru, Inconsistency::PartsDoNotSum | Inconsistency::ImpossiblePart) => {
                "Разбивка по датам не сходится с балансом, поэтому не показана"
            }
            (Lang::En, Inconsistency::TotalsDiffer) => {
                "The balance is changing right now, so it is shown without its parts: try again in a moment"
            }
            (Lang::En, Inconsistency::PartsDoNotSum | Inconsistency::ImpossiblePart) => {
                "The parts do not add up to the balance, so they are not shown"
            }
        }
    }

    /// Why what is shown comes from a cache.
    pub(crate) fn cached(&self, because: Because) -> &'static str {
        match (self.lang, because) {
            (Lang::Ru, Because::Offline) => "из кэша, без связи",
            (Lang::Ru, Because::NoAnswer) => "из кэша: прочитать с сервера не удалось",
            (Lang::En, Because::Offline) => "from the cache, offline",
            (Lang::En, Because::NoAnswer) => "from the cache: the server could not be read",
        }
    }

    /// What of a kept balance was to burn meanwhile.
    pub(crate) fn may_have_burned(&self, sum: &str) -> String {
        match self.lang {
            Lang::Ru => format!("С тех пор могло сгореть: {sum}"),
            Lang::En => format!("May have expired since: {sum}"),
        }
    }

    /// Where a credential is kept now.
    pub(crate) fn signed_in(&self, place: &str) -> String {
        match self.lang {
            Lang::Ru => format!("Доступ проверен и сохранён {place}"),
            Lang::En => format!("The credential works and is kept {place}"),
        }
    }

    /// How far a report has come.
    pub(crate) fn reported(&self, accounts: &str, rows: &str) -> String {
        match self.lang {
            Lang::Ru => format!("счетов: {accounts} · строк: {rows}"),
            Lang::En => format!("accounts: {accounts} · rows: {rows}"),
        }
    }

    /// Fields that a server changed although nobody asked for it.
    pub(crate) fn unasked(&self, fields: &str) -> String {
        match self.lang {
            Lang::Ru => format!("Внимание: сервер изменил и то, о чём не просили: {fields}"),
            Lang::En => format!("Note: the server also changed what nobody asked for: {fields}"),
        }
    }

    /// Fields that a server left as they were although they were to change.
    pub(crate) fn ignored(&self, fields: &str) -> String {
        match self.lang {
            Lang::Ru => format!("Сервер не изменил: {fields}"),
            Lang::En => format!("The server did not change: {fields}"),
        }
    }

    /// A code is on its way, and is asked for.
    pub(crate) fn code_sent(&self, digits: u8, minutes: u64) -> String {
        match self.lang {
            Lang::Ru => format!("Код из сообщения ({digits} цифр, действует {minutes} мин)"),
            Lang::En => format!("The code from the message ({digits} digits, good for {minutes} min)"),
        }
    }

    /// The text message on a guest's phone.
    pub(crate) fn message(&self, code: &str) -> String {
        match self.lang {
            Lang::Ru => format!("Сообщение на телефон: код {code}"),
            Lang::En => format!("A message to the phone: code {code}"),
        }
    }

    /// How often a code may still be tried.
    pub(crate) fn tries_left(&self, left: u32) -> String {
        match self.lang {
            Lang::Ru => format!("осталось попыток: {left}"),
            Lang::En => format!("tries left: {left}"),
        }
    }

    /// How much the sandbox holds.
    pub(crate) fn counted(&self, guests: &str, receipts: &str, operations: &str) -> String {
        match self.lang {
            Lang::Ru => format!("гостей: {guests} · чеков: {receipts} · операций: {operations}"),
            Lang::En => format!("guests: {guests} · receipts: {receipts} · operations: {operations}"),
        }
    }

    /// How many accounts a group operation reached.
    pub(crate) fn affected(&self, accounts: Option<u64>) -> String {
        match (self.lang, accounts) {
            (Lang::Ru, Some(number)) => format!("затронуто счетов: {number}"),
            (Lang::En, Some(number)) => format!("accounts reached: {number}"),
            (Lang::Ru, None) => "сервер не сообщил, сколько счетов затронуто".to_owned(),
            (Lang::En, None) => "the server did not say how many accounts it reached".to_owned(),
        }
    }
}
