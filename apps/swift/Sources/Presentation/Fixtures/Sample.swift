#if DEBUG
    import Words

    /// An invented guest, worded as the core words.
    public struct Sample: Sendable {
        public let language: WordsLanguage

        public init(_ language: WordsLanguage) { self.language = language }

        func say(_ ru: String, _ en: String) -> String { language == .ru ? ru : en }

        var phone: String { "+7 912 345-12-34" }
        var name: String { say("Анна", "Anna") }
        var asOf: String { say("по состоянию на 23 ноября, 14:05", "as of November 23, 2:05 PM") }

        var burns: [BurnView] {
            [
                BurnView(
                    day: say("26 ноября", "November 26"), amount: say("500 бонусов", "500 bonuses"),
                    line: say("500 бонусов сгорят через 3 дня", "500 bonuses will expire in 3 days"), soon: true),
                BurnView(
                    day: say("12 декабря", "December 12"), amount: say("151 бонус", "151 bonuses"),
                    line: say("151 бонус сгорит через 19 дней", "151 bonuses will expire in 19 days"), soon: false),
                BurnView(
                    day: say("1 января 2027", "January 1, 2027"), amount: say("1 200 бонусов", "1,200 bonuses"),
                    line: say("1 200 бонусов сгорят через 39 дней", "1,200 bonuses will expire in 39 days"),
                    soon: false),
            ]
        }

        var months: [MonthView] {
            [
                MonthView(label: say("ноя", "Nov"), amount: "500", permille: 416, burns: Array(burns.prefix(1))),
                MonthView(label: say("дек", "Dec"), amount: "151", permille: 125, burns: [burns[1]]),
                MonthView(
                    label: say("янв", "Jan"), amount: say("1 200", "1,200"), permille: 1000, burns: [burns[2]]),
            ]
        }

        var operations: [OperationView] {
            let today = say("Сегодня", "Today")
            let yesterday = say("Вчера", "Yesterday")
            let monday = say("16 ноября", "November 16")
            return [
                OperationView(
                    id: 5, direction: .earned, title: say("Начисление за покупку", "Earned on a purchase"),
                    venue: venue, day: today, time: say("13:42", "1:42 PM"), sum: say("+131 бонус", "+131 bonuses"),
                    balanceAfter: say("2 345,50 бонуса", "2,345.50 bonuses"), receipt: "a"),
                OperationView(
                    id: 4, direction: .spent, title: say("Оплата бонусами", "Paid with bonuses"), venue: venue,
                    day: today, time: say("13:42", "1:42 PM"), sum: say("−600 бонусов", "−600 bonuses"),
                    balanceAfter: say("2 214,50 бонуса", "2,214.50 bonuses"), receipt: "a"),
                OperationView(
                    id: 3, direction: .burned, title: say("Сгорание", "Expired"), venue: nil, day: yesterday,
                    time: say("05:00", "5:00 AM"), sum: say("−42 бонуса", "−42 bonuses"),
                    balanceAfter: say("2 814,50 бонуса", "2,814.50 bonuses"), receipt: nil),
                OperationView(
                    id: 2, direction: .earned, title: say("Приветственные бонусы", "Welcome bonuses"), venue: nil,
                    day: monday, time: say("19:20", "7:20 PM"), sum: say("+500 бонусов", "+500 bonuses"),
                    balanceAfter: say("2 856,50 бонуса", "2,856.50 bonuses"), receipt: nil),
                OperationView(
                    id: 1, direction: .other, title: say("Исправление", "Correction"), venue: nil, day: monday,
                    time: say("19:02", "7:02 PM"), sum: say("0 бонусов", "0 bonuses"),
                    balanceAfter: say("2 356,50 бонуса", "2,356.50 bonuses"), receipt: nil),
            ]
        }

        var levelName: String { say("Гурман", "Gourmet") }
        var levelBenefit: String { say("Возвращаем 7,5 % с чека", "7.5% back from every bill") }

        var holdings: Holdings {
            Holdings(
                number: say("2 345,50", "2,345.50"),
                unit: say("бонуса", "bonuses"),
                sentence: say("Ваш баланс: 2 345,50 бонуса", "Your balance is 2,345.50 bonuses"),
                negative: false,
                burns: burns,
                nonBurning: say("494,50 бонуса", "494.50 bonuses"),
                totalOnly: false,
                pending: [],
                burnedSince: nil,
                level: LevelView(
                    name: levelName, benefit: levelBenefit, permille: 640,
                    left: say("До уровня «Шеф» осталось 12 480 ₽", "₽12,480 left to “Chef”"), top: false),
                newest: operations,
                coupons: [
                    CouponView(
                        name: say("Десерт в подарок к ужину", "A dessert with your dinner"), code: "ДЕСЕРТ-42",
                        until: say("31 декабря", "December 31")),
                    CouponView(name: say("Кофе за наш счёт", "Coffee on the house"), code: nil, until: nil),
                ])
        }

        var negative: Holdings {
            var holdings = holdings
            holdings.number = "−120"
            holdings.unit = say("бонусов", "bonuses")
            holdings.sentence = say("Ваш баланс: −120 бонусов", "Your balance is −120 bonuses")
            holdings.negative = true
            holdings.burns = []
            holdings.coupons = []
            holdings.newest = Array(operations.prefix(2))
            return holdings
        }

        var newcomer: Holdings {
            var holdings = holdings
            holdings.number = "0"
            holdings.unit = say("бонусов", "bonuses")
            holdings.sentence = say("Ваш баланс: 0 бонусов", "Your balance is 0 bonuses")
            holdings.burns = []
            holdings.coupons = []
            holdings.newest = []
            holdings.level = LevelView(
                name: say("Гость", "Guest"), benefit: levelBenefit, permille: 0,
                left: say("До уровня «Гурман» осталось 5 000 ₽", "₽5,000 left to “Gourmet”"), top: false)
            holdings.pending = [
                say("Станет доступно 24 ноября, 12:00 — 300 бонусов", "300 bonuses will be available on November 24, 12:00 PM")
            ]
            return holdings
        }

        /// The longest that there can be.
        var rich: Holdings {
            var holdings = holdings
            holdings.number = say("12 345 678,90", "12,345,678.90")
            holdings.level = LevelView(
                name: say("Почётный гость дома", "Guest of honour of the house"), benefit: levelBenefit, permille: nil,
                left: nil, top: true)
            holdings.coupons = []
            return holdings
        }

        var receipt: ReceiptView {
            ReceiptView(
                number: "4271",
                at: say("23 ноября 2026, 13:42", "November 23, 2026, 1:42 PM"),
                venue: venue,
                dishes: [
                    DishView(
                        name: say(
                            "Томатный суп с базиликом и поджаренным хлебом", "Tomato soup with basil and toasted bread"),
                        quantity: "1", sum: say("420 ₽", "₽420")),
                    DishView(
                        name: say("Утка с печёным яблоком", "Duck with a baked apple"), quantity: "2",
                        sum: say("2 180 ₽", "₽2,180")),
                    DishView(
                        name: say("Сыр к вину, 100 г", "Cheese for wine, 100 g"), quantity: say("0,25", "0.25"),
                        sum: say("312,50 ₽", "₽312.50")),
                ],
                total: say("2 912,50 ₽", "₽2,912.50"),
                discount: say("−291,25 ₽", "−₽291.25"),
                spent: say("600 бонусов", "600 bonuses"),
                earned: say("131 бонус", "131 bonuses"),
                paid: say("2 021,25 ₽", "₽2,021.25"))
        }

        var rules: String {
            say(
                "Мы возвращаем часть каждого чека. Вернувшимся можно оплатить до половины следующего. Начисленное живёт год.",
                "We give back a part of every bill. With it you can pay up to half of the next one. What you earn lives for a year."
            )
        }

        var consentText: String {
            say(
                "Я даю ресторану «Зерно» согласие на обработку имени, телефона, дня рождения и почты, чтобы вести мою карту гостя.",
                "I allow the restaurant Zerno to process my name, phone, birthday and e-mail in order to keep my guest card."
            )
        }

        var venue: String { say("Зерно на Покровке", "Zerno on Pokrovka") }
        var burnedSince: String { say("Сгорело с тех пор: 500 бонусов", "Expired since then: 500 bonuses") }
        var given: String { say("Дано 3 марта 2026", "Given on March 3, 2026") }
        var withdrawn: String { say("Отозвано 4 марта 2026", "Withdrawn on March 4, 2026") }
    }
#endif
