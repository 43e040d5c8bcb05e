#if DEBUG
    import Words

    /// One state of one screen.
    public struct Fixture<State: Sendable>: Sendable {
        /// `home-offline`: the screen, then the state.
        public let name: String
        /// In the words of a sample.
        public let state: @Sendable (Sample) -> State

        init(_ name: String, _ state: @escaping @Sendable (Sample) -> State) {
            self.name = name
            self.state = state
        }
    }

    /// Every state of every screen: previews and tests go through all of them.
    public enum Fixtures {
        private static let offline = Problem(cause: .offline, code: "offline")
        private static let unavailable = Problem(cause: .unavailable, code: "unavailable")
        private static let unexpected = Problem(cause: .unexpected, code: "field_missing")

        public static let signIn: [Fixture<SignInState>] = [
            Fixture("sign-in") { _ in SignInState() },
            Fixture("sign-in-typed") { SignInState(phone: $0.phone, complete: true) },
            Fixture("sign-in-invalid") { _ in SignInState(phone: "+7 912 345", invalid: true) },
            Fixture("sign-in-sending") { SignInState(phone: $0.phone, complete: true, wait: .shown) },
            Fixture("sign-in-still-trying") { SignInState(phone: $0.phone, complete: true, wait: .stillTrying) },
            Fixture("sign-in-rate-limited") {
                SignInState(
                    phone: $0.phone, complete: true,
                    problem: Problem(cause: .rateLimited, code: "rate_limited", wait: "1:30"), retryIn: "1:27")
            },
            Fixture("sign-in-offline") { SignInState(phone: $0.phone, complete: true, problem: offline) },
            Fixture("sign-in-deletion-asked") { _ in SignInState(deletionAsked: true) },
            Fixture("sign-in-gave-up") { SignInState(phone: $0.phone, complete: true, problem: .gaveUp) },
        ]

        public static let code: [Fixture<CodeState>] = [
            Fixture("code") { CodeState(phone: $0.phone, resendIn: "0:42") },
            Fixture("code-typed") { CodeState(phone: $0.phone, digits: "418", resendIn: "0:12") },
            Fixture("code-wrong") { CodeState(phone: $0.phone, error: .wrong(triesLeft: 2), resendIn: "0:12") },
            Fixture("code-mismatch") {
                CodeState(phone: $0.phone, error: .wrong(triesLeft: nil), resendIn: "0:12")
            },
            Fixture("code-expired") { CodeState(phone: $0.phone, error: .expired) },
            Fixture("code-no-tries") { CodeState(phone: $0.phone, error: .noTriesLeft) },
            Fixture("code-sending") {
                CodeState(phone: $0.phone, digits: "418207", wait: .shown, resendIn: "0:12")
            },
            Fixture("code-problem") { CodeState(phone: $0.phone, problem: unexpected) },
        ]

        private static func consents(_ sample: Sample) -> [ConsentView] {
            [true, false].map {
                ConsentView(required: $0, version: "2026-03", text: sample.consentText, url: nil)
            }
        }

        public static let register: [Fixture<RegisterState>] = [
            Fixture("register") { RegisterState(consents: consents($0)) },
            Fixture("register-filled") {
                RegisterState(
                    name: $0.name, birthday: "31.12.1990", email: "anna@example.com", consents: consents($0),
                    agreedToData: true)
            },
            Fixture("register-errors") {
                RegisterState(
                    birthday: "31.02.1990", email: "anna@", nameError: .empty, birthdayError: .invalid,
                    emailError: .invalid, consents: consents($0), consentMissing: true)
            },
            Fixture("register-sending") {
                RegisterState(name: $0.name, consents: consents($0), agreedToData: true, wait: .shown)
            },
            Fixture("register-problem") {
                RegisterState(name: $0.name, consents: consents($0), agreedToData: true, problem: unavailable)
            },
            Fixture("register-reading") {
                RegisterState(consents: consents($0), reading: consents($0).first)
            },
            Fixture("register-consents-only") { RegisterState(consents: consents($0), consentsOnly: true) },
            Fixture("register-done") { _ in RegisterState(done: true) },
        ]

        public static let home: [Fixture<HomeState>] = [
            Fixture("home") { HomeState(holdings: $0.holdings) },
            Fixture("home-skeleton") { _ in HomeState(wait: .shown) },
            Fixture("home-newcomer") { HomeState(holdings: $0.newcomer) },
            Fixture("home-negative") { HomeState(holdings: $0.negative) },
            Fixture("home-total-only") {
                var holdings = $0.holdings
                holdings.burns = []
                holdings.nonBurning = nil
                holdings.totalOnly = true
                return HomeState(holdings: holdings)
            },
            Fixture("home-rich") { HomeState(holdings: $0.rich) },
            Fixture("home-burned-since") {
                var holdings = $0.holdings
                holdings.burnedSince = $0.burnedSince
                return HomeState(holdings: holdings)
            },
            Fixture("home-offline") { HomeState(holdings: $0.holdings, asOf: $0.asOf, offline: true) },
            Fixture("home-offline-empty") { _ in HomeState(offline: true, problem: offline) },
            Fixture("home-refreshing") { HomeState(holdings: $0.holdings, wait: .stillTrying) },
            Fixture("home-refresh-failed") { HomeState(holdings: $0.holdings, asOf: $0.asOf, problem: unavailable) },
            Fixture("home-failed-empty") { _ in HomeState(problem: unexpected) },
        ]

        private static let short = CodeView(value: "482019375516")

        public static let card: [Fixture<CardState>] = [
            Fixture("card") { _ in CardState(condition: .valid, code: short, expiresIn: "4:21", permille: 870) },
            Fixture("card-lasting") { _ in
                CardState(condition: .valid, code: CodeView(value: "40817820005512348"))
            },
            Fixture("card-offline") { _ in
                CardState(condition: .offline, code: short, expiresIn: "0:21", permille: 70, problem: offline)
            },
            Fixture("card-expired") { _ in CardState(condition: .expired, problem: offline) },
            Fixture("card-tell-number") { CardState(condition: .tellNumber, phone: $0.phone) },
            Fixture("card-nothing-kept") { CardState(condition: .nothingKept, phone: $0.phone) },
            Fixture("card-loading") { _ in CardState(wait: .shown) },
            Fixture("card-failed") { _ in CardState(condition: .failed, problem: unavailable) },
        ]

        public static let burn: [Fixture<BurnState>] = [
            Fixture("burn") {
                BurnState(
                    next: $0.burns.first?.line, months: $0.months, nonBurning: $0.holdings.nonBurning, remind: true)
            },
            Fixture("burn-denied") {
                BurnState(next: $0.burns.first?.line, months: $0.months, remind: true, notificationsDenied: true)
            },
            Fixture("burn-nothing") { BurnState(nonBurning: $0.holdings.nonBurning) },
            Fixture("burn-total-only") { _ in BurnState(totalOnly: true) },
        ]

        public static let history: [Fixture<HistoryState>] = [
            Fixture("history") { HistoryState(operations: $0.operations) },
            Fixture("history-loading") { _ in HistoryState(wait: .shown) },
            Fixture("history-empty") { _ in HistoryState(complete: true) },
            Fixture("history-filtered") { HistoryState(operations: $0.operations, filter: .burned, complete: true) },
            Fixture("history-filtered-empty") {
                HistoryState(operations: Array($0.operations.prefix(1)), filter: .burned, complete: true)
            },
            Fixture("history-end") { HistoryState(operations: Array($0.operations.prefix(2)), complete: true) },
            Fixture("history-more") { HistoryState(operations: Array($0.operations.prefix(2)), wait: .shown) },
            Fixture("history-page-failed") {
                HistoryState(operations: Array($0.operations.prefix(2)), pageProblem: offline)
            },
            Fixture("history-failed") { _ in HistoryState(pageProblem: unavailable) },
            Fixture("history-missing-visit") {
                HistoryState(operations: $0.operations, askingForReceipt: true, supportPhone: "+7 495 123-45-67")
            },
        ]

        public static let receipt: [Fixture<ReceiptState>] = [
            Fixture("receipt") { ReceiptState(receipt: $0.receipt) },
            Fixture("receipt-loading") { _ in ReceiptState(wait: .shown) },
            Fixture("receipt-not-found") { _ in ReceiptState(missing: .notFound) },
            Fixture("receipt-not-kept") { _ in ReceiptState(missing: .notKept, problem: offline) },
            Fixture("receipt-failed") { _ in ReceiptState(missing: .failed, problem: unexpected) },
        ]

        private static func kept(_ sample: Sample) -> ProfileState {
            ProfileState(
                phone: sample.phone,
                form: ProfileForm(name: sample.name, birthday: "31.12.1990", email: "anna@example.com"),
                preferences: Preferences(
                    language: sample.language, theme: .system, notifyBurn: true, notificationsDenied: false),
                consents: [
                    ConsentStatus(required: true, given: true, dated: sample.given),
                    ConsentStatus(required: false, given: false, dated: sample.withdrawn),
                ])
        }

        private static func profile(
            _ name: String, _ with: @escaping @Sendable (inout ProfileState, Sample) -> Void
        ) -> Fixture<ProfileState> {
            Fixture(name) {
                var state = kept($0)
                with(&state, $0)
                return state
            }
        }

        private static func edited(_ form: ProfileForm, name: String? = nil) -> ProfileForm {
            ProfileForm(name: name ?? form.name, birthday: form.birthday, email: "anna@example.org")
        }

        public static let profile: [Fixture<ProfileState>] = [
            profile("profile") { _, _ in },
            profile("profile-bare") { state, _ in
                state.form = ProfileForm(name: state.form.name, birthday: "", email: "")
                state.consents = []
                state.preferences.notificationsDenied = true
            },
            profile("profile-editing") { state, _ in state.draft = edited(state.form) },
            profile("profile-saving") { state, _ in
                state.draft = edited(state.form)
                state.wait = .shown
            },
            profile("profile-refused") { state, _ in
                state.draft = state.form
                state.emailError = .refused
                state.birthdayError = .inFuture
            },
            profile("profile-saved") { state, _ in state.saved = true },
            profile("profile-problem") { state, _ in state.problem = offline },
            profile("profile-unsaved") { state, sample in
                state.draft = edited(state.form, name: sample.say("Анна-Мария", "Anna Maria"))
                state.question = .unsaved
            },
            profile("profile-sign-out") { state, _ in state.question = .signOut },
            profile("profile-delete") { state, _ in state.question = .delete },
            profile("profile-withdraw-data") { state, _ in state.question = .withdrawData },
            profile("profile-withdraw-ads") { state, _ in state.question = .withdrawAds },
        ]

        private static let support = SupportView(
            phone: "+7 495 123-45-67", dial: "+74951234567", email: "help@example.com", url: nil)

        private static func programme(_ sample: Sample) -> ProgrammeState {
            ProgrammeState(
                name: sample.venue,
                rules: sample.rules,
                levels: [
                    LevelRow(
                        name: sample.say("Гость", "Guest"), from: sample.say("с первой покупки", "from the first purchase"),
                        benefit: sample.say("Возвращаем 5 % с чека", "5% back from every bill"), yours: false),
                    LevelRow(
                        name: sample.levelName, from: sample.say("от 5 000 ₽", "from ₽5,000"),
                        benefit: sample.levelBenefit, yours: true),
                    LevelRow(
                        name: sample.say("Шеф", "Chef"), from: sample.say("от 40 000 ₽", "from ₽40,000"), benefit: nil,
                        yours: false),
                ],
                venues: [
                    VenueView(
                        name: sample.venue, address: sample.say("Покровка, 17", "17 Pokrovka"),
                        hours: sample.say("ежедневно, 9:00–23:00", "daily, 9 AM–11 PM"), phone: "+7 495 123-45-67",
                        dial: "+74951234567"),
                    VenueView(
                        name: sample.say("Зерно у парка", "Zerno by the park"),
                        address: sample.say("Парковая, 3", "3 Parkovaya"), hours: nil, phone: nil, dial: nil),
                ],
                support: support,
                licences: [Licence(component: "Onest", licence: "SIL Open Font License 1.1")],
                version: "0.1.0")
        }

        public static let programme: [Fixture<ProgrammeState>] = [
            Fixture("programme") { programme($0) },
            Fixture("programme-offline") {
                var state = programme($0)
                state.offline = true
                return state
            },
            Fixture("programme-loading") { _ in ProgrammeState(version: "0.1.0", wait: .shown) },
            Fixture("programme-failed") { _ in ProgrammeState(version: "0.1.0", problem: unavailable) },
        ]

        public static let blocked: [Fixture<SupportView?>] = [
            Fixture("blocked") { _ in support },
            Fixture("blocked-no-contact") { _ in nil },
        ]

        public static let outdated: [Fixture<Void>] = [Fixture("outdated") { _ in }]

        /// The names of all, as the other shell has them.
        public static var names: [String] {
            signIn.map(\.name) + code.map(\.name) + register.map(\.name) + home.map(\.name) + card.map(\.name)
                + burn.map(\.name) + history.map(\.name) + receipt.map(\.name) + profile.map(\.name)
                + programme.map(\.name) + blocked.map(\.name) + outdated.map(\.name)
        }
    }
#endif
