//! What a Rust source mentions, read from its tokens: they show what a macro's body and an attribute mention too.

use proc_macro2::{Delimiter, Ident, LexError, Spacing, TokenStream, TokenTree};

/// A path of at least two names, imported or written in place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) line: usize,
    pub(crate) target: Target,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Something of this crate, from its root: `["domain", "Phone"]`.
    Inside(Vec<String>),
    /// Everything else, as written: `["jiff", "Timestamp", "now"]`. The first name is a crate or something in scope.
    Outside(Vec<String>),
}

/// A module that stands in a file of its own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Child {
    /// From the module of the file that declares it.
    pub(crate) path: Vec<String>,
    /// Compiled for tests only.
    pub(crate) for_tests: bool,
}

/// What one file says, without what is compiled for tests only.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) mentions: Vec<Mention>,
    pub(crate) children: Vec<Child>,
    /// The lines with a float, as a type or as a number.
    pub(crate) floats: Vec<usize>,
}

impl Source {
    /// Reads the text of the module at `module`, given from the crate's root.
    pub(crate) fn read(module: &[String], text: &str) -> Result<Self, LexError> {
        let mut reader = Reader { file: module.to_vec(), inline: Vec::new(), source: Self::default() };
        reader.stream(text.parse()?);
        Ok(reader.source)
    }
}

struct Reader {
    file: Vec<String>,
    inline: Vec<String>,
    source: Source,
}

impl Reader {
    fn stream(&mut self, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut rest = tokens.as_slice();
        let mut before = None;
        while let Some((token, after)) = rest.split_first() {
            rest = self.step(before, token, after);
            before = Some(token);
        }
    }

    /// Reads what begins with `token` and gives back what follows it.
    fn step<'t>(
        &mut self,
        before: Option<&TokenTree>,
        token: &TokenTree,
        after: &'t [TokenTree],
    ) -> &'t [TokenTree] {
        match (token, after) {
            (TokenTree::Punct(mark), [TokenTree::Group(attribute), rest @ ..])
                if mark.as_char() == '#' && attribute.delimiter() == Delimiter::Bracket =>
            {
                if is_for_tests(attribute.stream()) {
                    return self.skip_item(rest);
                }
                self.stream(attribute.stream());
                rest
            }
            (TokenTree::Ident(word), [TokenTree::Ident(name), rest @ ..]) if word == "mod" => {
                self.module(name, rest, false)
            }
            (TokenTree::Ident(word), _) if word == "use" && !is_punct(after.first(), '<') => {
                let end = after.iter().position(|token| is_punct(Some(token), ';')).unwrap_or(after.len());
                let (tree, rest) = after.split_at(end);
                self.imports(tree, &[]);
                rest
            }
            // The methods of a deserializer are named by the types that a format could have: no float is made of it.
            (TokenTree::Ident(name), [TokenTree::Punct(bang), TokenTree::Group(_), rest @ ..])
                if name == "forward_to_deserialize_any" && bang.as_char() == '!' =>
            {
                rest
            }
            (TokenTree::Ident(name), _) if !is_punct(before, '.') => self.path(name, after),
            (TokenTree::Literal(literal), _) if !is_punct(before, '.') => {
                if is_float(&literal.to_string()) {
                    self.source.floats.push(literal.span().start().line);
                }
                after
            }
            (TokenTree::Group(group), _) => {
                self.stream(group.stream());
                after
            }
            _ => after,
        }
    }

    /// A module's declaration or body, behind its name.
    fn module<'t>(&mut self, name: &Ident, rest: &'t [TokenTree], for_tests: bool) -> &'t [TokenTree] {
        match rest.split_first() {
            Some((TokenTree::Group(body), rest)) if body.delimiter() == Delimiter::Brace => {
                if !for_tests {
                    self.inline.push(name.to_string());
                    self.stream(body.stream());
                    self.inline.pop();
                }
                rest
            }
            Some((token, rest)) if is_punct(Some(token), ';') => {
                let path = self.inline.iter().cloned().chain([name.to_string()]).collect();
                self.source.children.push(Child { path, for_tests });
                rest
            }
            _ => rest,
        }
    }

    /// Passes over the item behind `#[cfg(test)]`.
    fn skip_item<'t>(&mut self, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        if let Some(at) =
            tokens.iter().position(|token| matches!(token, TokenTree::Ident(word) if word == "mod"))
            && let (head, [_, TokenTree::Ident(name), rest @ ..]) = tokens.split_at(at)
            && !head.iter().any(ends_item)
        {
            return self.module(name, rest, true);
        }
        let end = tokens.iter().position(ends_item).map_or(tokens.len(), |at| at + 1);
        tokens.get(end..).unwrap_or_default()
    }

    /// The tree behind `use`, in front of its semicolon.
    fn imports(&mut self, tree: &[TokenTree], prefix: &[(String, usize)]) {
        let mut path = prefix.to_vec();
        for token in tree {
            match token {
                TokenTree::Ident(word) if word == "as" => break,
                TokenTree::Ident(name) => path.push((name.to_string(), name.span().start().line)),
                TokenTree::Punct(star) if star.as_char() == '*' => {
                    path.push(("*".to_owned(), star.span().start().line));
                }
                TokenTree::Group(group) => {
                    let branches: Vec<TokenTree> = group.stream().into_iter().collect();
                    for branch in branches.split(|token| is_punct(Some(token), ',')).filter(|b| !b.is_empty())
                    {
                        self.imports(branch, &path);
                    }
                    return;
                }
                _ => {}
            }
        }
        let line = path.last().map_or(0, |(_, line)| *line);
        self.mention(line, path.into_iter().map(|(name, _)| name).collect());
    }

    /// A path written in place, from its first name.
    fn path<'t>(&mut self, first: &Ident, mut rest: &'t [TokenTree]) -> &'t [TokenTree] {
        if first == "f32" || first == "f64" {
            self.source.floats.push(first.span().start().line);
        }
        let mut names = vec![first.to_string()];
        while let [TokenTree::Punct(one), TokenTree::Punct(two), TokenTree::Ident(name), after @ ..] = rest
            && one.as_char() == ':'
            && one.spacing() == Spacing::Joint
            && two.as_char() == ':'
        {
            names.push(name.to_string());
            rest = after;
        }
        if names.len() > 1 {
            self.mention(first.span().start().line, names);
        }
        rest
    }

    fn mention(&mut self, line: usize, names: Vec<String>) {
        let mut here = [self.file.as_slice(), self.inline.as_slice()].concat();
        let mut is_inside = false;
        let mut rest = names.as_slice();
        while let Some((name, after)) = rest.split_first() {
            match name.as_str() {
                "crate" => here.clear(),
                "super" => drop(here.pop()),
                "self" => {}
                _ => break,
            }
            is_inside = true;
            rest = after;
        }
        let target = if is_inside {
            // The `self` of `use a::{self, b}` names `a`.
            here.extend(rest.iter().filter(|name| *name != "self").cloned());
            Target::Inside(here)
        } else {
            Target::Outside(names)
        };
        self.source.mentions.push(Mention { line, target });
    }
}

