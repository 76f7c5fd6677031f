//! What is written reads back.

use std::sync::Arc;

use proptest::prelude::*;

use super::{NESTED, ROWS, TEXT, TYPED, json, read, write_as};
use crate::convert::Foreign;
use crate::convert::csv::{CsvOptions, Header};
use crate::document::{Document, Key, Number};

fn text() -> BoxedStrategy<String> {
    prop_oneof!["[a\",;\r\n\t \u{feff}é]{0,6}", any::<String>(), Just("true".to_owned()), "-?[0-9.]{0,3}"]
        .boxed()
}

fn cell() -> BoxedStrategy<Document> {
    prop_oneof![
        text().prop_map(|text| Document::Str(text.into())),
        Just(Document::Null),
        any::<bool>().prop_map(Document::Bool),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
            .prop_map(|literal| Document::Number(Number::from_literal(&literal))),
    ]
    .boxed()
}

/// Rows of two to four columns; a single one cannot hold null.
fn table(cell: BoxedStrategy<Document>) -> impl Strategy<Value = (Vec<String>, Vec<Vec<Document>>)> {
    (2..5_usize).prop_flat_map(move |width| {
        let keys = prop::collection::hash_set(text(), width).prop_map(|keys| keys.into_iter().collect());
        (keys, prop::collection::vec(prop::collection::vec(cell.clone(), width), 1..5))
    })
}

fn objects(keys: &[String], rows: &[Vec<Document>]) -> Document {
    let row = |cells: &Vec<Document>| {
        let members = keys.iter().map(|key| Key::Text(key.as_str().into())).zip(cells.iter().cloned());
        Document::Obj(Arc::new(members.collect()))
    };
    Document::Arr(Arc::new(rows.iter().map(row).collect()))
}

fn arrays(rows: &[Vec<Document>]) -> Document {
    Document::Arr(Arc::new(rows.iter().map(|row| Document::Arr(Arc::new(row.clone()))).collect()))
}

fn check_back(input: &Document, options: &CsvOptions) {
    let (csv, losses) = write_as(input, Foreign::Plain, options).unwrap();
    assert_eq!(losses, Vec::<String>::new());
    assert_eq!(json(&read(csv.as_bytes(), options).unwrap()), json(input), "{csv:?}");
}

proptest! {
    #[test]
    fn tables_of_text_read_back((keys, rows) in table(text().prop_map(|text| Document::Str(text.into())).boxed())) {
        for delimiter in [b',', b';', b'\t', b' '] {
            check_back(&objects(&keys, &rows), &CsvOptions { delimiter, ..TEXT });
            check_back(&arrays(&rows), &CsvOptions { delimiter, ..ROWS });
        }
    }

    #[test]
    fn single_columns_of_text_read_back(rows in prop::collection::vec(text(), 1..5)) {
        let rows: Vec<_> = rows.into_iter().map(|text| vec![Document::Str(text.into())]).collect();
        check_back(&arrays(&rows), &ROWS);
        check_back(&objects(&["".to_owned()], &rows), &TYPED);
    }

    #[test]
    fn typed_tables_read_back((keys, rows) in table(cell())) {
        check_back(&objects(&keys, &rows), &TYPED);
        check_back(&objects(&keys, &rows), &NESTED);
        check_back(&arrays(&rows), &CsvOptions { header: Header::Absent, ..TYPED });
    }

    #[test]
    fn nested_rows_read_back((keys, rows) in table(cell()), inner in prop::collection::hash_set("[0-9a.\\\\]{0,3}", 1..3)) {
        let inner: Vec<String> = inner.into_iter().collect();
        let columns = rows[0].len();
        let nest = |row: &Vec<Document>| {
            let values = row.iter().map(|value| {
                let members = inner.iter().map(|key| (Key::Text(key.as_str().into()), value.clone()));
                Document::Arr(Arc::new(vec![Document::Obj(Arc::new(members.collect())), value.clone()]))
            });
            values.collect::<Vec<_>>()
        };
        let nested: Vec<_> = rows.iter().map(nest).collect();
        prop_assert_eq!(nested[0].len(), columns);
        check_back(&objects(&keys, &nested), &NESTED);
    }

    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b','), Just(b'\n')], 0..40)) {
        for options in [&TEXT, &TYPED, &ROWS, &NESTED] {
            let _ = read(&bytes, options);
        }
    }
}
