//! What a library exports, from the metadata that UniFFI leaves in it.

use std::fmt::Write;

use uniffi_bindgen::macro_metadata::extract_from_library;
use uniffi_meta::{EnumMetadata, FieldMetadata, FnParamMetadata, Metadata, Type};

/// One block a type and a line a function, sorted, without documentation.
///
/// # Errors
/// When there is no metadata in the file: it was stripped.
pub(crate) fn of(library: &str) -> anyhow::Result<String> {
    let mut blocks: Vec<String> = extract_from_library(library.into())?.iter().filter_map(block).collect();
    blocks.sort();
    Ok(blocks.concat())
}

fn block(item: &Metadata) -> Option<String> {
    Some(match item {
        Metadata::Func(call) => {
            format!(
                "{}\n",
                signature(
                    "fn",
                    &call.name,
                    call.is_async,
                    &call.inputs,
                    call.return_type.as_ref(),
                    call.throws.as_ref()
                )
            )
        }
        Metadata::Constructor(call) => {
            let name = format!("{}::{}", call.self_name, call.name);
            format!(
                "{}\n",
                signature("object", &name, call.is_async, &call.inputs, None, call.throws.as_ref())
            )
        }
        Metadata::Method(call) => {
            let name = format!("{}.{}", call.self_name, call.name);
            let (returns, throws) = (call.return_type.as_ref(), call.throws.as_ref());
            format!("{}\n", signature("object", &name, call.is_async, &call.inputs, returns, throws))
        }
        Metadata::TraitMethod(call) => {
            let name = format!("{}.{}", call.trait_name, call.name);
            let (returns, throws) = (call.return_type.as_ref(), call.throws.as_ref());
            format!("{}\n", signature("foreign", &name, call.is_async, &call.inputs, returns, throws))
        }
        Metadata::Object(object) => format!("object {}\n", object.name),
        Metadata::CallbackInterface(object) => format!("foreign {}\n", object.name),
        Metadata::CustomType(custom) => format!("custom {} = {}\n", custom.name, name_of(&custom.builtin)),
        Metadata::Record(record) => format!("record {}\n{}", record.name, fields(&record.fields, 1)),
        Metadata::Enum(choice) => enumeration(choice),
        Metadata::UniffiTrait(_)
        | Metadata::ObjectTraitImpl(_)
        | Metadata::Namespace(_)
        | Metadata::UdlFile(_) => return None,
    })
}

fn enumeration(choice: &EnumMetadata) -> String {
    let kind = if matches!(choice.shape, uniffi_meta::EnumShape::Error { .. }) { "error" } else { "enum" };
    let mut text = format!("{kind} {}\n", choice.name);
    for variant in &choice.variants {
        // Writing to a string does not fail.
        let _ = writeln!(text, "    {}", variant.name);
        text.push_str(&fields(&variant.fields, 2));
    }
    text
}

fn fields(fields: &[FieldMetadata], depth: usize) -> String {
    let indent = "    ".repeat(depth);
    fields.iter().map(|field| format!("{indent}{}: {}\n", field.name, name_of(&field.ty))).collect()
}

fn signature(
    kind: &str,
    name: &str,
    is_async: bool,
    inputs: &[FnParamMetadata],
    returns: Option<&Type>,
    throws: Option<&Type>,
) -> String {
    let optional = |input: &FnParamMetadata| if input.default.is_some() { " = …" } else { "" };
    let inputs: Vec<String> = inputs
        .iter()
        .map(|input| format!("{}: {}{}", input.name, name_of(&input.ty), optional(input)))
        .collect();
    let asynchronous = if is_async { "async " } else { "" };
    let returns = returns.map(|returned| format!(" -> {}", name_of(returned))).unwrap_or_default();
    let throws = throws.map(|thrown| format!(" throws {}", name_of(thrown))).unwrap_or_default();
    format!("{kind} {asynchronous}{name}({}){returns}{throws}", inputs.join(", "))
}

fn name_of(shape: &Type) -> String {
    match shape {
        Type::Object { name, .. }
        | Type::Record { name, .. }
        | Type::Enum { name, .. }
        | Type::CallbackInterface { name, .. }
        | Type::Custom { name, .. } => name.clone(),
        Type::Optional { inner_type } => format!("{}?", name_of(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", name_of(inner_type)),
        Type::Map { key_type, value_type } => format!("[{}: {}]", name_of(key_type), name_of(value_type)),
        primitive => format!("{primitive:?}"),
    }
}
