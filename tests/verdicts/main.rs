//! Odd responses, and what becomes of each: the same on both transports.
//!
//! The responses and their verdicts are in `responses.txt`, which says how to
//! read it. Each is served over a real socket to both transports.

// The lints allow tests to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod peer;
#[cfg(test)]
mod table;
#[cfg(test)]
mod trial;

#[cfg(test)]
mod tests {
    use std::thread;

    use super::table::{Row, rows};
    use super::trial::{Transports, blocking, hyper};

    #[test]
    fn both_transports_judge_alike_and_as_decided() {
        let rows = rows();
        // Many only wait for a limit, so some are tried at once.
        let share = rows.len().div_ceil(8);
        let wrong: Vec<_> = thread::scope(|scope| {
            let tried = rows.chunks(share).map(|rows| scope.spawn(|| wrong(rows)));
            let tried: Vec<_> = tried.collect();
            tried
                .into_iter()
                .flat_map(|tried| tried.join().unwrap())
                .collect()
        });
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
        assert!(rows.len() >= 100, "{} responses", rows.len());
    }

    fn wrong(rows: &[Row]) -> Vec<String> {
        let transports = Transports::new();
        let mut wrong = Vec::new();
        let mut check = |row: &Row, name: &str, expected: &str, got: &str| {
            if expected != got {
                let Row { line, title, .. } = row;
                wrong.push(format!(
                    "line {line}, {title}: {name} gave {got}, not {expected}"
                ));
            }
        };
        for row in rows {
            check(row, "hyper", &row.hyper, &hyper(&transports, row));
            check(row, "blocking", &row.blocking, &blocking(&transports, row));
        }
        wrong
    }
}
