//! Every input of the committed corpora keeps the promises, without a fuzzer.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn replay(target: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(target);
    let mut inputs = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        // Shown only when the property panics: it names the input to look at.
        println!("{}", path.display());
        property(&std::fs::read(&path).unwrap());
        inputs += 1;
    }
    assert!(inputs >= 5, "{} has {inputs} inputs; it was larger", folder.display());
}

#[test]
fn every_phone_of_the_corpus_is_kept_in_all_its_forms() {
    replay("phones", loyalty_properties::phones);
}

#[test]
fn every_sum_of_the_corpus_is_exact() {
    replay("sums", loyalty_properties::sums);
}

#[test]
fn every_date_of_the_corpus_lies_in_one_business_day() {
    replay("dates", loyalty_properties::dates);
}

#[test]
fn every_reply_of_the_corpus_is_decoded_alike_in_both_ways() {
    replay("replies", loyalty_properties::replies);
}

#[test]
fn every_override_of_the_corpus_is_survived() {
    replay("overrides", loyalty_properties::overrides);
}