/// Whether an attribute is `cfg(test)`, or a `cfg(all(…))` with `test` in it.
fn is_for_tests(attribute: TokenStream) -> bool {
    let words = words(attribute);
    let has = |word: &str| words.iter().any(|other| other == word);
    words.first().is_some_and(|first| first == "cfg") && has("test") && !has("not") && !has("any")
}

fn words(stream: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in stream {
        match token {
            TokenTree::Ident(word) => found.push(word.to_string()),
            TokenTree::Group(group) => found.extend(words(group.stream())),
            _ => {}
        }
    }
    found
}

fn ends_item(token: &TokenTree) -> bool {
    is_punct(Some(token), ';')
        || matches!(token, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace)
}

fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Whether a literal is a float: `1.5`, `1e9`, `1f64`, but neither `0x1e9` nor a text.
fn is_float(literal: &str) -> bool {
    let is_decimal = literal.starts_with(|first: char| first.is_ascii_digit())
        && !["0x", "0b", "0o"].iter().any(|radix| literal.starts_with(radix));
    let number = literal.split(['i', 'u']).next().unwrap_or_default();
    is_decimal && number.contains(['.', 'e', 'E', 'f'])
}

#[cfg(test)]
mod tests {
    use super::{Source, Target};

    /// Every path that a text in the module `guest::client` mentions, as one line each.
    fn mentioned(text: &str) -> Vec<String> {
        let module = ["guest".to_owned(), "client".to_owned()];
        let source = Source::read(&module, text).unwrap();
        source
            .mentions
            .into_iter()
            .map(|mention| match mention.target {
                Target::Inside(path) => format!("crate::{}", path.join("::")),
                Target::Outside(path) => path.join("::"),
            })
            .collect()
    }

    #[test]
    fn nested_imports_are_taken_apart() {
        let text = "pub use crate::{domain::{self, Phone as P, wording::*}, ports};\nuse super::super::backend::http;";
        let expected = [
            "crate::domain",
            "crate::domain::Phone",
            "crate::domain::wording::*",
            "crate::ports",
            "crate::backend::http",
        ];
        assert_eq!(mentioned(text), expected);
    }

    #[test]
    fn a_path_is_seen_wherever_it_stands() {
        let text = "#[derive(thiserror::Error)] struct S<'a>(&'a crate::ports::X);
            macro_rules! m { () => { $crate::system::now() } }
            fn f() -> impl T + use<'static> { self::inner::g(); vec![jiff::Timestamp::now()] }
            mod deeper { use super::super::Sibling; }";
        let expected = [
            "thiserror::Error",
            "crate::ports::X",
            "crate::system::now",
            "crate::guest::client::inner::g",
            "jiff::Timestamp::now",
            "crate::guest::Sibling",
        ];
        assert_eq!(mentioned(text), expected);
    }

    #[test]
    fn words_in_comments_and_texts_are_no_mentions() {
        assert!(
            mentioned("/// [`crate::system`]\n// use crate::a;\nconst T: &str = \"crate::b::c\";").is_empty()
        );
    }

    #[test]
    fn what_is_compiled_for_tests_only_is_passed_over() {
        let text = "#[cfg(test)] mod tests { use crate::system::A; }
            #[cfg(test)] #[derive(Debug)] struct Fake(crate::a::B);
            #[cfg(test)] mod cases;
            #[cfg(not(test))] use crate::c::D;
            mod real;";
        assert_eq!(mentioned(text), ["crate::c::D"]);
        let children = Source::read(&[], text).unwrap().children;
        let found: Vec<_> = children.iter().map(|child| (child.path.join("::"), child.for_tests)).collect();
        assert_eq!(found, [("cases".to_owned(), true), ("real".to_owned(), false)]);
    }

    #[test]
    fn floats_are_told_from_integers_and_tuple_fields() {
        let text = "fn f(x: f64) {\n let y = 1.5;\n let z = 2e3;\n let t = pair.0.1;\n let h = 0x1e3;\n let i = 1_000i64; }";
        assert_eq!(Source::read(&[], text).unwrap().floats, [1, 2, 3]);
        let named = "impl D {\n forward_to_deserialize_any! { f32 f64 }\n fn f() -> f64 {}\n}";
        assert_eq!(Source::read(&[], named).unwrap().floats, [3]);
    }
}
