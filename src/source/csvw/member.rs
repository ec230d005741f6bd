//! Members of the objects of a description.

use crate::location::Located;
use crate::record::Node;

/// A member of an object.
pub(super) fn get<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match node {
        Node::Map(fields, _) => fields.iter().find(|field| field.key.value == name).map(|field| &field.value),
        _ => None,
    }
}

/// A text that is a member of an object.
pub(super) fn said<'n>(node: &'n Node, name: &str) -> Option<&'n Located<String>> {
    match get(node, name) {
        Some(Node::Text(text)) => Some(text),
        _ => None,
    }
}
