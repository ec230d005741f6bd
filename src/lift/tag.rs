//! Language tags (BCP 47) as people write them: `en_US`, `english`, `en-UK`, and which was meant.

use oxigraph::model::Literal;

/// What is wrong with a tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// What, in words.
    pub why: String,
    /// The tag that was likely meant.
    pub instead: Option<String>,
    /// Whether it is no tag at all; else it is one that names nothing known.
    pub malformed: bool,
}

/// What is wrong with a tag, if something is. Languages of two letters and regions are held against their lists, languages of
/// three letters are taken as they are: there are eight thousand.
pub fn fault(tag: &str) -> Option<Fault> {
    let malformed = Literal::new_language_tagged_literal("", tag).is_err();
    let parts: Vec<String> = tag.trim().split(['-', '_', ' ']).map(str::to_lowercase).collect();
    let first = parts[0].as_str();
    let known = |code: &str, list: &str| code.len() == 2 && list.as_bytes().chunks(3).any(|entry| entry.starts_with(code.as_bytes()));
    let language = match first {
        code if known(code, LANGUAGES) => Some(code.to_owned()),
        code if code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase()) => Some(code.to_owned()),
        "x" | "i" => Some(first.to_owned()),
        name => NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| (*code).to_owned()),
    };
    let named = language.as_deref().is_some_and(|language| language != first);
    let region = parts.iter().skip(1).find(|part| part.len() == 2);
    let odd = region.filter(|region| !known(region, REGIONS));
    let why = match (&language, odd) {
        _ if malformed => "it is not a language tag such as en, ur or pt-BR".to_owned(),
        (None, _) => format!("no language is called `{first}`"),
        (Some(code), _) if named => format!("a language is named by its code, here `{code}`"),
        (Some(_), Some(region)) => format!("no region is called `{}`", region.to_uppercase()),
        (Some(_), None) => return None,
    };
    let instead = language.filter(|_| odd.is_none_or(|region| region == "uk")).map(|language| {
        let rest = parts.iter().skip(1).map(|part| match part.as_str() {
            "uk" => "GB".to_owned(),
            part if part.len() == 2 => part.to_uppercase(),
            part if part.len() == 4 => part[..1].to_uppercase() + &part[1..],
            part => part.to_owned(),
        });
        std::iter::once(language).chain(rest).collect::<Vec<_>>().join("-")
    });
    let instead = instead.filter(|instead| instead != tag && Literal::new_language_tagged_literal("", instead.as_str()).is_ok());
    Some(Fault { why, instead, malformed })
}

/// Languages of two letters, ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en \
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km \
    kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi \
    pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur \
    uz ve vi vo wa wo xh yi yo za zh zu ";

/// Regions, ISO 3166-1 alpha-2.
const REGIONS: &str = "ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz ca cc \
    cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl \
    gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li \
    lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe \
    pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj \
    tk tl tm tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw ";

/// Languages by their names, in English and their own.
const NAMES: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("bahasa", "id"),
    ("bangla", "bn"),
    ("bengali", "bn"),
    ("burmese", "my"),
    ("chinese", "zh"),
    ("czech", "cs"),
    ("danish", "da"),
    ("deutsch", "de"),
    ("dutch", "nl"),
    ("eng", "en"),
    ("english", "en"),
    ("español", "es"),
    ("farsi", "fa"),
    ("filipino", "fil"),
    ("finnish", "fi"),
    ("français", "fr"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("khmer", "km"),
    ("korean", "ko"),
    ("lao", "lo"),
    ("malay", "ms"),
    ("nepali", "ne"),
    ("norwegian", "no"),
    ("pashto", "ps"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("português", "pt"),
    ("portuguese", "pt"),
    ("punjabi", "pa"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("sindhi", "sd"),
    ("sinhala", "si"),
    ("spanish", "es"),
    ("swahili", "sw"),
    ("swedish", "sv"),
    ("tamil", "ta"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("urdu", "ur"),
    ("vietnamese", "vi"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_held_against_what_languages_and_regions_there_are() {
        for tag in ["en", "ur", "pt-BR", "zh-Hant-TW", "ckb", "x-own", "en-GB", "de-1996", "es-419"] {
            assert_eq!(fault(tag), None, "{tag}");
        }
        for (tag, instead, malformed) in [
            ("en_US", Some("en-US"), true),
            ("english", Some("en"), false),
            ("Français", Some("fr"), true),
            ("en-UK", Some("en-GB"), false),
            ("text", None, false),
            ("xx", None, false),
            ("en-QQ", None, false),
            ("zh_hant", Some("zh-Hant"), true),
            ("", None, true),
        ] {
            let fault = fault(tag).unwrap_or_else(|| panic!("{tag} passes"));
            assert_eq!((fault.instead.as_deref(), fault.malformed), (instead, malformed), "{tag}: {}", fault.why);
        }
    }
}
