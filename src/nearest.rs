//! The nearest right name to a wrong one, for every hint that says "did you mean".

/// The candidate most like a text, if one is like it at all: few edits, or the one that the text begins or ends.
///
/// Case, hyphens and underscores count for nothing; ties go to the first in alphabetical order. Costs one edit
/// distance a candidate.
pub fn nearest(wrong: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let fold = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let wanted = fold(wrong);
    let length = wanted.chars().count();
    if length == 0 || length > 100 {
        return None;
    }
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let folded = fold(&candidate);
            if folded.chars().count().abs_diff(length) > allowed.max(4) {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&wanted, &folded);
            let kin = length >= 3 && (folded.starts_with(&wanted) || folded.ends_with(&wanted) || wanted.starts_with(&folded));
            (distance <= allowed || kin).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_off() {
        let names = || ["river-network", "river-network-launch", "rwta", "rwf", "ford-society"].map(String::from);
        assert_eq!(nearest("river-netwrok", names()).as_deref(), Some("river-network"));
        assert_eq!(nearest("Frod_Society", names()).as_deref(), Some("ford-society"));
        assert_eq!(nearest("rwat", names()).as_deref(), Some("rwta"));
        assert_eq!(nearest("observatory", names()), None);
        assert_eq!(nearest("", names()), None);
    }
}
